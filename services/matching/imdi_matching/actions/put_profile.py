"""Say what a worker can do. It counts once the worker is registered under the member that says so."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from imdi_common.actor import Actor
from imdi_common.due import cancel, schedule
from imdi_matching.actions.follow_claim import follow_claim
from imdi_matching.storage.copies import hold_worker, lock_worker
from imdi_matching.storage.profiles import lock_claim
from imdi_matching.storage.tables import Claim

UNCLAIMED = "claim.unclaimed"
"""Due when a claim has waited too long for its worker to be registered under its member."""
UNCLAIMED_FOR = timedelta(hours=24)


def claim_subject(claim: Claim) -> str:
    return f"{claim.worker_id}:{claim.member_id}"


async def put_profile(
    session: AsyncSession,
    worker_id: UUID,
    entry: dict[str, Any],
    actor: Actor,
    now: datetime,
    match: Callable[[int | None], None],
) -> UUID:
    """Put the calling member's claim. A foreign worker and an unknown one are answered alike: it waits."""
    member = actor.member
    await hold_worker(session, worker_id)
    worker = await lock_worker(session, worker_id)
    claim = await lock_claim(session, worker_id, member.id)
    match(claim.version if claim else None)
    if claim:
        claim.entry, claim.made_by, claim.version = entry, member.id, claim.version + 1
    else:
        said = {"worker_id": worker_id, "member_id": member.id, "made_by": member.id, "entry": entry}
        claim = Claim(**said, version=1, claimed_at=now)
        session.add(claim)
        await schedule(session, UNCLAIMED, claim_subject(claim), now + UNCLAIMED_FOR)
    await session.flush()
    if worker and worker.controller_id == member.id:
        await cancel(session, UNCLAIMED, claim_subject(claim))
        await follow_claim(session, worker)
    return worker_id


async def drop_unclaimed(session: AsyncSession, subject: str, now: datetime) -> None:  # noqa: ARG001 - as every due action
    """Due: forget a claim whose worker is not registered under its member by now."""
    worker_id, member_id = map(UUID, subject.split(":"))
    worker = await lock_worker(session, worker_id)
    claim = await lock_claim(session, worker_id, member_id)
    if claim and (worker is None or worker.controller_id != member_id):
        await session.delete(claim)
