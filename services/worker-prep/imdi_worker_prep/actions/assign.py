"""Gives each item to whoever performs it."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from imdi_common.ids import uuid7
from imdi_worker_prep.domain.assignment import Provider, Task, able, draw, is_drawn, party
from imdi_worker_prep.storage.copies import providers
from imdi_worker_prep.storage.preparations import Dossier
from imdi_worker_prep.storage.tables import Item, Lot

SETTLED: frozenset[str] = frozenset({"cleared", "not_applicable"})
SEED_BYTES = 16


async def hold_lots(session: AsyncSession, *, alone: bool = False) -> None:
    """Taken before a preparation is locked by whoever may draw, and ``alone`` by who changes who can be drawn.

    Otherwise an item planned while a member is being accredited could miss it for ever.
    """
    shared = "" if alone else "_shared"
    await session.execute(text(f"select pg_advisory_xact_lock{shared}(hashtext('imdi-worker-prep-lots'))"))


async def assign(session: AsyncSession, dossier: Dossier, now: datetime) -> bool:
    """Give every open item that is nobody's, or a fallen member's, to one that can; returns whether anything changed.

    The case's own parties perform theirs whatever their standing: agreed cases go on.
    """
    kinds = sorted({item.performed_by for item in dossier.items if is_drawn(item.performed_by)})
    known = {provider.id: provider for provider in await providers(session, kinds)}
    changed = False
    for item in dossier.items:
        performer = _performer(session, dossier, item, known, now)
        changed |= performer != item.assigned_to
        item.assigned_to = performer
        changed |= _follow_performer(dossier, item, now)
    return changed


def _performer(
    session: AsyncSession, dossier: Dossier, item: Item, known: Mapping[UUID, Provider], now: datetime
) -> UUID | None:
    held, assigned = dossier.preparation, item.assigned_to
    if not is_drawn(item.performed_by):
        asked = item.status != "not_applicable" or assigned
        return party(item.performed_by, owner_id=held.owner_id, controller_id=held.controller_id) if asked else None
    if item.status in SETTLED or (assigned and assigned in known and known[assigned].accredited):
        return assigned
    return _drawn(session, dossier, item, known.values(), now)


def _follow_performer(dossier: Dossier, item: Item, now: datetime) -> bool:
    """An appointment made with another ends, and that is told; one made while the item was nobody's stands."""
    booking = dossier.bookings.get(item.code)
    if booking is None:
        return False
    if booking.member_id in {None, item.assigned_to}:
        booking.member_id = item.assigned_to
        return False
    dossier.end_booking(item.code, now)
    return True


def task_of(dossier: Dossier, item: Item) -> Task:
    """What is to be done where: arrival items in the destination, all else in the origin."""
    held = dossier.preparation
    place = held.destination if item.only_at_arrival else held.origin
    return Task(item.code, item.performed_by, place, held.destination)


def _drawn(
    session: AsyncSession, dossier: Dossier, item: Item, known: Iterable[Provider], now: datetime
) -> UUID | None:
    candidates = able(known, task_of(dossier, item))
    if not candidates:
        return None
    seed = secrets.token_hex(SEED_BYTES)
    lot = Lot(
        id=uuid7(),
        preparation_id=dossier.preparation.id,
        code=item.code,
        seed=seed,
        candidates=candidates,
        drawn=draw(seed, candidates),
        drawn_at=now,
    )
    session.add(lot)
    return lot.drawn
