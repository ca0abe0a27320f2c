"""Vacancies in the database, and one as the domain sees it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from imdi_matching.domain.shortlist import Opening
from imdi_matching.domain.vacancies import Money, Terms
from imdi_matching.storage.tables import Vacancy


async def lock(session: AsyncSession, vacancy_id: UUID) -> Vacancy | None:
    return await session.get(Vacancy, vacancy_id, with_for_update=True, populate_existing=True)


async def lock_all(session: AsyncSession, condition: ColumnElement[bool]) -> list[Vacancy]:
    """The vacancies that a condition finds, locked in the order of their ids."""
    found = select(Vacancy).where(condition).order_by(Vacancy.id).with_for_update()
    return list(await session.scalars(found.execution_options(populate_existing=True)))


async def take_position(session: AsyncSession, vacancy: Vacancy) -> bool:
    """Take one of the free positions of a posted vacancy; false where there is none to take."""
    taken = (
        update(Vacancy)
        .where(Vacancy.id == vacancy.id, Vacancy.status == "posted", Vacancy.agreed < Vacancy.positions)
        .values(agreed=Vacancy.agreed + 1)
        .returning(Vacancy.agreed)
        .execution_options(synchronize_session=False)
    )
    agreed = await session.scalar(taken)
    if agreed is not None:
        await session.refresh(vacancy, ["agreed"])
    return agreed is not None


def terms_of(vacancy: Vacancy) -> Terms:
    return Terms(
        title=vacancy.title,
        occupation=vacancy.occupation,
        employer_name=vacancy.employer_name,
        employer_kind=vacancy.employer_kind,
        country=vacancy.country,
        place=vacancy.place,
        origins=frozenset(vacancy.origins),
        positions=vacancy.positions,
        wage=Money(vacancy.wage_amount, vacancy.wage_currency),
        contract=frozenset(vacancy.contract.items()),
        worker_pays=frozenset((fee["component"], _money(fee["amount"])) for fee in vacancy.worker_pays),
        languages=frozenset((wanted["language"], wanted["level"]) for wanted in vacancy.languages),
        essential_skills=frozenset(vacancy.essential_skills),
        optional_skills=frozenset(vacancy.optional_skills),
        start_on=vacancy.start_on,
        closes_on=vacancy.closes_on,
    )


def _money(amount: dict[str, Any]) -> Money:
    return Money(Decimal(amount["amount"]), amount["currency"])


def opening_of(vacancy: Vacancy) -> Opening:
    return Opening(str(vacancy.id), terms_of(vacancy), vacancy.owner_kind, vacancy.submitted_on)


def columns_of(terms: dict[str, Any]) -> dict[str, Any]:
    """The columns that a vacancy's terms, as they are put (JSON), stand in."""
    return {
        **{name: terms[name] for name in ("title", "occupation", "positions", "worker_pays", "languages")},
        **{name: date.fromisoformat(terms[name]) for name in ("start_on", "closes_on")},
        "employer_name": terms["employer"]["name"],
        "employer_kind": terms["employer"]["kind"],
        "country": terms["destination"]["country"],
        "place": terms["destination"]["place"],
        "origins": sorted(terms["origins"]),
        "wage_amount": Decimal(terms["wage"]["amount"]),
        "wage_currency": terms["wage"]["currency"],
        "contract": {term: value for term, value in terms["contract"].items() if value is not None},
        "essential_skills": sorted(terms["skills"]["essential"]),
        "optional_skills": sorted(terms["skills"]["optional"]),
    }
