"""Keep a worker's profile as the worker's newest state and its controller's claim have it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from imdi_common.due import schedule
from imdi_matching.actions.announce_placement import announce_placement
from imdi_matching.actions.follow_claim import follow_claim
from imdi_matching.actions.positions import withdraw_open
from imdi_matching.actions.put_profile import UNCLAIMED, UNCLAIMED_FOR, claim_subject
from imdi_matching.domain.placements import BINDING, OPEN
from imdi_matching.storage import placements
from imdi_matching.storage.copies import Worker
from imdi_matching.storage.profiles import lock_claim, lock_profile
from imdi_matching.storage.tables import Claim, Profile


async def follow_worker(session: AsyncSession, worker: Worker, now: datetime) -> None:
    """Reconcile profile and placements with a registered worker's state; ``worker`` is locked."""
    profile = await lock_profile(session, worker.id)
    if worker.controller_id and profile and profile.controller_id not in (None, worker.controller_id):
        await _hand_over(session, worker, profile, now)
    await follow_claim(session, worker)
    touched = await placements.lock_all(session, placements.live_of(worker.id))
    for placement in touched:
        if placement.controller_id != worker.controller_id:
            placement.controller_id = worker.controller_id
            if placement.status in OPEN | BINDING:
                await announce_placement(session, placement)
    if "matching" not in worker.consents:
        await withdraw_open(session, touched, "consent_withdrawn")


async def _hand_over(session: AsyncSession, worker: Worker, profile: Profile, now: datetime) -> None:
    """A new controller that has said nothing yet takes over what the one before said, under that one's name."""
    former, current = profile.controller_id, worker.controller_id
    if former is None or current is None:
        return
    left = await lock_claim(session, worker.id, former)
    if left is None:
        return
    if await lock_claim(session, worker.id, current) is None:
        taken = {"worker_id": worker.id, "member_id": current, "made_by": left.made_by, "entry": left.entry}
        session.add(Claim(**taken, version=1, claimed_at=now))
    await schedule(session, UNCLAIMED, claim_subject(left), now + UNCLAIMED_FOR)
