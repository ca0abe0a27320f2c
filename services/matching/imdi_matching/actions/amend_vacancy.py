"""Change a vacancy's terms: a change that the law judges submits it again, any other amends it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from imdi_common.actor import Actor
from imdi_common.problems import conflict, invalid, not_found
from imdi_contracts.matching import VacancyAmended, VacancyWithdrawn
from imdi_matching.actions.announce_vacancy import announce_status, announce_vacancy
from imdi_matching.actions.positions import stand
from imdi_matching.actions.submit_vacancy import demand_future, recruiter, schedule_expiry
from imdi_matching.domain.vacancies import amendment, changed, opening
from imdi_matching.storage.tables import Vacancy
from imdi_matching.storage.vacancies import columns_of, lock, terms_of

Match = Callable[[int | None], None]
"""Compares a version with what the caller has read; raises where they differ."""


async def own_vacancy(session: AsyncSession, vacancy_id: UUID, actor: Actor, now: datetime) -> Vacancy:
    """A vacancy of the caller's, locked; a stranger is told that there is none."""
    vacancy = await lock(session, vacancy_id)
    if vacancy is None or vacancy.owner_id != actor.tenant_id:
        raise not_found()
    recruiter(actor, now)
    return vacancy


async def amend_vacancy(
    session: AsyncSession, vacancy_id: UUID, terms: dict[str, Any], actor: Actor, now: datetime, match: Match
) -> UUID:
    """Put other terms. 409 where the vacancy's state refuses them, 422 for fewer positions than are agreed."""
    vacancy = await own_vacancy(session, vacancy_id, actor, now)
    match(vacancy.version)
    before = terms_of(vacancy)
    for column, value in columns_of(terms).items():
        setattr(vacancy, column, value)
    differing = changed(before, terms_of(vacancy))
    deed = amendment(vacancy.status, differing, breached=bool(vacancy.breaches))
    if deed == "refused":
        raise conflict("wrong-state", f"A vacancy that is {vacancy.status} cannot take these terms.")
    if deed == "nothing":
        return vacancy.id
    if vacancy.positions < vacancy.agreed:
        raise invalid("positions", "not_below_agreed", "must not be fewer than are agreed already")
    reopening = {"closes_on"} if "positions" in differing else set()
    demand_future(vacancy, differing & {"start_on", "closes_on"} | reopening, now)
    await schedule_expiry(session, vacancy)
    if deed == "resubmitted":
        await _submit_again(session, vacancy)
    else:
        await _amend(session, vacancy)
    return vacancy.id


async def _submit_again(session: AsyncSession, vacancy: Vacancy) -> None:
    vacancy.revision += 1
    vacancy.breaches = []
    await announce_status(session, vacancy, "submitted")
    if vacancy.listed:
        await announce_vacancy(session, vacancy, VacancyWithdrawn)


async def _amend(session: AsyncSession, vacancy: Vacancy) -> None:
    """Announce it amended; more or fewer positions may have opened a filled vacancy, or filled a posted one."""
    stands = opening(vacancy.agreed, vacancy.positions, held=vacancy.held_by is not None)
    if vacancy.status in ("posted", "filled") and stands != vacancy.status:
        await stand(session, vacancy)
    else:
        await announce_vacancy(session, vacancy, VacancyAmended)
