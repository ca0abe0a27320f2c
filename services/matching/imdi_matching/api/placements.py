"""Placements: one worker for one vacancy, from the proposal to the agreement."""

from __future__ import annotations

from collections.abc import Awaitable
from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import Query, Response
from sqlalchemy.ext.asyncio import AsyncSession

from imdi_common.door import OWN, Caller, Deed, Door, Show, door_router
from imdi_common.following import Change, Following, follow
from imdi_common.paging import Page, Paging
from imdi_common.shapes import Day, Shape, Text, Versioned
from imdi_contracts.matching import PlacementTerms
from imdi_matching.actions.accept import accept
from imdi_matching.actions.agree import agree
from imdi_matching.actions.offer import Offer, make_offer
from imdi_matching.actions.propose import propose
from imdi_matching.actions.select_worker import select_worker
from imdi_matching.actions.withdraw import withdraw
from imdi_matching.api.codes import Wage
from imdi_matching.queries.placements import Filters, list_placements, own_changes, show_placement

Status = Literal["proposed", "accepted", "selected", "offered", "agreed", "ready", "deployed", "completed", "withdrawn"]


class Proposal(Shape):
    vacancy_id: UUID
    worker_id: UUID


class Evidence(Shape):
    """Of the worker's own consent."""

    kind: Literal["signed_form", "recorded_call", "in_person", "portal"]
    reference: Text


class Consent(Shape):
    evidence: Evidence


class OfferedTerms(Shape):
    wage: Wage
    departure_on: Day


class Withdrawal(Shape):
    reason: Text


class Announced(Shape):
    """What a placement's events say of it: codes and terms, no evidence and nobody's own words."""

    id: UUID
    vacancy_id: UUID
    worker_id: UUID
    owner_id: UUID
    controller_id: UUID | None
    status: Status
    departure_on: date | None
    terms: PlacementTerms | None
    first_departure: bool
    conflict: bool
    """The worker departed though the placement was withdrawn."""
    reason_code: str | None


class Placement(Announced, Versioned):
    reason: str | None
    """Why it was withdrawn, in the party's own words where there are any, else the code."""
    acceptance: Evidence | None
    """To the controller alone."""
    agreement: Evidence | None
    """To the controller alone."""


class PlacementChange(Change):
    placement_id: UUID
    status: Status
    placement: Announced


class PlacementChanges(Shape):
    items: list[PlacementChange]
    next: str | None


class Listing(Paging):
    """What a list is narrowed to."""

    vacancy_id: UUID | None = None
    worker_id: UUID | None = None
    status: Status | None = None


router = door_router(prefix="/v1/placements", tags=["placements"])


@router.post("", response_model=Placement, status_code=201, summary="Propose a worker for a vacancy")
async def propose_worker(asked: Proposal, door: Caller) -> Response:
    async def deed(session: AsyncSession) -> UUID:
        return await propose(session, asked.vacancy_id, asked.worker_id, door.actor, door.now)

    return await door.once(deed, _show(door), status=201)


@router.get("", response_model=Page[Placement], summary="List own placements, the newest first", openapi_extra=OWN)
async def placements(door: Caller, asked: Annotated[Listing, Query()]) -> Response:
    filters = Filters(asked.vacancy_id, asked.worker_id, asked.status)
    async with door.reading() as session:
        page = await list_placements(session, filters, door.actor, asked.limit, asked.cursor)
        return door.answer(Page[Placement](items=[Placement(**row) for row in page["items"]], next=page["next"]))


@router.get("/changes", response_model=PlacementChanges, summary="Follow own placements", openapi_extra=OWN)
async def placement_changes(door: Caller, asked: Annotated[Following, Query()]) -> Response:
    def read(session: AsyncSession, after: str | None, limit: int) -> Awaitable[dict[str, Any]]:
        return own_changes(session, door.actor, after, limit)

    return door.answer(PlacementChanges(**await follow(door, asked, read)))


@router.get("/{placement_id}", response_model=Placement, summary="Read a placement", openapi_extra=OWN)
async def read_placement(placement_id: UUID, door: Caller) -> Response:
    async with door.reading() as session:
        return door.answer(await _show(door)(session, placement_id))


@router.post("/{placement_id}/acceptance", response_model=Placement, summary="Accept for the worker")
async def accept_placement(placement_id: UUID, consent: Consent, door: Caller) -> Response:
    evidence = consent.evidence.model_dump()
    return await _do(door, lambda session: accept(session, placement_id, evidence, door.actor))


@router.post("/{placement_id}/selection", response_model=Placement, summary="Select the worker")
async def select_placement(placement_id: UUID, door: Caller) -> Response:
    return await _do(door, lambda session: select_worker(session, placement_id, door.actor, door.now))


@router.post("/{placement_id}/offer", response_model=Placement, summary="Offer terms, never below the posted ones")
async def offer_placement(placement_id: UUID, terms: OfferedTerms, door: Caller) -> Response:
    offer = Offer(terms.wage.amount, terms.wage.currency, terms.departure_on)
    return await _do(door, lambda session: make_offer(session, placement_id, offer, door.actor, door.now))


@router.post("/{placement_id}/agreement", response_model=Placement, summary="Agree for the worker")
async def agree_placement(placement_id: UUID, consent: Consent, door: Caller) -> Response:
    evidence = consent.evidence.model_dump()
    return await _do(door, lambda session: agree(session, placement_id, evidence, door.actor))


@router.post("/{placement_id}/withdrawal", response_model=Placement, summary="Withdraw a placement before departure")
async def withdraw_placement(placement_id: UUID, why: Withdrawal, door: Caller) -> Response:
    return await _do(door, lambda session: withdraw(session, placement_id, why.reason, door.actor, door.now))


async def _do(door: Door, deed: Deed) -> Response:
    return await door.once(deed, _show(door))


def _show(door: Door) -> Show:
    async def show(session: AsyncSession, placement_id: UUID | str) -> Placement:
        return Placement(**await show_placement(session, UUID(str(placement_id)), door.actor))

    return show
