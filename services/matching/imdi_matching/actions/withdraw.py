"""A party withdraws a placement. Who has departed cannot be withdrawn; an agreed one gives its position back."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from imdi_common.actor import Actor
from imdi_matching.actions.announce_placement import bring
from imdi_matching.actions.open_case import open_case
from imdi_matching.actions.positions import free
from imdi_matching.domain.placements import HOLDS_A_POSITION, Reason


async def withdraw(session: AsyncSession, placement_id: UUID, note: str, actor: Actor, now: datetime) -> UUID:
    """Withdraw with a reason in the party's own words, which stay here: only a code travels."""
    case = await open_case(session, placement_id, "withdraw", actor)
    held_a_position = case.placement.status in HOLDS_A_POSITION
    case.placement.note = note
    reason: Reason = "withdrawn_by_owner" if "owner" in case.roles else "withdrawn_by_controller"
    await bring(session, case.placement, "withdrawn", reason)
    if held_a_position:
        await free(session, case.vacancy, now)
    return placement_id
