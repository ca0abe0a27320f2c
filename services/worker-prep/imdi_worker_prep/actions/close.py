"""Closes a preparation whose placement was withdrawn."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from imdi_common.due import cancel
from imdi_worker_prep.actions.announcing import tell
from imdi_worker_prep.actions.reckoning import EXPIRY
from imdi_worker_prep.domain.announcements import Happened
from imdi_worker_prep.domain.states import ENDED, OPEN
from imdi_worker_prep.storage.preparations import lock


async def close(session: AsyncSession, preparation_id: UUID, reason: str | None, now: datetime) -> None:
    """Close it; one whose worker has departed only notes the withdrawal: the fact beats the intent."""
    dossier = await lock(session, preparation_id)
    if dossier is None or dossier.preparation.status in ENDED:
        return
    held = dossier.preparation
    held.version += 1
    if held.status not in OPEN:
        held.notes = [*held.notes, {"at": now.isoformat(), "what": "withdrawn", "reason": reason}]
        return
    held.status = "closed"
    held.reason = reason
    await cancel(session, EXPIRY, str(held.id))
    await tell(session, dossier, [Happened("preparation.closed")])
