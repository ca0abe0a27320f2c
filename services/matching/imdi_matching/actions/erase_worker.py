"""Erase a worker: nothing of the person stays but opaque ids of placements, and the record that it is erased."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from imdi_common.forgetting import forget
from imdi_common.outbox import announce
from imdi_contracts.legislation import RECOGNITIONS
from imdi_contracts.matching import PROFILES, ErasureCompleted
from imdi_contracts.registry import WORKERS
from imdi_matching.actions.announce_placement import bring
from imdi_matching.actions.follow_claim import withdraw_profile
from imdi_matching.actions.positions import free
from imdi_matching.domain.placements import HOLDS_A_POSITION, STEPS
from imdi_matching.storage import placements, vacancies
from imdi_matching.storage.copies import Recognitions, Worker, erased
from imdi_matching.storage.profiles import drop_claims, lock_profile
from imdi_matching.storage.tables import ErasedWorker, Placement, Vacancy


async def erase_worker(session: AsyncSession, worker_id: UUID, now: datetime) -> None:
    """Erase, close open work with the reason ``erased``, and announce the receipt, also where nothing was held.

    The caller holds the worker's row. A deployed placement stands: it is a fact of the world, and bears no name.
    """
    if await erased(session, [worker_id]):
        return
    await _withdraw_placements(session, worker_id, now)
    profile = await lock_profile(session, worker_id)
    if profile:
        if profile.status == "live":
            await withdraw_profile(session, profile)
        await session.delete(profile)
    await drop_claims(session, worker_id)
    for copy in (Worker, Recognitions):
        await session.execute(delete(copy).where(copy.id == worker_id))
    await forget_told(session, worker_id)
    receipt = ErasedWorker(worker_id=worker_id, erased_at=now)
    session.add(receipt)
    await announce(session, receipt, ErasureCompleted(worker_id=str(worker_id)))


async def forget_told(session: AsyncSession, worker_id: UUID) -> None:
    """Forget what was sent and held of a worker; asked again of the erased, for what was still on its way then."""
    for topic in (PROFILES, WORKERS, RECOGNITIONS):
        await forget(session, topic, str(worker_id))


async def _withdraw_placements(session: AsyncSession, worker_id: UUID, now: datetime) -> None:
    mine = Placement.worker_id == worker_id
    known = await session.scalars(select(Placement.vacancy_id).where(mine))
    concerned = {vacancy.id: vacancy for vacancy in await vacancies.lock_all(session, Vacancy.id.in_(set(known)))}
    for placement in await placements.lock_all(session, mine):
        placement.note = placement.acceptance = placement.agreement = None
        if placement.status not in STEPS["withdraw"].since:
            continue
        held_a_position = placement.status in HOLDS_A_POSITION
        await bring(session, placement, "withdrawn", "erased")
        if held_a_position:
            await free(session, concerned[placement.vacancy_id], now)
