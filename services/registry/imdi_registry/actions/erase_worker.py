"""A worker is erased: the key goes at the request, the end is announced when every service has said so."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

from sqlalchemy import delete, or_, update
from sqlalchemy.ext.asyncio import AsyncSession

from imdi_common.actor import Actor
from imdi_common.forgetting import forget
from imdi_common.outbox import announce
from imdi_contracts.registry import WORKERS, WorkerErased, WorkerErasureRequested
from imdi_registry.actions.refusals import demand
from imdi_registry.actions.telling import of_worker
from imdi_registry.domain.standing import relations
from imdi_registry.storage import workers
from imdi_registry.storage.sealing import MasterKey
from imdi_registry.storage.tables import ControllerChange, DuplicateNotice, Erasure, Worker, WorkerKey

Receipt = Literal["matching_at", "legislation_at", "worker_prep_at"]


async def ask_erasure(session: AsyncSession, master: MasterKey, worker_id: UUID, actor: Actor, now: datetime) -> UUID:
    """Destroy the worker's key and all that was sealed, and ask every service to forget. Asked again: nothing more.

    Why is not kept: a free text about a person is what an erasure is meant to remove.
    """
    seen = await workers.see(session, master, worker_id, actor, for_update=True)
    demand("ask_erasure", relations(seen.rows))
    worker = seen.worker
    if worker.status != "registered":
        return worker_id
    await _destroy(session, worker)
    session.add(Erasure(worker_id=worker_id, requested_at=now, client_id=actor.client_id, member_id=actor.tenant_id))
    worker.status = "erasure_requested"
    worker.version += 1
    await announce(session, worker, of_worker(WorkerErasureRequested, worker, None))
    return worker_id


async def record_receipt(session: AsyncSession, worker_id: UUID, receipt: Receipt, now: datetime) -> None:
    """Note that one service holds nothing of the worker any more; the last of the three ends the erasure."""
    erasure = await session.get(Erasure, worker_id, with_for_update=True, populate_existing=True)
    if erasure is None or getattr(erasure, receipt) is not None:
        return
    setattr(erasure, receipt, now)
    if None in (erasure.matching_at, erasure.legislation_at, erasure.worker_prep_at):
        return
    erasure.completed_at = now
    worker = await session.get_one(Worker, worker_id, with_for_update=True, populate_existing=True)
    worker.status = "erased"
    worker.version += 1
    await forget(session, WORKERS, str(worker_id))
    await announce(session, worker, of_worker(WorkerErased, worker, None))


async def _destroy(session: AsyncSession, worker: Worker) -> None:
    await session.execute(delete(WorkerKey).where(WorkerKey.worker_id == worker.id))
    noticed = or_(DuplicateNotice.worker_id == worker.id, DuplicateNotice.earlier_worker_id == worker.id)
    await session.execute(delete(DuplicateNotice).where(noticed))
    files = update(ControllerChange).where(ControllerChange.worker_id == worker.id)
    await session.execute(files.values(evidence_reference=None))
    worker.sealed = worker.passport_digest = None
    worker.consents = []
