"""What legislation does on others' events: it keeps the copy that it judges, and answers in the same transaction.

So no copy can be newer than the answer that rests on it. Every reaction that touches a worker asks first whether the
worker is erased.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from imdi_common.database import upsert_newer
from imdi_common.reactions import NotYet, Policy, Received
from imdi_contracts.matching import (
    PLACEMENTS,
    PROFILES,
    VACANCIES,
    PlacementState,
    ProfileState,
    VacancyState,
)
from imdi_contracts.registry import WORKERS, WorkerState
from imdi_contracts.worker_prep import PREPARATIONS, PreparationState
from imdi_legislation.actions.assess_vacancy import assess_vacancy
from imdi_legislation.actions.determine_requirements import determine_requirements
from imdi_legislation.actions.erase_worker import erase_worker
from imdi_legislation.reactions import copies
from imdi_legislation.storage.copies import (
    Placement,
    Preparation,
    Profile,
    Vacancy,
    Worker,
    hold_worker,
    is_erased,
    open_preparations,
)


async def judge_vacancy(session: AsyncSession, received: Received[VacancyState], now: datetime) -> None:
    """Each revision of an open vacancy is assessed."""
    await session.execute(upsert_newer(Vacancy, [copies.vacancy_row(received)]))
    await assess_vacancy(session, UUID(received.state.vacancy_id), now)


async def judge_preparation(session: AsyncSession, received: Received[PreparationState], now: datetime) -> None:
    """Each revision of an open preparation is answered, once placement, worker and profile are known here."""
    state = received.state
    if not await _may_know(session, UUID(state.worker_id)):
        return
    await session.execute(upsert_newer(Preparation, [copies.preparation_row(received)]))
    if not await determine_requirements(session, UUID(state.preparation_id), now):
        raise NotYet


async def follow_worker(session: AsyncSession, received: Received[WorkerState], now: datetime) -> None:
    """Legal facts are kept and judged again, or erased."""
    worker_id = UUID(received.state.worker_id)
    if received.state.status != "registered":
        await hold_worker(session, worker_id)
        await erase_worker(session, worker_id, now)
        return
    if not await _may_know(session, worker_id):
        return
    await session.execute(upsert_newer(Worker, [copies.worker_row(received)]))
    await _determine_again(session, worker_id, now)


async def follow_profile(session: AsyncSession, received: Received[ProfileState], now: datetime) -> None:
    """What a worker can do is kept and judged again."""
    worker_id = UUID(received.state.worker_id)
    if not await _may_know(session, worker_id):
        return
    await session.execute(upsert_newer(Profile, [copies.profile_row(received)]))
    await _determine_again(session, worker_id, now)


async def follow_placement(session: AsyncSession, received: Received[PlacementState], now: datetime) -> None:
    """The terms agreed are kept, and the worker's open preparations judged again."""
    worker_id = UUID(received.state.worker_id)
    if not await _may_know(session, worker_id):
        return
    await session.execute(upsert_newer(Placement, [copies.placement_row(received)]))
    await _determine_again(session, worker_id, now)


async def _may_know(session: AsyncSession, worker_id: UUID) -> bool:
    """Hold the worker; False where erased."""
    await hold_worker(session, worker_id)
    return not await is_erased(session, worker_id)


async def _determine_again(session: AsyncSession, worker_id: UUID, now: datetime) -> None:
    """What still waits for a copy is answered by its own event, when that is tried again."""
    for preparation_id in await open_preparations(session, worker_id):
        await determine_requirements(session, preparation_id, now)


POLICIES: list[Policy[Any]] = [
    Policy("judge-vacancy", VACANCIES, VacancyState, judge_vacancy, copies.VACANCIES),
    Policy("judge-preparation", PREPARATIONS, PreparationState, judge_preparation, copies.PREPARATIONS),
    Policy("follow-worker", WORKERS, WorkerState, follow_worker, copies.WORKERS),
    Policy("follow-profile", PROFILES, ProfileState, follow_profile, copies.PROFILES),
    Policy("follow-placement", PLACEMENTS, PlacementState, follow_placement, copies.PLACEMENTS),
]
