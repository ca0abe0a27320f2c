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
    state = received.state
    terms = {
        "wage": state.wage.model_dump(mode="json"),
        "contract": state.contract.model_dump(mode="json"),
        "worker_pays": [fee.model_dump(mode="json") for fee in state.worker_pays],
        "employer_kind": state.employer.kind,
        "owner_kind": state.owner_kind,
    }
    row = {
        "id": UUID(state.vacancy_id),
        "status": state.status,
        "revision": state.revision,
        "occupation": state.occupation,
        "destination": state.destination.country,
        "origins": state.origins,
        "submitted_on": state.submitted_on,
        "terms": terms,
        "sequence": received.sequence,
    }
    await session.execute(upsert_newer(Vacancy, [row]))
    await assess_vacancy(session, UUID(state.vacancy_id), now)


async def judge_preparation(session: AsyncSession, received: Received[PreparationState], now: datetime) -> None:
    """Each revision of an open preparation is answered, once placement, worker and profile are known here."""
    state = received.state
    if not await _may_know(session, UUID(state.worker_id)):
        return
    row = {
        "id": UUID(state.preparation_id),
        "placement_id": UUID(state.placement_id),
        "worker_id": UUID(state.worker_id),
        "status": state.status,
        "revision": state.revision,
        "opened_on": state.opened_on,
        "departure_on": state.departure_on,
        "answers": state.facts,
        "parties": [UUID(party) for party in (state.controller_id, state.owner_id) if party],
        "assigned": {item.code: item.assigned_to for item in state.items if item.assigned_to},
        "sequence": received.sequence,
    }
    await session.execute(upsert_newer(Preparation, [row]))
    if not await determine_requirements(session, UUID(state.preparation_id), now):
        raise NotYet


async def follow_worker(session: AsyncSession, received: Received[WorkerState], now: datetime) -> None:
    """Legal facts are kept and judged again, or erased."""
    state, worker_id = received.state, UUID(received.state.worker_id)
    if state.status != "registered":
        await hold_worker(session, worker_id)
        await erase_worker(session, worker_id, now)
        return
    if not await _may_know(session, worker_id):
        return
    row = {
        "id": worker_id,
        "birth_date": state.birth_date,
        "sex": state.sex,
        "nationality": state.nationality,
        "country": state.country,
        "preparing": "preparation" in state.consents,
        "sequence": received.sequence,
    }
    await session.execute(upsert_newer(Worker, [row]))
    await _determine_again(session, worker_id, now)


async def follow_profile(session: AsyncSession, received: Received[ProfileState], now: datetime) -> None:
    """What a worker can do is kept and judged again."""
    state, worker_id = received.state, UUID(received.state.worker_id)
    if not await _may_know(session, worker_id):
        return
    row = {
        "id": worker_id,
        "status": state.status,
        "experience": {occupation.isco: occupation.years for occupation in state.occupations},
        "languages": {language.language: language.level for language in state.languages},
        "isced": state.isced,
        "facts": state.facts,
        "sequence": received.sequence,
    }
    await session.execute(upsert_newer(Profile, [row]))
    await _determine_again(session, worker_id, now)


async def follow_placement(session: AsyncSession, received: Received[PlacementState], now: datetime) -> None:
    """The terms agreed are kept, and the worker's open preparations judged again."""
    state, worker_id = received.state, UUID(received.state.worker_id)
    if not await _may_know(session, worker_id):
        return
    row = {
        "id": UUID(state.placement_id),
        "worker_id": worker_id,
        "first_departure": state.first_departure,
        "occupation": state.terms.occupation if state.terms else None,
        "destination": state.terms.destination if state.terms else None,
        "terms": state.terms.model_dump(mode="json") if state.terms else None,
        "sequence": received.sequence,
    }
    await session.execute(upsert_newer(Placement, [row]))
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
    Policy("judge-vacancy", VACANCIES, VacancyState, judge_vacancy),
    Policy("judge-preparation", PREPARATIONS, PreparationState, judge_preparation),
    Policy("follow-worker", WORKERS, WorkerState, follow_worker),
    Policy("follow-profile", PROFILES, ProfileState, follow_profile),
    Policy("follow-placement", PLACEMENTS, PlacementState, follow_placement),
]
