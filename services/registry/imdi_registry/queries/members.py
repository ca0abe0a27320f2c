"""Members as callers see them: a public directory, and a contact for the few."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from imdi_common.actor import Actor
from imdi_common.clock import today_in
from imdi_common.problems import not_found
from imdi_registry.domain.members import licence_status
from imdi_registry.domain.who_may import may
from imdi_registry.storage import members
from imdi_registry.storage.tables import Licence, Member


async def show(session: AsyncSession, member_id: UUID, actor: Actor | None, now: datetime) -> dict[str, Any]:
    """One member; ``actor`` None is the applicant, who has no token yet and sees their own application."""
    member = await members.find(session, member_id)
    licences = await members.licences_of(session, [member_id])
    private = actor is None or actor.is_steward or actor.tenant_id == member_id
    return _row(member, licences, now, private=private) | {"etag": member.version}


async def listed(
    session: AsyncSession,
    filters: Mapping[str, str | None],
    after: UUID | None,
    limit: int,
    actor: Actor,
    now: datetime,
) -> list[dict[str, Any]]:
    """A page of members by their id, oldest first, and one more where there is one. ``q`` looks in names."""
    found = select(Member).order_by(Member.id).limit(limit + 1)
    for column in ("kind", "country", "status"):
        if filters.get(column) is not None:
            found = found.where(getattr(Member, column) == filters[column])
    if words := filters.get("q"):
        found = found.where(Member.name.icontains(words, autoescape=True))
    if after:
        found = found.where(Member.id > after)
    rows = list(await session.scalars(found))
    licences: dict[UUID, list[Licence]] = {row.id: [] for row in rows}
    for licence in await members.licences_of(session, list(licences)):
        licences[licence.member_id].append(licence)
    return [_row(row, licences[row.id], now, private=actor.is_steward or actor.tenant_id == row.id) for row in rows]


async def clients(session: AsyncSession, member_id: UUID, actor: Actor) -> list[dict[str, Any]]:
    """The member's clients, without their secrets; to others they do not exist."""
    own = {"self"} if actor.tenant_id == member_id else set()
    if not may("list_clients", own | ({"steward"} if actor.is_steward else set())):
        raise not_found()
    await members.find(session, member_id)
    return [
        {"client_id": row.id, "name": row.name, "scopes": row.scopes, "created_at": row.created_at}
        for row in await members.clients_of(session, member_id)
    ]


def _row(member: Member, licences: list[Licence], now: datetime, *, private: bool) -> dict[str, Any]:
    today = today_in(member.country, now)
    return {
        "id": member.id,
        "name": member.name,
        "kind": member.kind,
        "country": member.country,
        "status": member.status,
        "contact_email": member.contact_email if private else None,
        "reason": member.reason if private else None,
        "licensed_until": member.licensed_until,
        "services": member.services,
        "licences": [_licence(licence) | {"status": _status(licence, today)} for licence in licences],
        "applied_at": member.applied_at,
    }


def _licence(licence: Licence) -> dict[str, Any]:
    names = ("type", "number", "issuer", "valid_from", "valid_until")
    return {name: getattr(licence, name) for name in names}


def _status(licence: Licence, today: Any) -> str:
    return licence_status(members.as_domain(licence), today)
