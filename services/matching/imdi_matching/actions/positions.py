"""A vacancy's positions: what happens when the last is taken, and when one becomes free."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from imdi_common.clock import today_in
from imdi_contracts.matching import VacancyAmended
from imdi_matching.actions.announce_placement import bring
from imdi_matching.actions.announce_vacancy import announce_status, announce_vacancy
from imdi_matching.domain.placements import OPEN, Reason
from imdi_matching.domain.vacancies import opening, reopens
from imdi_matching.storage import placements
from imdi_matching.storage.tables import Placement, Vacancy


async def withdraw_open(session: AsyncSession, touched: Iterable[Placement], reason: Reason) -> None:
    """Withdraw those, of some placements locked already, that are not agreed yet."""
    for placement in touched:
        if placement.status in OPEN:
            await bring(session, placement, "withdrawn", reason)


async def close_open(session: AsyncSession, vacancy: Vacancy, reason: Reason) -> None:
    """Withdraw all that is not agreed yet on a vacancy; what is agreed stands."""
    await withdraw_open(session, await placements.lock_all(session, placements.open_on([vacancy.id])), reason)


async def stand(session: AsyncSession, vacancy: Vacancy) -> None:
    """Bring a lawful vacancy to where it stands: posted, paused while it is held, or filled, letting the rest go."""
    held = vacancy.held_by is not None
    await announce_status(session, vacancy, opening(vacancy.agreed, vacancy.positions, held=held))
    if vacancy.status == "filled":
        await close_open(session, vacancy, "vacancy_filled")


async def settle(session: AsyncSession, vacancy: Vacancy, rest: Iterable[Placement]) -> None:
    """After a position was taken: a full vacancy is filled and lets ``rest`` (locked already) go."""
    if vacancy.status in ("posted", "paused") and vacancy.agreed >= vacancy.positions:
        await announce_status(session, vacancy, "filled")
        await withdraw_open(session, (one for one in rest if one.vacancy_id == vacancy.id), "vacancy_filled")
    else:
        await announce_vacancy(session, vacancy, VacancyAmended)


async def free(session: AsyncSession, vacancy: Vacancy, now: datetime) -> None:
    """A position of a locked vacancy is free again: a filled one opens until its last day."""
    vacancy.agreed -= 1
    today = today_in(vacancy.country, now)
    if reopens(vacancy.status, breached=bool(vacancy.breaches), closes_on=vacancy.closes_on, today=today):
        await stand(session, vacancy)
    else:
        await announce_vacancy(session, vacancy, VacancyAmended)
