"""Records that the worker has arrived."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from imdi_common.actor import Actor
from imdi_common.clock import latest_today
from imdi_common.problems import conflict, invalid
from imdi_worker_prep.actions.access import Match, taken_up
from imdi_worker_prep.actions.announcing import tell
from imdi_worker_prep.actions.reckoning import reckon
from imdi_worker_prep.domain.announcements import Happened


async def arrive(
    session: AsyncSession, preparation_id: UUID, arrived_on: date, actor: Actor, match: Match, now: datetime
) -> UUID:
    """Record the day: not in the future, and not before the departure."""
    dossier = await taken_up(session, preparation_id, actor, "arrive", match)
    held = dossier.preparation
    if arrived_on > latest_today(now):
        raise invalid("arrived_on", "not_future", "must not lie in the future")
    if held.status != "departed" or held.departed_on is None:
        raise conflict("wrong-state", "The worker has not departed, or has arrived before.")
    if arrived_on < held.departed_on:
        raise invalid("arrived_on", "order", "must not precede the departure")
    held.arrived_on = arrived_on
    held.status = "arrived"
    await reckon(session, dossier, now)
    await tell(session, dossier, [Happened("worker.arrived")])
    return preparation_id
