"""The controller accepts a proposal for its worker, on evidence of the worker's own consent."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from imdi_common.actor import Actor
from imdi_matching.actions.announce_placement import bring
from imdi_matching.actions.open_case import open_case


async def accept(session: AsyncSession, placement_id: UUID, evidence: dict[str, Any], actor: Actor) -> UUID:
    case = await open_case(session, placement_id, "accept", actor)
    case.placement.acceptance = evidence
    await bring(session, case.placement, "accepted")
    return placement_id
