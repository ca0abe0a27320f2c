"""Vacancies: submitted by recruiters, judged by law, posted."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from fastapi import Query, Response
from pydantic import AfterValidator, Field, model_validator
from sqlalchemy.ext.asyncio import AsyncSession

from imdi_common.door import OWN, Caller, Door, Show, door_router
from imdi_common.paging import Page, Paging
from imdi_common.shapes import Code, Day, Shape, Text, Versioned
from imdi_contracts import codes
from imdi_contracts import matching as announced
from imdi_matching.actions.amend_vacancy import amend_vacancy
from imdi_matching.actions.close_vacancy import close_vacancy
from imdi_matching.actions.pause_vacancy import pause_vacancy, resume_vacancy
from imdi_matching.actions.submit_vacancy import submit_vacancy
from imdi_matching.api.codes import Country, Languages, Money, OccupationPrefix, Skill, UnitGroup, Wage, unique
from imdi_matching.domain.vacancies import HOUSEHOLD
from imdi_matching.queries.vacancies import Filters, list_vacancies, show_vacancy

Yes = Annotated[bool, Field(strict=True)]
Status = Literal["submitted", "posted", "paused", "returned", "filled", "closed", "expired"]


def _upto(most: int) -> Any:
    return Field(strict=True, ge=0, le=most)


class Employer(Shape):
    name: Text | None = None
    """Shown to the owner alone where the employer is a household."""
    kind: Code

    @model_validator(mode="after")
    def _named_unless_household(self) -> Self:
        if self.name is None and self.kind != HOUSEHOLD:
            raise ValueError("has a name unless it is a household")
        return self


class Place(Shape):
    country: Country
    place: Text | None = None


class Contract(Shape):
    months: Annotated[int, _upto(600)] | None = None
    hours_per_week: Annotated[int, _upto(168)] | None = None
    hours_per_day: Annotated[int, _upto(24)] | None = None
    rest_days_per_week: Annotated[int, _upto(7)] | None = None
    annual_leave_days: Annotated[int, _upto(366)] | None = None
    accommodation: Yes | None = None
    food: Yes | None = None
    retains_documents: Yes | None = None
    ticket_paid_by: Literal["employer", "worker"] | None = None


class Fee(Shape):
    component: Code
    amount: Money


class Skills(Shape):
    essential: Annotated[list[Skill], Field(max_length=100), AfterValidator(unique)] = Field(default_factory=list)
    optional: Annotated[list[Skill], Field(max_length=100), AfterValidator(unique)] = Field(default_factory=list)


class VacancyTerms(Shape):
    title: Text
    occupation: UnitGroup
    employer: Employer
    destination: Place
    origins: Annotated[list[Country], Field(min_length=1, max_length=250), AfterValidator(unique)]
    positions: Annotated[int, Field(strict=True, ge=1, le=100_000)]
    wage: Wage
    contract: Contract
    worker_pays: Annotated[list[Fee], Field(max_length=50)] = Field(default_factory=list)
    languages: Languages = Field(default_factory=list)
    skills: Skills = Skills()
    start_on: Day
    closes_on: Day


class PublicVacancy(Shape):
    """A vacancy as anyone may know it."""

    id: UUID
    owner_id: UUID
    owner_kind: str
    status: str
    revision: int
    agreed: int
    title: str
    occupation: str
    employer: announced.Employer
    destination: announced.Place
    origins: list[str]
    positions: int
    wage: codes.Wage
    contract: codes.ContractTerms
    worker_pays: list[announced.Fee]
    languages: list[announced.LanguageLevel]
    skills: announced.Skills
    start_on: date
    closes_on: date
    submitted_on: date


class Vacancy(PublicVacancy, Versioned):
    status: Status
    breaches: list[dict[str, Any]]
    held_by: Literal["owner", "suspension"] | None
    reason: str | None


class Reason(Shape):
    reason: Text


class Listing(Paging):
    """What a list is narrowed to."""

    status: Status | None = None
    destination: Country | None = None
    origin: Country | None = None
    occupation: OccupationPrefix | None = None
    owner: Literal["me"] | None = None


router = door_router(prefix="/v1/vacancies", tags=["vacancies"])


@router.post("", response_model=Vacancy, status_code=201, summary="Submit a vacancy")
async def submit(terms: VacancyTerms, door: Caller) -> Response:
    put = terms.model_dump(mode="json")
    return await door.once(lambda session: submit_vacancy(session, put, door.actor, door.now), _show(door), status=201)


@router.get("", response_model=Page[Vacancy], summary="List vacancies, the newest first", openapi_extra=OWN)
async def vacancies(door: Caller, asked: Annotated[Listing, Query()]) -> Response:
    owner = door.actor.member.id if asked.owner else None
    filters = Filters(asked.status, asked.destination, asked.origin, asked.occupation, owner)
    async with door.reading() as session:
        page = await list_vacancies(session, filters, door.actor, asked.limit, asked.cursor)
        return door.answer(Page[Vacancy](items=[Vacancy(**row) for row in page["items"]], next=page["next"]))


@router.get("/{vacancy_id}", response_model=Vacancy, summary="Read a vacancy", openapi_extra=OWN)
async def read_vacancy(vacancy_id: UUID, door: Caller) -> Response:
    async with door.reading() as session:
        return door.answer(await _show(door)(session, vacancy_id))


@router.put("/{vacancy_id}", response_model=Vacancy, summary="Change a vacancy; a judged change submits it again")
async def amend(vacancy_id: UUID, terms: VacancyTerms, door: Caller) -> Response:
    put = terms.model_dump(mode="json")

    async def deed(session: AsyncSession) -> UUID:
        return await amend_vacancy(session, vacancy_id, put, door.actor, door.now, door.demand_match)

    return await door.change(deed, _show(door))


@router.post("/{vacancy_id}/pause", response_model=Vacancy, summary="Take a vacancy from the public list for a while")
async def pause(vacancy_id: UUID, door: Caller, why: Reason | None = None) -> Response:
    async def deed(session: AsyncSession) -> UUID:
        return await pause_vacancy(session, vacancy_id, door.actor, door.now, why.reason if why else None)

    return await door.once(deed, _show(door))


@router.post("/{vacancy_id}/resumption", response_model=Vacancy, summary="Post a paused vacancy again")
async def resume(vacancy_id: UUID, door: Caller, why: Reason | None = None) -> Response:
    async def deed(session: AsyncSession) -> UUID:
        return await resume_vacancy(session, vacancy_id, door.actor, door.now, why.reason if why else None)

    return await door.once(deed, _show(door))


@router.post("/{vacancy_id}/closure", response_model=Vacancy, summary="Close a vacancy; what is agreed stands")
async def close(vacancy_id: UUID, why: Reason, door: Caller) -> Response:
    async def deed(session: AsyncSession) -> UUID:
        return await close_vacancy(session, vacancy_id, why.reason, door.actor, door.now)

    return await door.once(deed, _show(door))


def _show(door: Door) -> Show:
    async def show(session: AsyncSession, vacancy_id: UUID | str) -> Vacancy:
        return Vacancy(**await show_vacancy(session, UUID(str(vacancy_id)), door.actor))

    return show
