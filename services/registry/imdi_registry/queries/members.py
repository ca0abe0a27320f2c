"""Members as callers see them: a public directory, and a contact for the few."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
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
from imdi_registry.storage.tables import Client, Licence, Member


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


async def client(session: AsyncSession, client_id: str, actor: Actor) -> dict[str, Any]:
    """One client, without its secret; to others than its member it does not exist."""
    found = await session.get(Client, client_id)
    if found is None or not may("list_clients", members.relations_to(found.member_id, actor)):
        raise not_found()
    return _client(found)


async def clients(session: AsyncSession, member_id: UUID, after: str, limit: int, actor: Actor) -> list[dict[str, Any]]:
    """A page of the member's clients by their id, oldest first, and one more where there is one."""
    if not may("list_clients", members.relations_to(member_id, actor)):
        raise not_found()
    await members.find(session, member_id)
    found = select(Client).where(Client.member_id == member_id, Client.id > after).order_by(Client.id).limit(limit + 1)
    return [_client(row) for row in await session.scalars(found)]


def _client(row: Client) -> dict[str, Any]:
    return {"client_id": row.id, "name": row.name, "scopes": row.scopes, "created_at": row.created_at}


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
        "licences": [_licence(licence, today) for licence in licences],
        "applied_at": member.applied_at,
    }


def _licence(licence: Licence, today: date) -> dict[str, Any]:
    stated = {name: getattr(licence, name) for name in ("type", "number", "issuer", "valid_from", "valid_until")}
    return stated | {"status": licence_status(members.as_domain(licence), today)}
