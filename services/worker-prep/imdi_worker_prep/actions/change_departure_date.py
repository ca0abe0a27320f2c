"""Moves the day of departure."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from imdi_common.actor import Actor
from imdi_common.clock import today_in
from imdi_common.problems import invalid
from imdi_worker_prep.actions.access import Match, demand_open, taken_up
from imdi_worker_prep.actions.announcing import tell
from imdi_worker_prep.actions.reckoning import reckon
from imdi_worker_prep.domain.announcements import Happened


async def change_departure_date(
    session: AsyncSession, preparation_id: UUID, departure_on: date, actor: Actor, match: Match, now: datetime
) -> UUID:
    """Move it to today or later in the origin. It raises the revision: law and ages are judged on that day."""
    dossier = await taken_up(session, preparation_id, actor, "change_departure_date", match)
    held = dossier.preparation
    if departure_on < today_in(held.origin, now):
        raise invalid("departure_on", "not_past", "must not lie in the past")
    demand_open(dossier)
    if departure_on != held.departure_on:
        held.departure_on = departure_on
        held.revision += 1
        happened = await reckon(session, dossier, now)
        await tell(session, dossier, [Happened("preparation.facts-changed"), *happened.all])
    return preparation_id
