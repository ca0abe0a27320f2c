"""Erase what legislation holds of a worker, and say so."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from imdi_common.forgetting import forget
from imdi_common.outbox import announce
from imdi_contracts.legislation import RECOGNITIONS, ErasureCompleted, RecognitionErased
from imdi_legislation.storage.copies import forget_worker, is_erased
from imdi_legislation.storage.observed_items import forget_observed
from imdi_legislation.storage.recognition import WorkerRecognitions, forget_recognitions
from imdi_legislation.storage.subjects import forget_stale
from imdi_legislation.storage.tables import ErasedWorker


async def erase_worker(session: AsyncSession, worker_id: UUID, now: datetime) -> None:
    """Delete legal facts, profile, answers, decisions and the facts behind determinations; hash and outcome remain.

    The receipt is announced also where nothing was held, and once. Of the decisions that were announced an empty last
    state remains; what was still on its way then is forgotten when the erasure is told again.
    """
    await forget(session, RECOGNITIONS, str(worker_id))
    if await is_erased(session, worker_id):
        return
    erased = ErasedWorker(worker_id=worker_id, erased_at=now)
    session.add(erased)
    await session.flush()
    await forget_observed(session, worker_id)
    await forget_stale(session, await forget_worker(session, worker_id))
    recognitions = await session.get(WorkerRecognitions, worker_id)
    if recognitions is not None:
        await announce(session, recognitions, RecognitionErased(worker_id=str(worker_id), recognitions=[]))
        await forget_recognitions(session, worker_id)
    await announce(session, erased, ErasureCompleted(worker_id=str(worker_id)))
