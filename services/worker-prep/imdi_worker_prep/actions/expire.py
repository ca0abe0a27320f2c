"""Takes back what the calendar has ended."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from imdi_worker_prep.actions.announcing import tell
from imdi_worker_prep.actions.assign import hold_lots
from imdi_worker_prep.actions.reckoning import reckon
from imdi_worker_prep.domain.states import OPEN
from imdi_worker_prep.storage.preparations import lock


async def expire(session: AsyncSession, preparation_id: UUID, now: datetime) -> None:
    """Require expired clearances again, from a member that can perform them, and revoke a cleared preparation."""
    await hold_lots(session)
    dossier = await lock(session, preparation_id)
    if dossier is None or dossier.preparation.status not in OPEN:
        return
    happened = await reckon(session, dossier, now)
    await tell(session, dossier, happened.all)
