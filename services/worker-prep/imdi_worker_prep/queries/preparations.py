"""Preparations, whole for the parties of the case, and for a partner no more than its own items."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from imdi_common.actor import Actor
from imdi_common.paging import decode_cursor, encode_cursor
from imdi_common.problems import not_found
from imdi_worker_prep.domain.who_may import may
from imdi_worker_prep.queries.items import item_view, planned
from imdi_worker_prep.storage.copies import CONSENTS, consenting
from imdi_worker_prep.storage.preparations import Dossier, read, read_all
from imdi_worker_prep.storage.tables import Item, Preparation


async def show(session: AsyncSession, preparation_id: UUID, actor: Actor, now: datetime) -> dict[str, Any]:
    """One preparation, as far as the caller may see it; 404 to strangers."""
    dossier = await read(session, preparation_id)
    found = await visible(session, [dossier] if dossier else [], actor, now)
    if not found:
        raise not_found()
    return found[0]


async def find(
    session: AsyncSession,
    actor: Actor,
    now: datetime,
    *,
    placement_id: UUID | None,
    worker_id: UUID | None,
    status: str | None,
    limit: int,
    cursor: str | None,
) -> tuple[list[dict[str, Any]], str | None]:
    """A page of those that the caller may see, oldest first."""
    if actor.tenant_id is None:
        return [], None
    wanted: list[ColumnElement[bool]] = [seen_by(actor.tenant_id)]
    if placement_id:
        wanted.append(Preparation.placement_id == placement_id)
    if worker_id:
        wanted.append(Preparation.worker_id == worker_id)
    if status:
        wanted.append(Preparation.status == status)
    if cursor:
        wanted.append(Preparation.id > decode_cursor(cursor, UUID)[0])
    ids = list(await session.scalars(select(Preparation.id).where(*wanted).order_by(Preparation.id).limit(limit + 1)))
    found = await visible(session, await read_all(session, ids[:limit]), actor, now)
    return found, encode_cursor(ids[limit - 1]) if len(ids) > limit else None


def seen_by(member_id: UUID, *about: ColumnElement[bool]) -> ColumnElement[bool]:
    """The parties of the case; a performer of one of its items (``about`` says which) while the worker consents."""
    performs = exists().where(Item.preparation_id == Preparation.id, Item.assigned_to == member_id, *about)
    performs = performs.correlate_except(Item)
    return or_(Preparation.owner_id == member_id, Preparation.controller_id == member_id, and_(performs, CONSENTS))


async def visible(
    session: AsyncSession, dossiers: Sequence[Dossier], actor: Actor, now: datetime
) -> list[dict[str, Any]]:
    """Of these preparations those that the caller may see, each as far as it may."""
    consents = await consenting(session, [dossier.preparation.worker_id for dossier in dossiers])
    found = []
    for dossier in dossiers:
        is_what = dossier.relations(actor.tenant_id, consented=dossier.preparation.worker_id in consents)
        if is_what:
            found.append(_view(dossier, actor, now, whole=may("read_whole", is_what)))
    return found


def _view(dossier: Dossier, actor: Actor, now: datetime, *, whole: bool) -> dict[str, Any]:
    held = dossier.preparation
    made = planned(dossier, now)
    items = [item for item in dossier.items if whole or item.assigned_to == actor.tenant_id]
    codes = {item.code for item in items}
    return {
        "etag": held.version,
        "id": held.id,
        "status": held.status,
        "placement_id": held.placement_id,
        "worker_id": held.worker_id,
        "origin": held.origin,
        "destination": held.destination,
        "opened_on": held.opened_on,
        "departure_on": held.departure_on,
        "departed_on": held.departed_on,
        "arrived_on": held.arrived_on,
        "feasible": made.feasible if held.requirements_id else None,
        "warnings": [
            {"code": "lapses_before", "item": one.item, "milestone": one.milestone, "by_days": one.by_days}
            for one in made.lapses
            if one.item in codes
        ],
        "items": [item_view(dossier, item, made) for item in items],
        "bars": held.bars if whole else [],
        "criteria": [_flat(criterion) for criterion in held.criteria] if whole else [],
        "facts": held.facts if held.controller_id == actor.tenant_id else None,
        "requirements_id": held.requirements_id,
        "revision": held.revision,
        "reason": held.reason,
        "notes": held.notes if whole else [],
    }


def _flat(criterion: dict[str, Any]) -> dict[str, Any]:
    """A criterion as the law tells it, with its effect's own fields beside its standing."""
    effect: dict[str, Any] = criterion["effect"]
    return {name: value for name, value in criterion.items() if name != "effect"} | effect
