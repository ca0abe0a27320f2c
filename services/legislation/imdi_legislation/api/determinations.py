"""``/v1/determinations/preview`` for anybody, ``/v1/requirements`` for the readers of a preparation."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import Response
from pydantic import Field, StrictBool, StrictInt, StrictStr, StringConstraints

from imdi_common.clock import today_in
from imdi_common.door import NO_KEY, OWN, PUBLIC, Caller, door_router
from imdi_common.problems import invalid
from imdi_common.rate_limit import RateLimit
from imdi_common.shapes import CountryCode, MoneyShape, Shape, Text, UtcTime, WageShape
from imdi_contracts.codes import CEFR_LEVELS, Cefr, Name
from imdi_legislation.api.answers import Breach, Item, RuleReference, Standing
from imdi_legislation.api.days import Day
from imdi_legislation.domain.countries import COUNTRIES
from imdi_legislation.domain.facts import Facts
from imdi_legislation.domain.law import Law
from imdi_legislation.queries.preview import Question, preview
from imdi_legislation.queries.requirements import show_requirements
from imdi_legislation.storage.law import known_law, read_law

router = door_router(prefix="/v1", tags=["determinations"])

Isco = Annotated[str, StringConstraints(pattern=r"^[0-9]{4}$")]
LanguageCode = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}$")]
Whole = Annotated[StrictInt, Field(ge=0, le=10_000)]
Answer = StrictBool | Annotated[StrictInt, Field(ge=-(2**53), le=2**53)] | Annotated[StrictStr, Field(max_length=200)]


class WorkerFacts(Shape):
    """What is known of a worker; what is left out is unknown."""

    age: Annotated[StrictInt, Field(ge=0, le=150)] | None = None
    sex: Literal["female", "male", "unspecified"] | None = None
    nationality: CountryCode | None = None
    country: CountryCode | None = None
    experience_years: Annotated[StrictInt, Field(ge=0, le=100)] | None = None
    isced: Annotated[StrictInt, Field(ge=0, le=8)] | None = None
    language: dict[LanguageCode, Annotated[StrictInt, Field(ge=0, le=6)] | Cefr] = Field(default={})
    """CEFR, or as the fact counts: 0 none … 6 = C2."""
    facts: dict[Name, Answer] = Field(default={})


class ContractFacts(Shape):
    """The terms of the contract; what is left out is unsaid."""

    months: Whole | None = None
    hours_per_week: Whole | None = None
    hours_per_day: Whole | None = None
    rest_days_per_week: Whole | None = None
    annual_leave_days: Whole | None = None
    accommodation: StrictBool | None = None
    food: StrictBool | None = None
    retains_documents: StrictBool | None = None
    ticket_paid_by: Literal["employer", "worker"] | None = None


class PaidByWorker(Shape):
    component: Text
    amount: MoneyShape


class VacancyFacts(Shape):
    """An offer to check, as in a vacancy."""

    wage: WageShape | None = None
    contract: ContractFacts = ContractFacts()
    worker_pays: list[PaidByWorker] = Field(default=[], max_length=50)
    employer_kind: Text | None = None
    owner_kind: Text | None = None


class PlacementFacts(Shape):
    departure_on: Day | None = None
    first_departure: StrictBool | None = None


class KnownFacts(Shape):
    worker: WorkerFacts = WorkerFacts()
    vacancy: VacancyFacts | None = None
    placement: PlacementFacts = PlacementFacts()


class PreviewRequest(Shape):
    """``on`` is the day judged: today in the origin, unless said."""

    origin: CountryCode
    destination: CountryCode
    occupation: Isco
    on: Day | None = None
    facts: KnownFacts = KnownFacts()


class Preview(Shape):
    bars: list[Standing]
    criteria: list[Standing]
    terms: list[Standing]
    fees: list[Standing]
    items: list[Item]
    protections: list[Standing]
    breaches: list[Breach]
    rules: list[RuleReference]


class Answers(Shape):
    revision: int
    input_hash: str


class Requirements(Shape):
    id: UUID
    preparation_id: UUID
    answers: Answers
    judged_on: Day
    determined_at: UtcTime
    items: list[Item]
    bars: list[Standing]
    criteria: list[Standing]
    rules: list[RuleReference]
    protections: list[Standing]


@router.post(
    "/determinations/preview",
    response_model=Preview,
    summary="Ask what the law demands on a corridor, and check an offer",
    openapi_extra=PUBLIC | NO_KEY | OWN,
)
async def preview_determination(asked: PreviewRequest, door: Caller) -> Response:
    limit: RateLimit = door.runtime.resources
    limit.demand(door.request, door.now)
    question = _question(asked, door.now)
    return door.told(preview(await _law(door), question))


@router.get(
    "/requirements/{requirements_id}",
    response_model=Requirements,
    summary="Read the requirements of a preparation",
    openapi_extra=OWN,
)
async def get_requirements(requirements_id: UUID, door: Caller) -> Response:
    async with door.reading() as session:
        return door.answer(Requirements(**await show_requirements(session, requirements_id, door.actor)))


async def _law(door: Caller) -> Law:
    known = await known_law(door.runtime.database)
    if known is not None:
        return known
    async with door.reading() as session:
        return await read_law(session)


def _question(asked: PreviewRequest, now: datetime) -> Question:
    for name, country in (("origin", asked.origin), ("destination", asked.destination)):
        if country not in COUNTRIES:
            raise invalid(name, "country", "An ISO 3166-1 alpha-2 code.")
    offer: dict[str, Any] | None = None
    if asked.facts.vacancy is not None:
        offer = asked.facts.vacancy.model_dump(mode="json", include={"wage", "contract", "worker_pays"})
    on = asked.on or today_in(asked.origin, now)
    return Question(asked.origin, asked.destination, asked.occupation, on, _facts(asked.facts), offer)


def _facts(said: KnownFacts) -> Facts:
    """Stated facts by their full names."""
    worker = said.worker.model_dump(exclude_none=True, exclude={"language", "facts"})
    placement = said.placement.model_dump(mode="json", exclude_none=True)
    vacancy = said.vacancy.model_dump(include={"employer_kind", "owner_kind"}) if said.vacancy else {}
    return {
        **{f"worker.{name}": value for name, value in worker.items()},
        **{f"worker.language.{code}": _level(level) for code, level in said.worker.language.items()},
        **{f"worker.facts.{name}": value for name, value in said.worker.facts.items()},
        **{f"placement.{name}": value for name, value in placement.items()},
        **{f"vacancy.{name}": value for name, value in vacancy.items() if value is not None},
    }


def _level(level: int | Cefr) -> int:
    return level if isinstance(level, int) else CEFR_LEVELS.index(level) + 1
