"""A placement's events: ids, codes and the terms agreed; evidence and people's own words stay here."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

from imdi_common.outbox import announce
from imdi_contracts.matching import (
    PlacementAccepted,
    PlacementAgreed,
    PlacementCompleted,
    PlacementDeployed,
    PlacementOffered,
    PlacementProposed,
    PlacementReady,
    PlacementSelected,
    PlacementState,
    PlacementWithdrawn,
)
from imdi_matching.domain.placements import Reason, Status
from imdi_matching.storage.tables import Placement

EVENTS: dict[Status, type[PlacementState]] = {
    "proposed": PlacementProposed,
    "accepted": PlacementAccepted,
    "selected": PlacementSelected,
    "offered": PlacementOffered,
    "agreed": PlacementAgreed,
    "ready": PlacementReady,
    "deployed": PlacementDeployed,
    "completed": PlacementCompleted,
    "withdrawn": PlacementWithdrawn,
}


async def bring(session: AsyncSession, placement: Placement, status: Status, reason: Reason | None = None) -> None:
    """Bring a placement to a state, and say so."""
    placement.status, placement.reason = status, reason
    await announce_placement(session, placement)


async def announce_placement(session: AsyncSession, placement: Placement) -> None:
    """Announce a change already made, as an event of the state that the placement is in."""
    placement.version += 1
    state = {
        "placement_id": str(placement.id),
        "worker_id": str(placement.worker_id),
        "vacancy_id": str(placement.vacancy_id),
        "owner_id": str(placement.owner_id),
        "controller_id": str(placement.controller_id) if placement.controller_id else None,
        "status": placement.status,
        "departure_on": placement.departure_on,
        "terms": placement.terms,
        "first_departure": placement.first_departure,
        "conflict": placement.conflict,
        "reason": placement.reason,
    }
    await announce(session, placement, EVENTS[placement.status].model_validate(state))
