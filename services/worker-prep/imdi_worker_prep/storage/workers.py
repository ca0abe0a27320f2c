"""Workers' own keys, and those of whom nothing may be kept."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from imdi_worker_prep.storage.sealing import MasterKey
from imdi_worker_prep.storage.tables import ErasedWorker, WorkerKey


async def is_erased(session: AsyncSession, worker_id: UUID) -> bool:
    return await session.get(ErasedWorker, worker_id) is not None


async def data_key(session: AsyncSession, master: MasterKey, worker_id: UUID) -> bytes:
    """The worker's wrapped data key, made when first needed."""
    fresh = insert(WorkerKey).values(worker_id=worker_id, wrapped=master.new_data_key(worker_id))
    await session.execute(fresh.on_conflict_do_nothing())
    key = await session.get_one(WorkerKey, worker_id)
    return key.wrapped
