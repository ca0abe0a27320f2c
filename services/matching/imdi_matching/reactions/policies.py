"""What matching does when others announce: it reconciles from their state, once the local copy has come as far."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from imdi_common.reactions import NotYet, Policy, Received
from imdi_contracts.legislation import ASSESSMENTS, VacancyAssessed
from imdi_contracts.registry import MEMBERS, WORKERS, MemberState, WorkerState
from imdi_contracts.worker_prep import PREPARATIONS, PreparationState
from imdi_matching.actions.apply_assessment import apply_assessment
from imdi_matching.actions.erase_worker import erase_worker, forget_told
from imdi_matching.actions.follow_preparation import follow_preparation
from imdi_matching.actions.follow_worker import follow_worker
from imdi_matching.actions.pause_vacancy import hold_vacancies, release_vacancies
from imdi_matching.storage.copies import Member, erased, hold_worker, lock_worker


async def worker_changed(session: AsyncSession, received: Received[WorkerState], now: datetime) -> None:
    """The profile follows the worker. It waits for the copy, so that no older state can be written after an erasure."""
    worker_id = UUID(received.state.worker_id)
    if await erased(session, [worker_id]):
        await forget_told(session, worker_id)
        return
    await hold_worker(session, worker_id)
    worker = await lock_worker(session, worker_id)
    if worker is None or worker.sequence < received.sequence:
        raise NotYet
    if worker.status == "registered":
        await follow_worker(session, worker, now)
    else:
        await erase_worker(session, worker_id, now)


async def member_changed(session: AsyncSession, received: Received[MemberState], _: datetime) -> None:
    """A member that may not act has no vacancy posted. It waits for the copy, which assessments read."""
    member_id = UUID(received.state.member_id)
    member = await session.get(Member, member_id, populate_existing=True)
    if member is None or member.sequence < received.sequence:
        raise NotYet
    if member.status == "accredited":
        await release_vacancies(session, member_id)
    else:
        await hold_vacancies(session, member_id)


async def vacancy_assessed(session: AsyncSession, received: Received[VacancyAssessed], _: datetime) -> None:
    await apply_assessment(session, received.state, received.sequence)


async def preparation_changed(session: AsyncSession, received: Received[PreparationState], now: datetime) -> None:
    await follow_preparation(session, received.state, now)


POLICIES: list[Policy[Any]] = [
    Policy("matching.worker", WORKERS, WorkerState, worker_changed),
    Policy("matching.member", MEMBERS, MemberState, member_changed),
    Policy("matching.assessment", ASSESSMENTS, VacancyAssessed, vacancy_assessed),
    Policy("matching.preparation", PREPARATIONS, PreparationState, preparation_changed),
]
