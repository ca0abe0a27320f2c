"""Items of preparations."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from imdi_common.actor import Actor
from imdi_common.clock import today_in
from imdi_common.paging import decode_cursor, encode_cursor
from imdi_common.problems import not_found
from imdi_worker_prep.domain.plans import Plan
from imdi_worker_prep.storage.copies import CONSENTS
from imdi_worker_prep.storage.preparations import Dossier, read, read_all
from imdi_worker_prep.storage.tables import Item, Preparation

OF_LAW = (
    "title",
    "category",
    "performed_by",
    "payer",
    "needs_fact",
    "after",
    "lead_days",
    "lead_working_days",
    "validity",
    "counted_from",
    "holds_at",
    "beyond",
    "documents",
    "basis",
    "confidence",
    "governed_by",
    "disputed",
)
"""What is shown of an item as the law determined it."""


def planned(dossier: Dossier, now: datetime) -> Plan:
    """The plan as of today."""
    return dossier.plan(today_in(dossier.preparation.origin, now))


def item_view(dossier: Dossier, item: Item, made: Plan) -> dict[str, Any]:
    """One item as it is shown."""
    slot, booking = made.slots.get(item.code), dossier.bookings.get(item.code)
    return {
        "preparation_id": item.preparation_id,
        "worker_id": dossier.preparation.worker_id,
        "code": item.code,
        "status": item.status,
        "earliest_on": slot.earliest_on if slot else None,
        "latest_on": slot.latest_on if slot else None,
        "due_on": slot.due_on if slot else None,
        "booked_on": booking.booked_on if booking else None,
        "performed_on": item.performed_on,
        "issued_on": item.issued_on,
        "valid_until": item.valid_until,
        "assigned_to": {"member_id": item.assigned_to} if item.assigned_to else None,
        **{name: item.law[name] for name in OF_LAW},
    }


async def show(session: AsyncSession, reference: str, now: datetime) -> dict[str, Any]:
    """One item by ``<preparation>/<code>``, to who has just worked on it; 404 where it is no more."""
    preparation_id, _, code = reference.partition("/")
    dossier = await read(session, UUID(preparation_id))
    item = dossier.item(code) if dossier else None
    if dossier is None or item is None:
        raise not_found()
    return {"etag": dossier.preparation.version, **item_view(dossier, item, planned(dossier, now))}


async def of_performer(
    session: AsyncSession, actor: Actor, now: datetime, *, status: str | None, limit: int, cursor: str | None
) -> tuple[list[dict[str, Any]], str | None]:
    """A page of the items assigned to the caller in running cases of workers who consent."""
    if actor.tenant_id is None:
        return [], None
    key = tuple_(Item.preparation_id, Item.code)
    party = (Preparation.owner_id == actor.tenant_id) | (Preparation.controller_id == actor.tenant_id)
    mine = select(Item.preparation_id, Item.code).join(Preparation, Preparation.id == Item.preparation_id)
    mine = mine.where(Item.assigned_to == actor.tenant_id, Preparation.status != "closed", CONSENTS | party)
    if status:
        mine = mine.where(Item.status == status)
    if cursor:
        mine = mine.where(key > decode_cursor(cursor, UUID, str))
    keys = (await session.execute(mine.order_by(Item.preparation_id, Item.code).limit(limit + 1))).all()
    page = keys[:limit]
    dossiers = {one.preparation.id: one for one in await read_all(session, [row[0] for row in page])}
    plans = {preparation_id: planned(dossier, now) for preparation_id, dossier in dossiers.items()}
    views = [_one(dossiers[preparation_id], code, plans[preparation_id]) for preparation_id, code in page]
    return views, encode_cursor(*page[-1]) if len(keys) > limit else None


def _one(dossier: Dossier, code: str, made: Plan) -> dict[str, Any]:
    return next(item_view(dossier, item, made) for item in dossier.items if item.code == code)
