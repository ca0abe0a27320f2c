"""Members: application, standing, licences, and the directory."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import Query, Response
from pydantic import BeforeValidator, Field, StringConstraints
from sqlalchemy.ext.asyncio import AsyncSession

from imdi_common.door import OWN, PUBLIC, Caller, Door, Show, door_router
from imdi_common.paging import Page
from imdi_common.shapes import CountryCode, LongText, Shape, Text, UtcTime, Versioned, written_day
from imdi_contracts.codes import MemberKind
from imdi_registry.actions.apply_member import apply_member
from imdi_registry.actions.change_standing import change_standing
from imdi_registry.actions.record_licence import record_licence
from imdi_registry.api.lists import PageQuery, page
from imdi_registry.api.resources import resources_of
from imdi_registry.domain.application import Application, OfferedService, StatedLicence
from imdi_registry.domain.members import LicenceStatus, Move, Status
from imdi_registry.queries import members

router = door_router(prefix="/v1/members", tags=["members"])

ItemCode = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,63}$")]
LicenceDay = Annotated[date, BeforeValidator(written_day)]
"""A day as it is written; one without an end is said to end with the calendar."""
Destination = Annotated[str, StringConstraints(pattern=r"^([A-Z]{2}|\*)$")]


class LicenceRequest(Shape):
    """A licence as the member states it; ``valid_until`` is the last day it covers."""

    type: ItemCode
    number: Text
    issuer: Text
    valid_from: LicenceDay
    valid_until: LicenceDay


class Licence(LicenceRequest):
    status: LicenceStatus


class ServiceOffered(Shape):
    """An item of preparations that the member performs; ``destinations`` ``["*"]`` is any."""

    service: ItemCode
    country: CountryCode
    place: Text | None = None
    destinations: Annotated[list[Destination], Field(min_length=1, max_length=250)]


class MemberApplication(Shape):
    name: Text
    kind: MemberKind
    country: CountryCode
    contact_email: Text
    licences: Annotated[list[LicenceRequest], Field(max_length=50, default_factory=list)]
    services: Annotated[list[ServiceOffered], Field(max_length=200, default_factory=list)]


class Member(Versioned):
    """``contact_email`` and ``reason`` are null to all but the member itself and stewards."""

    id: UUID
    name: str
    kind: MemberKind
    country: str
    status: Status
    contact_email: str | None
    reason: str | None
    licensed_until: date | None
    services: list[ServiceOffered]
    licences: list[Licence]
    applied_at: UtcTime


class Note(Shape):
    note: LongText | None = None


class Reason(Shape):
    reason: LongText


class OptionalReason(Shape):
    reason: LongText | None = None


class MemberFilter(PageQuery):
    kind: MemberKind | None = None
    country: CountryCode | None = None
    status: Status | None = None
    q: Annotated[str, StringConstraints(max_length=100)] | None = None
    """Part of a name."""


def shown(door: Door, *, public: bool = False) -> Show:
    """How a member is shown to this caller."""

    async def show(session: AsyncSession, member_id: UUID | str) -> Member:
        actor = None if public else door.actor
        return Member(**await members.show(session, UUID(str(member_id)), actor, door.now))

    return show


def stated(licence: LicenceRequest) -> StatedLicence:
    return StatedLicence(**licence.model_dump())


@router.post("", status_code=201, response_model=Member, summary="Apply to be a member", openapi_extra=PUBLIC)
async def apply_to_be_member(body: MemberApplication, door: Caller) -> Response:
    resources_of(door).applications.demand(door.request, door.now)
    application = Application(
        name=body.name,
        kind=body.kind,
        country=body.country,
        contact_email=body.contact_email,
        licences=tuple(stated(licence) for licence in body.licences),
        services=tuple(
            OfferedService(each.service, each.country, each.place, tuple(each.destinations)) for each in body.services
        ),
    )
    return await door.once(
        lambda session: apply_member(session, application, door.now), shown(door, public=True), status=201
    )


@router.get("", response_model=Page[Member], summary="List members", openapi_extra=OWN)
async def list_members(query: Annotated[MemberFilter, Query()], door: Caller) -> Response:
    filters = query.model_dump(include={"kind", "country", "status", "q"})
    async with door.viewing() as session:
        rows = await members.listed(session, filters, query.after, query.limit, door.actor, door.now)
    return door.answer(page(Member, rows, query.limit))


@router.get("/{member_id}", response_model=Member, summary="Read a member", openapi_extra=OWN)
async def read_member(member_id: UUID, door: Caller) -> Response:
    async with door.viewing() as session:
        return door.answer(await shown(door)(session, member_id))


async def _move(member_id: UUID, move: Move, reason: str | None, door: Door) -> Response:
    return await door.once(lambda session: change_standing(session, member_id, move, reason, door.actor), shown(door))


@router.post("/{member_id}/accreditation", response_model=Member, summary="Accredit a member")
async def accredit_member(member_id: UUID, door: Caller, body: Note | None = None) -> Response:
    return await _move(member_id, "accreditation", body.note if body else None, door)


@router.post("/{member_id}/suspension", response_model=Member, summary="Suspend a member")
async def suspend_member(member_id: UUID, body: Reason, door: Caller) -> Response:
    return await _move(member_id, "suspension", body.reason, door)


@router.post("/{member_id}/reinstatement", response_model=Member, summary="Reinstate a suspended member")
async def reinstate_member(member_id: UUID, door: Caller, body: Note | None = None) -> Response:
    return await _move(member_id, "reinstatement", body.note if body else None, door)


@router.post("/{member_id}/withdrawal", response_model=Member, summary="Withdraw from membership, for good")
async def withdraw_member(member_id: UUID, door: Caller, body: OptionalReason | None = None) -> Response:
    return await _move(member_id, "withdrawal", body.reason if body else None, door)


@router.post("/{member_id}/licences", status_code=201, response_model=Member, summary="Record a member's licence")
async def add_licence(member_id: UUID, body: LicenceRequest, door: Caller) -> Response:
    return await door.once(
        lambda session: record_licence(session, member_id, stated(body), door.actor, door.now),
        shown(door),
        status=201,
    )
