"""The copies that policies keep in the transactions in which they answer: as rows, and made anew without answering."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from imdi_common.database import upsert_newer
from imdi_common.reactions import Projection, Received
from imdi_contracts import matching, registry, worker_prep
from imdi_legislation.storage.copies import Placement, Preparation, Profile, Vacancy, Worker
from imdi_legislation.storage.tables import ErasedWorker

Row = dict[str, Any]
_DONE = {"performed_on", "issued_on", "expires_on"}


def vacancy_row(received: Received[matching.VacancyState]) -> Row:
    state = received.state
    terms = {
        "wage": state.wage.model_dump(mode="json"),
        "contract": state.contract.model_dump(mode="json"),
        "worker_pays": [fee.model_dump(mode="json") for fee in state.worker_pays],
        "employer_kind": state.employer.kind,
        "owner_kind": state.owner_kind,
    }
    return {
        "id": UUID(state.vacancy_id),
        "status": state.status,
        "revision": state.revision,
        "occupation": state.occupation,
        "destination": state.destination.country,
        "origins": state.origins,
        "submitted_on": state.submitted_on,
        "owner_id": UUID(state.owner_id),
        "terms": terms,
        "sequence": received.sequence,
    }


def preparation_row(received: Received[worker_prep.PreparationState]) -> Row:
    state = received.state
    return {
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
        "done": {item.code: item.model_dump(mode="json", include=_DONE) for item in state.items if item.performed_on},
        "sequence": received.sequence,
    }


def worker_row(received: Received[registry.WorkerState]) -> Row:
    state = received.state
    return {
        "id": UUID(state.worker_id),
        "birth_date": state.birth_date,
        "sex": state.sex,
        "nationality": state.nationality,
        "country": state.country,
        "preparing": "preparation" in state.consents,
        "controller_id": UUID(state.controller_id) if state.controller_id else None,
        "sequence": received.sequence,
    }


def profile_row(received: Received[matching.ProfileState]) -> Row:
    state = received.state
    return {
        "id": UUID(state.worker_id),
        "status": state.status,
        "experience": {occupation.isco: occupation.years for occupation in state.occupations},
        "languages": {language.language: language.level for language in state.languages},
        "isced": state.isced,
        "facts": state.facts,
        "sequence": received.sequence,
    }


def placement_row(received: Received[matching.PlacementState]) -> Row:
    state = received.state
    return {
        "id": UUID(state.placement_id),
        "worker_id": UUID(state.worker_id),
        "first_departure": state.first_departure,
        "occupation": state.terms.occupation if state.terms else None,
        "destination": state.terms.destination if state.terms else None,
        "terms": state.terms.model_dump(mode="json") if state.terms else None,
        "sequence": received.sequence,
    }


async def keep_vacancies(session: AsyncSession, received: list[Received[matching.VacancyState]]) -> None:
    await session.execute(upsert_newer(Vacancy, [vacancy_row(one) for one in received]))


async def keep_preparations(session: AsyncSession, received: list[Received[worker_prep.PreparationState]]) -> None:
    await _keep_known(session, Preparation, "worker_id", [preparation_row(one) for one in received])


async def keep_workers(session: AsyncSession, received: list[Received[registry.WorkerState]]) -> None:
    registered = [one for one in received if one.state.status == "registered"]
    await _keep_known(session, Worker, "id", [worker_row(one) for one in registered])


async def keep_profiles(session: AsyncSession, received: list[Received[matching.ProfileState]]) -> None:
    await _keep_known(session, Profile, "id", [profile_row(one) for one in received])


async def keep_placements(session: AsyncSession, received: list[Received[matching.PlacementState]]) -> None:
    await _keep_known(session, Placement, "worker_id", [placement_row(one) for one in received])


async def _keep_known(session: AsyncSession, table: type[Any], worker: str, rows: list[Row]) -> None:
    """The erased stay erased."""
    asked = select(ErasedWorker.worker_id).where(ErasedWorker.worker_id.in_([row[worker] for row in rows]))
    erased = set(await session.scalars(asked))
    known = [row for row in rows if row[worker] not in erased]
    if known:
        await session.execute(upsert_newer(table, known))


def _forgetting(worker: InstrumentedAttribute[UUID]) -> Callable[[AsyncSession], Awaitable[None]]:
    async def forget(session: AsyncSession) -> None:
        await session.execute(delete(worker.class_).where(worker.in_(select(ErasedWorker.worker_id))))

    return forget


VACANCIES = Projection(matching.VACANCIES, matching.VacancyState, keep_vacancies, Vacancy)
PREPARATIONS = Projection(
    worker_prep.PREPARATIONS,
    worker_prep.PreparationState,
    keep_preparations,
    Preparation,
    _forgetting(Preparation.worker_id),
)
WORKERS = Projection(registry.WORKERS, registry.WorkerState, keep_workers, Worker, _forgetting(Worker.id))
PROFILES = Projection(matching.PROFILES, matching.ProfileState, keep_profiles, Profile, _forgetting(Profile.id))
PLACEMENTS = Projection(
    matching.PLACEMENTS, matching.PlacementState, keep_placements, Placement, _forgetting(Placement.worker_id)
)
