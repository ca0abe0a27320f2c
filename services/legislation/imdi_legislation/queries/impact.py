"""What activating a draft would do to the open cases, computed on a law of its own; nothing is kept or announced."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from imdi_common.clock import today_in
from imdi_legislation.domain.impact import LISTED, Impact, Prepared
from imdi_legislation.domain.law import Law
from imdi_legislation.domain.rules import ASSESSED, REQUIRED
from imdi_legislation.domain.scope import Scope
from imdi_legislation.storage import rules
from imdi_legislation.storage.cases import PreparationCase, assessed, preparation_cases, vacancies
from imdi_legislation.storage.copies import OPEN_PREPARATION, Preparation, Vacancy
from imdi_legislation.storage.drafts import draft_of, law_with
from imdi_legislation.storage.law import read_law
from imdi_legislation.storage.subjects import open_preparations_in, open_vacancies_in
from imdi_planning.calendars import working_days

PAGE = 500
"""Cases read and judged at a time, beside other work of the process."""


async def measure_impact(session: AsyncSession, rule_id: UUID, on: date | None, now: datetime) -> dict[str, Any]:
    """Weigh a draft as if activated from ``on``, else as drafted.

    Both sides are computed from the copies of now. A preparation is judged on its departure; a vacancy on the first
    day of the draft, or today where that is past.
    """
    version = await draft_of(session, rule_id)
    begins = on or version.effective_from
    law = await read_law(session)
    drafted = await law_with(session, law, version, begins, now.date())
    scopes = [rules.scope_of(one) for one in [version, *await rules.activated(session, version.code)]]
    impact = Impact(working_days)
    if version.kind in REQUIRED:
        await _weigh_preparations(session, impact, (law, drafted), scopes, now)
    if version.kind in ASSESSED:
        await _weigh_vacancies(session, impact, (law, drafted), scopes, max(begins, now.date()))
    told = impact.told()
    return {
        "open_preparations": await _count(session, Preparation, OPEN_PREPARATION),
        **told,
        "vacancies": {
            "posted": await _count(session, Vacancy, ("posted",)),
            "breached": len(impact.breached),
            "newly_breached": impact.breached[:LISTED],
        },
    }


async def _weigh_preparations(
    session: AsyncSession, impact: Impact, laws: tuple[Law, Law], scopes: Sequence[Scope], now: datetime
) -> None:
    def weigh(cases: list[PreparationCase]) -> None:
        for case in cases:
            before, after = (case.bound(law).conclude(case.facts(law)) for law in laws)
            impact.weigh(_prepared(case, now), before, after)

    async for page in _pages(session, "preparation", scopes):
        await asyncio.to_thread(weigh, page)


async def _weigh_vacancies(
    session: AsyncSession, impact: Impact, laws: tuple[Law, Law], scopes: Sequence[Scope], on: date
) -> None:
    def weigh(page: list[Vacancy]) -> None:
        for vacancy in page:
            before, after = (assessed(vacancy, law, on).breaches for law in laws)
            impact.weigh_vacancy(str(vacancy.id), vacancy.status, before, after)

    async for page in _pages(session, "vacancy", scopes):
        await asyncio.to_thread(weigh, page)


async def _pages(
    session: AsyncSession, kind: Literal["preparation", "vacancy"], scopes: Sequence[Scope]
) -> AsyncIterator[list[Any]]:
    """The open cases in scope, a page at a time; none stays in the session."""
    last = UUID(int=0)
    while True:
        if kind == "vacancy":
            page: list[Any] = await vacancies(session, open_vacancies_in(scopes) & (Vacancy.id > last), PAGE)
        else:
            which = open_preparations_in(scopes) & (Preparation.id > last)
            page = await preparation_cases(session, which, PAGE)
        session.expunge_all()
        if not page:
            return
        yield page
        last = page[-1].preparation.id if kind == "preparation" else page[-1].id


def _prepared(case: PreparationCase, now: datetime) -> Prepared:
    origin = case.worker.country or ""
    departure_on = case.preparation.departure_on
    return Prepared(str(case.preparation.id), origin, today_in(origin, now), departure_on, case.done)


async def _count(session: AsyncSession, table: type[Preparation | Vacancy], statuses: Sequence[str]) -> int:
    found = select(func.count()).select_from(table).where(table.status.in_(statuses))
    return await session.scalar(found) or 0
