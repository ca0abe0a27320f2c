"""What the calendar makes worker-prep do."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from imdi_common.due import DueAction
from imdi_worker_prep.actions.expire import expire
from imdi_worker_prep.actions.reassign import REASSIGN, go_on_reassigning
from imdi_worker_prep.actions.reckoning import EXPIRY


async def end_clearances(session: AsyncSession, subject: str, now: datetime) -> None:
    await expire(session, UUID(subject), now)


DUE: dict[str, DueAction] = {EXPIRY: end_clearances, REASSIGN: go_on_reassigning}
