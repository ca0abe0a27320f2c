"""Take a vacancy from the public list for a while, and back: by its owner, or while its owner is suspended."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from imdi_common.actor import Actor
from imdi_common.problems import conflict
from imdi_matching.actions.amend_vacancy import own_vacancy
from imdi_matching.actions.announce_vacancy import announce_status
from imdi_matching.actions.positions import stand
from imdi_matching.domain.vacancies import ALLOWED_IN, Deed
from imdi_matching.storage.tables import Vacancy
from imdi_matching.storage.vacancies import lock_all

OVER = ("closed", "expired")


async def pause_vacancy(
    session: AsyncSession, vacancy_id: UUID, actor: Actor, now: datetime, reason: str | None = None
) -> UUID:
    vacancy = await own_vacancy(session, vacancy_id, actor, now)
    demand_state(vacancy, "pause")
    vacancy.held_by, vacancy.reason = "owner", reason
    await announce_status(session, vacancy, "paused")
    return vacancy.id


async def resume_vacancy(
    session: AsyncSession, vacancy_id: UUID, actor: Actor, now: datetime, reason: str | None = None
) -> UUID:
    vacancy = await own_vacancy(session, vacancy_id, actor, now)
    demand_state(vacancy, "resume")
    vacancy.held_by, vacancy.reason = None, reason
    await stand(session, vacancy)
    return vacancy.id


def demand_state(vacancy: Vacancy, deed: Deed) -> None:
    """409 where the vacancy's state does not allow the deed."""
    if vacancy.status not in ALLOWED_IN[deed]:
        raise conflict("wrong-state", f"This cannot be done while the vacancy is {vacancy.status}.")


async def hold_vacancies(session: AsyncSession, owner_id: UUID) -> None:
    """The owner is suspended: nothing of it stays posted, or becomes so. What its owner paused stays the owner's."""
    mine = (Vacancy.owner_id == owner_id) & Vacancy.held_by.is_(None) & Vacancy.status.not_in(OVER)
    for vacancy in await lock_all(session, mine):
        vacancy.held_by = "suspension"
        if vacancy.status == "posted":
            await announce_status(session, vacancy, "paused")


async def release_vacancies(session: AsyncSession, owner_id: UUID) -> None:
    """The owner is reinstated: exactly what the suspension held goes on."""
    for vacancy in await lock_all(session, (Vacancy.owner_id == owner_id) & (Vacancy.held_by == "suspension")):
        vacancy.held_by = None
        if vacancy.status == "paused":
            await stand(session, vacancy)
