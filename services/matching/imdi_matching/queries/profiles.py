"""A member's claim on a worker's profile."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from imdi_common.actor import Actor
from imdi_common.problems import not_found
from imdi_matching.storage.copies import Worker
from imdi_matching.storage.tables import Claim, Profile


async def show_profile(session: AsyncSession, worker_id: UUID, actor: Actor) -> dict[str, Any]:
    """The calling member's own claim; that of another member is none of its business."""
    claim = await session.get(Claim, (worker_id, actor.tenant_id)) if actor.tenant_id else None
    if claim is None:
        raise not_found()
    return {
        "worker_id": worker_id,
        "status": await _status(session, claim),
        **claim.entry,
        "claimed_at": claim.claimed_at,
        "etag": claim.version,
    }


async def _status(session: AsyncSession, claim: Claim) -> str:
    """``live``, ``withdrawn`` (the controller's, without consent), or ``awaiting_registration`` to everyone else."""
    worker = await session.get(Worker, claim.worker_id)
    if worker is None or worker.controller_id != claim.member_id:
        return "awaiting_registration"
    profile = await session.get(Profile, claim.worker_id)
    return "live" if profile and profile.status == "live" else "withdrawn"
