"""Erases a worker: the key first, so that nothing sealed can ever be read again, then all else that is theirs."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import Text, cast, delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from imdi_common.due import cancel
from imdi_common.mechanics import outbox
from imdi_common.outbox import announce
from imdi_contracts.worker_prep import PREPARATIONS, ErasureCompleted
from imdi_worker_prep.actions.announcing import tell
from imdi_worker_prep.actions.depart import ERASED
from imdi_worker_prep.actions.reckoning import EXPIRY
from imdi_worker_prep.domain.announcements import Happened
from imdi_worker_prep.domain.states import OPEN
from imdi_worker_prep.storage.copies import WorkerCopy
from imdi_worker_prep.storage.preparations import lock, of_worker
from imdi_worker_prep.storage.tables import Booking, ErasedWorker, Item, Preparation, ResultRow, WorkerKey
from imdi_worker_prep.storage.workers import is_erased


async def erase_worker(session: AsyncSession, worker_id: UUID, now: datetime) -> None:
    """Erase once, and announce the receipt, also where nothing was held."""
    if await is_erased(session, worker_id):
        return
    await session.execute(delete(WorkerKey).where(WorkerKey.worker_id == worker_id))
    for preparation_id in await of_worker(session, worker_id):
        await _empty(session, preparation_id)
    await forget_told(session, worker_id)
    await session.execute(delete(WorkerCopy).where(WorkerCopy.id == worker_id))
    receipt = ErasedWorker(worker_id=worker_id, erased_at=now)
    session.add(receipt)
    await announce(session, receipt, ErasureCompleted(worker_id=str(worker_id)))


async def forget_told(session: AsyncSession, worker_id: UUID) -> None:
    """Forget what was sent of a worker's cases before their last; asked again, for what was still on its way then."""
    last = select(Preparation.event_number).where(Preparation.worker_id == worker_id)
    last = last.where(cast(Preparation.id, Text) == outbox.c.key)
    cases = [str(preparation_id) for preparation_id in await of_worker(session, worker_id)]
    told = (outbox.c.topic == PREPARATIONS.name, outbox.c.key.in_(cases), outbox.c.published_at.is_not(None))
    await session.execute(delete(outbox).where(*told, outbox.c.sequence < last.scalar_subquery()))


async def _empty(session: AsyncSession, preparation_id: UUID) -> None:
    """Leave of a case its ids, days and state; the event that says so replaces, in time, all that came before."""
    dossier = await lock(session, preparation_id)
    if dossier is None:
        return
    for table in (ResultRow, Booking, Item):
        await session.execute(delete(table).where(table.preparation_id == preparation_id))
    held = dossier.preparation
    dossier.items, dossier.results, dossier.bookings = [], [], {}
    held.facts, held.bars, held.criteria, held.notes = {}, [], [], []
    held.version += 1
    running = held.status in OPEN
    if running:
        held.status, held.reason = "closed", ERASED
    await cancel(session, EXPIRY, str(preparation_id))
    await tell(session, dossier, [Happened("preparation.closed" if running else "preparation.facts-changed")])
