"""Workers: registration, disclosure, correction, consent, controller."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import Query, Response
from pydantic import Field, StringConstraints
from sqlalchemy.ext.asyncio import AsyncSession

from imdi_common.door import OWN, Caller, Door, Show, door_router
from imdi_common.paging import Page
from imdi_common.problems import invalid
from imdi_common.shapes import CountryCode, Day, Shape, Text, UtcTime, Versioned
from imdi_registry.actions.change_controller import Handover, change_controller
from imdi_registry.actions.change_facts import Correction, change_facts
from imdi_registry.actions.give_consent import give_consent
from imdi_registry.actions.register_worker import Registration, register_worker
from imdi_registry.api.lists import PageQuery, page
from imdi_registry.api.resources import master_of
from imdi_registry.domain.identity import Identity, Notice, Passport, Sex
from imdi_registry.queries import workers

router = door_router(prefix="/v1/workers", tags=["workers"])

Purpose = Literal["matching", "preparation"]
WorkerStatus = Literal["registered", "erasure_requested", "erased"]
REMOVABLE = {"phone", "email"}
ZoneLine = Annotated[str, StringConstraints(max_length=100)]
Zone = Annotated[list[ZoneLine], Field(min_length=2, max_length=3)]


class PassportRequest(Shape):
    """``mrz``: the lines of the machine-readable zone, checked against all that is stated."""

    number: Text
    issuing_country: CountryCode
    expires_on: Day
    mrz: Zone | None = None


class ConsentRequest(Shape):
    purpose: Purpose
    given: bool


class ConsentGiven(Shape):
    purpose: Purpose
    given: Literal[True] = True


class WorkerRequest(Shape):
    given_names: Text
    family_name: Text
    birth_date: Day
    sex: Sex
    nationality: CountryCode
    country: CountryCode
    """Where the worker leaves from."""
    passport: PassportRequest
    phone: Text | None = None
    """E.164."""
    email: Text | None = None
    consents: Annotated[list[ConsentGiven], Field(max_length=10, default_factory=list)]


class WorkerCorrection(Shape):
    """Fields that are left out stay; a passport is replaced whole; null removes a phone or an e-mail, nothing else."""

    given_names: Text | None = None
    family_name: Text | None = None
    birth_date: Day | None = None
    sex: Sex | None = None
    nationality: CountryCode | None = None
    country: CountryCode | None = None
    passport: PassportRequest | None = None
    phone: Text | None = None
    email: Text | None = None


class PassportShown(Shape):
    """``mrz_checked``: whether the machine-readable zone was read and agrees (to the controller)."""

    number: str | None = None
    issuing_country: str | None = None
    expires_on: date | None = None
    mrz_checked: bool | None = None


class Worker(Versioned):
    """What the caller may see of a worker now; every field that it may not is null.

    ``age_band`` and ``adult`` stand for a birth date of which no more is shown.
    """

    id: UUID
    status: WorkerStatus
    controller_id: UUID | None
    consents: list[Purpose] | None
    registered_at: UtcTime | None
    given_names: str | None = None
    family_name: str | None = None
    birth_date: date | None = None
    age_band: str | None = None
    adult: bool | None = None
    sex: Sex | None = None
    nationality: str | None = None
    country: str | None = None
    passport: PassportShown | None = None
    phone: str | None = None
    email: str | None = None
    notices: list[Notice] | None = None


class WorkerSummary(Shape):
    """A worker in the list of its controller."""

    id: UUID
    status: WorkerStatus
    controller_id: UUID | None
    consents: list[Purpose]
    registered_at: UtcTime
    given_names: str | None
    family_name: str | None


class Evidence(Shape):
    """Of the worker's own consent."""

    kind: Literal["signed_form", "recorded_call", "in_person", "portal"]
    reference: Text


class HandoverRequest(Shape):
    member_id: UUID
    evidence: Evidence


class WorkerFilter(PageQuery):
    controller_id: UUID | None = None
    """For stewards: whose workers."""


def shown(door: Door) -> Show:
    """How a worker is shown to this caller; what is shown is recorded."""

    async def show(session: AsyncSession, worker_id: UUID | str) -> Worker:
        return Worker(**await workers.show(session, master_of(door), UUID(str(worker_id)), door.actor, door.now))

    return show


@router.post("", status_code=201, response_model=Worker, summary="Register a worker")
async def register(body: WorkerRequest, door: Caller) -> Response:
    fields = body.model_dump(exclude={"consents", "passport"})
    identity = Identity(**fields, passport=_passport(body.passport))
    registration = Registration(identity, body.passport.mrz, [consent.purpose for consent in body.consents])
    return await door.once(
        lambda session: register_worker(session, master_of(door), registration, door.actor, door.now),
        shown(door),
        status=201,
    )


@router.get("", response_model=Page[WorkerSummary], summary="List one's own workers", openapi_extra=OWN)
async def list_workers(query: Annotated[WorkerFilter, Query()], door: Caller) -> Response:
    async with door.reading() as session:
        rows = await workers.listed(
            session, master_of(door), query.controller_id, query.after, query.limit, door.actor, door.now
        )
    return door.answer(page(WorkerSummary, rows, query.limit))


@router.get("/{worker_id}", response_model=Worker, summary="Read a worker, as far as one may", openapi_extra=OWN)
async def read_worker(worker_id: UUID, door: Caller) -> Response:
    async with door.reading() as session:
        return door.answer(await shown(door)(session, worker_id))


@router.patch("/{worker_id}", response_model=Worker, summary="Correct a worker's identity")
async def correct_worker(worker_id: UUID, body: WorkerCorrection, door: Caller) -> Response:
    fields: dict[str, Any] = body.model_dump(exclude_unset=True)
    for name in fields.keys() - REMOVABLE:
        if fields[name] is None:
            raise invalid(name, "not_null", "can be corrected, not removed")
    mrz = None
    if body.passport:
        fields["passport"], mrz = _passport(body.passport), body.passport.mrz
    correction = Correction(fields, mrz)
    return await door.change(
        lambda session: change_facts(
            session, master_of(door), worker_id, correction, door.actor, door.now, door.demand_match
        ),
        shown(door),
    )


@router.post("/{worker_id}/consents", response_model=Worker, summary="Give or withdraw a worker's consent")
async def record_consent(worker_id: UUID, body: ConsentRequest, door: Caller) -> Response:
    return await door.once(
        lambda session: give_consent(
            session, master_of(door), worker_id, body.purpose, door.actor, door.now, given=body.given
        ),
        shown(door),
    )


@router.post("/{worker_id}/controller", response_model=Worker, summary="Give a worker another controller")
async def hand_over(worker_id: UUID, body: HandoverRequest, door: Caller) -> Response:
    handover = Handover(body.member_id, body.evidence.kind, body.evidence.reference)
    return await door.once(
        lambda session: change_controller(session, master_of(door), worker_id, handover, door.actor, door.now),
        shown(door),
    )


def _passport(stated: PassportRequest) -> Passport:
    return Passport(stated.number, stated.issuing_country, stated.expires_on)
