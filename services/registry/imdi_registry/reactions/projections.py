"""Copies of placements and preparations: they decide who is what to a worker."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from imdi_common.database import upsert_newer
from imdi_common.reactions import Projection, Received
from imdi_contracts.matching import PLACEMENTS, PlacementState
from imdi_contracts.worker_prep import PREPARATIONS, PreparationState
from imdi_registry.storage.copies import PlacementCopy, PreparationCopy

_NOT_PERFORMED = frozenset({"waived", "not_applicable"})


async def keep_placements(session: AsyncSession, received: list[Received[PlacementState]]) -> None:
    """Whose placement each is, and how far it has come. Ids alone: nothing to erase with a worker."""
    await session.execute(upsert_newer(PlacementCopy, [_placement(each) for each in received]))


async def keep_preparations(session: AsyncSession, received: list[Received[PreparationState]]) -> None:
    """Who performs an item of each, and whether it is still open."""
    await session.execute(upsert_newer(PreparationCopy, [_preparation(each) for each in received]))


def _placement(received: Received[PlacementState]) -> dict[str, Any]:
    state = received.state
    return {
        "id": UUID(state.placement_id),
        "worker_id": UUID(state.worker_id),
        "owner_id": UUID(state.owner_id),
        "status": state.status,
        "sequence": received.sequence,
    }


def _preparation(received: Received[PreparationState]) -> dict[str, Any]:
    state = received.state
    performers = {item.assigned_to for item in state.items if item.assigned_to and item.status not in _NOT_PERFORMED}
    return {
        "id": UUID(state.preparation_id),
        "worker_id": UUID(state.worker_id),
        "status": state.status,
        "performers": sorted(UUID(performer) for performer in performers),
        "sequence": received.sequence,
    }


PROJECTIONS: list[Projection[Any]] = [
    Projection(PLACEMENTS, PlacementState, keep_placements, PlacementCopy),
    Projection(PREPARATIONS, PreparationState, keep_preparations, PreparationCopy),
]
