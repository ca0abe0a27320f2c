"""Books an appointment for an item."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from imdi_common.actor import Actor
from imdi_common.clock import today_in
from imdi_common.ids import uuid7
from imdi_common.problems import conflict, invalid
from imdi_worker_prep.actions.access import Match, demand_workable, item_taken_up
from imdi_worker_prep.actions.announcing import tell
from imdi_worker_prep.actions.assign import task_of
from imdi_worker_prep.actions.reckoning import reckon
from imdi_worker_prep.domain.announcements import Happened
from imdi_worker_prep.domain.assignment import can
from imdi_worker_prep.storage.copies import MemberCopy
from imdi_worker_prep.storage.preparations import Dossier
from imdi_worker_prep.storage.tables import Booking, Item


async def book(
    session: AsyncSession,
    preparation_id: UUID,
    code: str,
    day: date,
    member_id: UUID | None,
    actor: Actor,
    match: Match,
    now: datetime,
) -> str:
    """Book a day, in place of an earlier booking; ``member_id`` chooses who performs an item that is nobody's yet."""
    dossier, item = await item_taken_up(session, preparation_id, code, actor, "book", match)
    if day < today_in(task_of(dossier, item).place, now):
        raise invalid("on", "not_past", "must not lie in the past")
    demand_workable(dossier, item)
    if item.status == "cleared":
        raise conflict("wrong-state", "The item is cleared.")
    if member_id:
        await _choose(session, dossier, item, member_id)
    await _replace(session, dossier, item, day, now)
    happened = await reckon(session, dossier, now)
    await tell(session, dossier, [Happened("preparation.planned", code), *happened.all])
    return f"{preparation_id}/{code}"


async def _choose(session: AsyncSession, dossier: Dossier, item: Item, member_id: UUID) -> None:
    if item.assigned_to not in {None, member_id}:
        raise conflict("wrong-state", "The item is assigned to another member.")
    member = await session.get(MemberCopy, member_id)
    if item.assigned_to is None and not (member and can(member.provider, task_of(dossier, item))):
        raise invalid("member_id", "able", "is not an accredited member that performs this item there")
    item.assigned_to = member_id


async def _replace(session: AsyncSession, dossier: Dossier, item: Item, day: date, now: datetime) -> None:
    dossier.end_booking(item.code, now)
    await session.flush()
    booking = Booking(
        id=uuid7(),
        preparation_id=item.preparation_id,
        code=item.code,
        member_id=item.assigned_to,
        booked_on=day,
        booked_at=now,
    )
    session.add(booking)
    dossier.bookings[item.code] = booking
