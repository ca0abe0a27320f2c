"""A vacancy's events: one for services, and its public form where the public list changes with it."""

from __future__ import annotations

from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from imdi_common.outbox import announce
from imdi_contracts.matching import (
    PUBLISHED_VACANCIES,
    VacancyAmended,
    VacancyClosed,
    VacancyExpired,
    VacancyFilled,
    VacancyPaused,
    VacancyPosted,
    VacancyReturned,
    VacancyState,
    VacancySubmitted,
    VacancyWithdrawn,
)
from imdi_matching.domain.vacancies import HOUSEHOLD, Status
from imdi_matching.storage.tables import Vacancy

EVENTS: dict[Status, type[VacancyState]] = {
    "submitted": VacancySubmitted,
    "posted": VacancyPosted,
    "paused": VacancyPaused,
    "returned": VacancyReturned,
    "filled": VacancyFilled,
    "closed": VacancyClosed,
    "expired": VacancyExpired,
}
UNLISTED = (VacancySubmitted,)
"""Never public: while a vacancy is judged, ``vacancy.withdrawn`` takes it from the list."""


async def announce_vacancy(session: AsyncSession, vacancy: Vacancy, event: type[VacancyState]) -> None:
    """Announce a change already made; publicly too, where the vacancy is in the public list, or comes into it."""
    was_listed = vacancy.listed
    vacancy.version += 1
    if event is VacancyPosted:
        vacancy.listed = True
    elif event not in (VacancyAmended, *UNLISTED):
        vacancy.listed = False
    public = (was_listed or vacancy.listed) and event not in UNLISTED
    also = (PUBLISHED_VACANCIES, _public(vacancy, event)) if public else None
    await announce(session, vacancy, event.model_validate(_state(vacancy)), also=also)


async def announce_status(session: AsyncSession, vacancy: Vacancy, status: Status) -> None:
    """Bring a vacancy to a state, and say so."""
    vacancy.status = status
    await announce_vacancy(session, vacancy, EVENTS[status])


def _public(vacancy: Vacancy, event: type[VacancyState]) -> VacancyState:
    """Without what is between the owner and the law; what is judged again is *withdrawn* to the public."""
    status = "withdrawn" if event is VacancyWithdrawn else vacancy.status
    return event.model_validate(_state(vacancy) | {"status": status, "breaches": [], "reason": None})


def _state(vacancy: Vacancy) -> dict[str, Any]:
    household = vacancy.employer_kind == HOUSEHOLD
    return {
        "vacancy_id": str(vacancy.id),
        "owner_id": str(vacancy.owner_id),
        "owner_kind": vacancy.owner_kind,
        "status": vacancy.status,
        "revision": vacancy.revision,
        "title": vacancy.title,
        "occupation": vacancy.occupation,
        "employer": {"name": None if household else vacancy.employer_name, "kind": vacancy.employer_kind},
        "destination": {"country": vacancy.country, "place": None if household else vacancy.place},
        "origins": vacancy.origins,
        "positions": vacancy.positions,
        "agreed": vacancy.agreed,
        "wage": {"amount": vacancy.wage_amount, "currency": vacancy.wage_currency},
        "contract": vacancy.contract,
        "worker_pays": vacancy.worker_pays,
        "languages": vacancy.languages,
        "skills": {"essential": vacancy.essential_skills, "optional": vacancy.optional_skills},
        "start_on": vacancy.start_on,
        "closes_on": vacancy.closes_on,
        "submitted_on": vacancy.submitted_on,
        "breaches": vacancy.breaches,
        "reason": f"held_by_{vacancy.held_by}" if vacancy.held_by else None,
    }
