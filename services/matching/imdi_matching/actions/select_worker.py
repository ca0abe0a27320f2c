"""The owner selects an accepted worker."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from imdi_common.actor import Actor
from imdi_matching.actions.announce_placement import bring
from imdi_matching.actions.open_case import demand_open, open_case
from imdi_matching.actions.submit_vacancy import recruiter


async def select_worker(session: AsyncSession, placement_id: UUID, actor: Actor, now: datetime) -> UUID:
    case = await open_case(session, placement_id, "select", actor)
    recruiter(actor, now)
    demand_open(case.vacancy)
    await bring(session, case.placement, "selected")
    return placement_id
