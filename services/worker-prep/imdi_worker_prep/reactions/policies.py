"""What other services' events make worker-prep do, each reconciled from the state in the event."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from imdi_common.reactions import NotYet, Policy, Received
from imdi_contracts import legislation, matching, registry
from imdi_worker_prep.actions.apply_requirements import apply_requirements
from imdi_worker_prep.actions.assign import hold_lots
from imdi_worker_prep.actions.close import close
from imdi_worker_prep.actions.erase_worker import erase_worker, forget_told
from imdi_worker_prep.actions.open_preparation import open_preparation
from imdi_worker_prep.actions.reassign import follow_controller, follow_member
from imdi_worker_prep.reactions.projections import keep_members, keep_workers
from imdi_worker_prep.storage.copies import WorkerCopy
from imdi_worker_prep.storage.preparations import of_placement
from imdi_worker_prep.storage.workers import is_erased

BINDING = {"agreed", "ready", "deployed"}


async def prepare_placements(session: AsyncSession, received: Received[matching.PlacementState], now: datetime) -> None:
    """A binding placement has a preparation; a withdrawn one has none that runs."""
    placement = received.state
    worker_id = UUID(placement.worker_id)
    if await is_erased(session, worker_id):
        return
    preparation_id = await of_placement(session, UUID(placement.placement_id))
    if preparation_id is None and placement.status in BINDING:
        # Locked, so that a new controller or an erasure comes wholly before the opening or wholly after.
        worker = await session.get(WorkerCopy, worker_id, with_for_update={"read": True})
        if worker is None:
            raise NotYet
        await open_preparation(session, placement, worker, now)
    elif preparation_id and placement.status == "withdrawn":
        await close(session, preparation_id, placement.reason, now)


async def plan_preparations(
    session: AsyncSession, received: Received[legislation.RequirementsDetermined], now: datetime
) -> None:
    await apply_requirements(session, received.state, received.sequence, now)


async def follow_workers(session: AsyncSession, received: Received[registry.WorkerState], now: datetime) -> None:
    """Erase who asks for it; hand cases to a new controller. Consent is asked at each reading, of the copy."""
    worker_id = UUID(received.state.worker_id)
    if await is_erased(session, worker_id):
        await forget_told(session, worker_id)
        return
    if received.state.status != "registered":
        await erase_worker(session, worker_id, now)
        return
    await keep_workers(session, [received])
    controller = received.state.controller_id
    await follow_controller(session, worker_id, UUID(controller) if controller else None, now)


async def follow_members(session: AsyncSession, received: Received[registry.MemberState], now: datetime) -> None:
    """Draw again what a member leaves open, and let a new one have what waits; most perform nothing."""
    state = received.state
    performs = state.status != "applied" and (state.status != "accredited" or bool(state.services))
    if performs:
        await hold_lots(session, alone=True)
    await keep_members(session, [received])
    if performs:
        await follow_member(session, UUID(state.member_id), now)


POLICIES: list[Policy[Any]] = [
    Policy("prepare_placements", matching.PLACEMENTS, matching.PlacementState, prepare_placements),
    Policy("plan_preparations", legislation.REQUIREMENTS, legislation.RequirementsDetermined, plan_preparations),
    Policy("follow_workers", registry.WORKERS, registry.WorkerState, follow_workers),
    Policy("follow_members", registry.MEMBERS, registry.MemberState, follow_members),
]
