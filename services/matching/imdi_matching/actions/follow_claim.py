"""A worker's profile is its controller's claim, while the worker is registered and consents."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from imdi_common.outbox import announce
from imdi_contracts.matching import ProfileChanged, ProfileLive, ProfileState, ProfileWithdrawn
from imdi_matching.storage.copies import Worker
from imdi_matching.storage.profiles import highest_isced, lock_claim, lock_profile, minor_groups
from imdi_matching.storage.tables import Profile

NOTHING: dict[str, Any] = {"occupations": [], "languages": [], "qualifications": [], "facts": {}}


async def follow_claim(session: AsyncSession, worker: Worker) -> None:
    """Make the profile live, changed or withdrawn, and say so where it is not so already; ``worker`` is locked."""
    profile = await lock_profile(session, worker.id)
    claim = await lock_claim(session, worker.id, worker.controller_id) if worker.controller_id else None
    if claim is None or worker.status != "registered" or not worker.consents:
        if profile and profile.status == "live":
            await withdraw_profile(session, profile)
        return
    if profile is None:
        profile = Profile(worker_id=worker.id, status="new", version=0, worker_sequence=0, entry=NOTHING)
        session.add(profile)
    counted = profile.status, profile.controller_id, profile.entry, profile.worker_sequence
    if counted != ("live", worker.controller_id, claim.entry, worker.sequence):
        event = ProfileChanged if profile.status == "live" else ProfileLive
        profile.status, profile.controller_id, profile.worker_sequence = "live", worker.controller_id, worker.sequence
        await _count(session, profile, claim.entry, event)


async def withdraw_profile(session: AsyncSession, profile: Profile) -> None:
    """Empty a profile, and say so."""
    profile.status, profile.controller_id = "withdrawn", None
    await _count(session, profile, NOTHING, ProfileWithdrawn)


async def _count(session: AsyncSession, profile: Profile, entry: dict[str, Any], event: type[ProfileState]) -> None:
    profile.entry = entry
    profile.minor_groups = minor_groups(entry)
    available = entry.get("available_from")
    profile.available_from = date.fromisoformat(available) if available else None
    profile.version += 1
    state = {
        "worker_id": str(profile.worker_id),
        "status": profile.status,
        "controller_id": str(profile.controller_id) if profile.controller_id else None,
        "occupations": entry["occupations"],
        "languages": entry["languages"],
        "isced": highest_isced(entry),
        "facts": entry["facts"],
    }
    await announce(session, profile, event.model_validate(state))
