"""Profiles: what workers can do, as members claim it."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import Query, Response
from pydantic import AfterValidator, Field
from sqlalchemy.ext.asyncio import AsyncSession

from imdi_common.door import COPY, OWN, Caller, Door, door_router
from imdi_common.paging import Paging
from imdi_common.shapes import Day, Shape, Text, UtcTime, Versioned
from imdi_contracts.codes import Name
from imdi_matching.actions.put_profile import put_profile
from imdi_matching.api.codes import Count, Country, Fact, Languages, Money, Skill, UnitGroup, unique
from imdi_matching.api.shortlists import VacanciesForWorker
from imdi_matching.queries.profiles import show_profile
from imdi_matching.queries.shortlist import vacancies_for


class Experience(Shape):
    isco: UnitGroup
    years: Annotated[Count, Field(le=80)]


class Qualification(Shape):
    title: Text
    isced: Annotated[int, Field(strict=True, ge=0, le=8)]
    country: Country
    year: Annotated[int, Field(strict=True, ge=1900, le=2100)]


def _once_each(occupations: list[Experience]) -> list[Experience]:
    if len({one.isco for one in occupations}) < len(occupations):
        raise ValueError("names an occupation twice")
    return occupations


class Entry(Shape):
    occupations: Annotated[list[Experience], Field(min_length=1, max_length=20), AfterValidator(_once_each)]
    skills: Annotated[list[Skill], Field(max_length=300), AfterValidator(unique)] = Field(default_factory=list)
    languages: Languages = Field(default_factory=list)
    qualifications: Annotated[list[Qualification], Field(max_length=50)] = Field(default_factory=list)
    available_from: Day
    destinations: Annotated[list[Country], Field(max_length=250), AfterValidator(unique)] = Field(default_factory=list)
    """Where the worker wishes to go; empty is anywhere."""
    wage_floor: Money | None = None
    facts: Annotated[dict[Name, Fact], Field(max_length=50)] = Field(default_factory=dict)


class Profile(Versioned):
    worker_id: UUID
    status: Literal["live", "awaiting_registration", "withdrawn"]
    occupations: list[Experience]
    skills: list[str]
    languages: Languages
    qualifications: list[Qualification]
    available_from: date
    destinations: list[str]
    wage_floor: Money | None
    facts: dict[str, Any]
    claimed_at: UtcTime


router = door_router(prefix="/v1/profiles", tags=["profiles"])


@router.put("/{worker_id}", response_model=Profile, summary="Claim a worker's profile", openapi_extra=OWN)
async def claim_profile(worker_id: UUID, entry: Entry, door: Caller) -> Response:
    claim = entry.model_dump(mode="json")

    async def deed(session: AsyncSession) -> UUID:
        return await put_profile(session, worker_id, claim, door.actor, door.now, door.demand_match)

    return await door.change(deed, lambda session, _: _show(door, session, worker_id))


@router.get("/{worker_id}", response_model=Profile, summary="Read one's own claim", openapi_extra=OWN)
async def read_profile(worker_id: UUID, door: Caller) -> Response:
    async with door.reading() as session:
        return door.answer(await _show(door, session, worker_id))


@router.get(
    "/{worker_id}/vacancies",
    response_model=VacanciesForWorker,
    summary="List the vacancies for an own worker, the best first",
    openapi_extra=COPY,
)
async def vacancies_for_worker(worker_id: UUID, door: Caller, page: Annotated[Paging, Query()]) -> Response:
    async with door.reading() as session:
        return door.answer(
            VacanciesForWorker(**await vacancies_for(session, worker_id, door.actor, page.limit, page.cursor))
        )


async def _show(door: Door, session: AsyncSession, worker_id: UUID) -> Profile:
    return Profile(**await show_profile(session, worker_id, door.actor))
