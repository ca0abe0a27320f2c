"""Follows who performs items: members that fall or come, and a worker's new controller."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from imdi_common.due import schedule
from imdi_worker_prep.actions.announcing import tell
from imdi_worker_prep.actions.assign import SETTLED, assign, hold_lots
from imdi_worker_prep.actions.reckoning import reckon
from imdi_worker_prep.domain.announcements import Happened
from imdi_worker_prep.domain.states import ENDED
from imdi_worker_prep.storage.copies import MemberCopy
from imdi_worker_prep.storage.preparations import lock, of_worker
from imdi_worker_prep.storage.tables import Item, Preparation

FIRST = UUID(int=0)
REASSIGN = "member.reassign"
"""Due at once where a member's change concerns more cases than one transaction takes."""
BATCH = 100


async def follow_member(session: AsyncSession, member_id: UUID, now: datetime, after: UUID = FIRST) -> None:
    """Draw what a fallen member leaves open; let an accredited one have what nobody could perform.

    It takes the next ``BATCH`` cases, and lets the rest fall due. Only the change of the copy needs the lots alone:
    what is drawn after it is drawn by the new copy.
    """
    member = await session.get_one(MemberCopy, member_id, populate_existing=True)
    mine = Item.assigned_to == member_id
    if member.status == "accredited":
        offered = [service["service"] for service in member.services]
        mine = Item.assigned_to.is_(None) & (Item.performed_by == member.kind) & Item.code.in_(offered)
    concerned = select(Item.preparation_id).join(Preparation).where(mine, Item.status.not_in(SETTLED))
    running = concerned.where(Preparation.status.not_in(ENDED), Item.preparation_id > after).distinct()
    batch = list(await session.scalars(running.order_by(Item.preparation_id).limit(BATCH)))
    await _assign_again(session, batch, now)
    if len(batch) == BATCH:
        await schedule(session, REASSIGN, f"{member_id}:{batch[-1]}", now)


async def go_on_reassigning(session: AsyncSession, subject: str, now: datetime) -> None:
    """Due: the next cases of a member, by what it is now."""
    member_id, after = map(UUID, subject.split(":"))
    await hold_lots(session)
    await follow_member(session, member_id, now, after)


async def follow_controller(session: AsyncSession, worker_id: UUID, controller_id: UUID | None, now: datetime) -> None:
    """Hand a worker's running cases, and the items that the controller performs, to the new controller."""
    await hold_lots(session)
    for preparation_id in await of_worker(session, worker_id):
        dossier = await lock(session, preparation_id)
        if dossier and dossier.preparation.status not in ENDED and dossier.preparation.controller_id != controller_id:
            dossier.preparation.controller_id = controller_id
            happened = await reckon(session, dossier, now)
            await tell(session, dossier, [Happened("preparation.planned"), *happened.all])


async def _assign_again(session: AsyncSession, preparation_ids: Iterable[UUID], now: datetime) -> None:
    for preparation_id in preparation_ids:
        dossier = await lock(session, preparation_id)
        if dossier and dossier.preparation.status not in ENDED and await assign(session, dossier, now):
            happened = await reckon(session, dossier, now)
            await tell(session, dossier, [Happened("preparation.planned"), *happened.all])
