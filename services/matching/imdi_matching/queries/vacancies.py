"""Vacancies as they are shown: all to the owner, what is public to any other member."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from imdi_common.actor import Actor
from imdi_common.problems import not_found
from imdi_matching.domain.vacancies import HOUSEHOLD
from imdi_matching.queries.newest import newest
from imdi_matching.storage.tables import Placement, Vacancy


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list of vacancies is narrowed to; ``None`` narrows nothing."""

    status: str | None = None
    destination: str | None = None
    origin: str | None = None
    occupation: str | None = None
    """An ISCO-08 code of any level."""
    owner_id: UUID | None = None


def visible(actor: Actor) -> ColumnElement[bool]:
    """Those posted; to a member also its own, and those its workers are placed on."""
    posted = Vacancy.status == "posted"
    if actor.tenant_id is None:
        return posted
    placed = select(Placement.vacancy_id).where(Placement.controller_id == actor.tenant_id)
    return or_(posted, Vacancy.owner_id == actor.tenant_id, Vacancy.id.in_(placed))


async def show_vacancy(session: AsyncSession, vacancy_id: UUID, actor: Actor) -> dict[str, Any]:
    vacancy = await session.scalar(select(Vacancy).where(Vacancy.id == vacancy_id, visible(actor)))
    if vacancy is None:
        raise not_found()
    return shown(vacancy, actor)


async def list_vacancies(
    session: AsyncSession, filters: Filters, actor: Actor, limit: int, cursor: str | None
) -> dict[str, Any]:
    """A page, the newest first."""
    found = _narrow(select(Vacancy).where(visible(actor)), filters)
    page, after = await newest(session, Vacancy, found, limit, cursor)
    return {"items": [shown(vacancy, actor) for vacancy in page], "next": after}


def _narrow(found: Select[Any], filters: Filters) -> Select[Any]:
    conditions = {
        "status": Vacancy.status == filters.status,
        "destination": Vacancy.country == filters.destination,
        "origin": Vacancy.origins.contains([filters.origin]),
        "occupation": Vacancy.occupation.startswith(filters.occupation or "", autoescape=True),
        "owner_id": Vacancy.owner_id == filters.owner_id,
    }
    return found.where(*(condition for name, condition in conditions.items() if getattr(filters, name) is not None))


def shown(vacancy: Vacancy, actor: Actor) -> dict[str, Any]:
    """A vacancy as the caller may see it."""
    own = vacancy.owner_id == actor.tenant_id
    named = own or vacancy.employer_kind != HOUSEHOLD
    return {
        "id": vacancy.id,
        "owner_id": vacancy.owner_id,
        "owner_kind": vacancy.owner_kind,
        "status": vacancy.status,
        "revision": vacancy.revision,
        "agreed": vacancy.agreed,
        **terms_shown(vacancy, named=named),
        "submitted_on": vacancy.submitted_on,
        "breaches": [_breach(breach) for breach in vacancy.breaches] if own else [],
        "held_by": vacancy.held_by if own else None,
        "reason": vacancy.reason if own else None,
        "etag": vacancy.version,
    }


def _breach(breach: dict[str, Any]) -> dict[str, Any]:
    """Of what a breach requires, only what the rule says."""
    required = {bound: value for bound, value in breach["required"].items() if value is not None}
    return breach | {"required": required}


def terms_shown(vacancy: Vacancy, *, named: bool) -> dict[str, Any]:
    """The terms as they were put; a household's name and exact place only where it is ``named``."""
    plain = ("title", "occupation", "origins", "positions", "contract", "worker_pays", "languages")
    return {
        **{column: getattr(vacancy, column) for column in (*plain, "start_on", "closes_on")},
        "employer": {"name": vacancy.employer_name if named else None, "kind": vacancy.employer_kind},
        "destination": {"country": vacancy.country, "place": vacancy.place if named else None},
        "wage": {"amount": vacancy.wage_amount, "currency": vacancy.wage_currency},
        "skills": {"essential": vacancy.essential_skills, "optional": vacancy.optional_skills},
    }
