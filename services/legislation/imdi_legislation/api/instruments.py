"""``/v1/instruments``: the legal instruments on which rules stand, found by words, filters and days."""

from __future__ import annotations

from datetime import UTC, date
from typing import Annotated, Any
from uuid import UUID

from fastapi import Query, Response
from pydantic import Field
from sqlalchemy.ext.asyncio import AsyncSession

from imdi_common.door import OWN, PUBLIC, Caller, door_router
from imdi_common.paging import Page, Paging, decode_cursor, encode_cursor
from imdi_common.problems import invalid
from imdi_common.shapes import Code, CountryCode, LongText, Shape
from imdi_contracts.codes import Confidence
from imdi_legislation.actions.enter_instrument import enter_instrument
from imdi_legislation.api.days import Day, known_day
from imdi_legislation.api.library_shapes import (
    Conflict,
    Language,
    PartyStanding,
    Related,
    StandingShape,
    Statement,
    StatementRequest,
    Version,
    VersionNamed,
    VersionRequest,
)
from imdi_legislation.domain.instruments import InstrumentType, Level, Topic
from imdi_legislation.domain.statements import Status
from imdi_legislation.queries import instruments, library

router = door_router(prefix="/v1/instruments", tags=["instruments"])


class InstrumentFields(Shape):
    code: Code
    title: LongText
    type: InstrumentType
    level: Level
    parties: list[CountryCode]
    adopted_on: Day | None = None
    in_force_on: Day | None = None
    status: Status
    official_url: LongText | None = None
    topics: list[Topic] = Field(default=[])
    confidence: Confidence
    verified_on: Day | None = None
    note: LongText | None = None
    binding: bool | None = None
    """Absent: whether instruments of its type bind."""


class InstrumentRequest(InstrumentFields):
    statements: list[StatementRequest] = Field(default=[], max_length=200)
    versions: list[VersionRequest] = Field(default=[], max_length=50)


class Instrument(InstrumentFields):
    id: UUID


class KnownInstrument(Instrument):
    on: date
    known_on: date | None
    standing: StandingShape
    party_standings: list[PartyStanding]
    conflicts: list[Conflict]
    relations: list[Related]
    statements: list[Statement]
    versions: list[VersionNamed]
    text: Version | None


class FoundText(Shape):
    """The text that answers the words best; the words stand between « and »."""

    place: str
    language: str
    version_id: UUID | None
    snippet: str


class FoundInstrument(Instrument):
    found: FoundText | None = None


class InstrumentPage(Page[FoundInstrument]):
    facets: dict[str, dict[str, int]] | None
    """For each facet asked: how many instruments of the whole list bear which value."""


class Filters(Shape):
    """What instruments are narrowed to."""

    q: Annotated[str, Field(min_length=1, max_length=200)] | None = None
    language: Language = "en"
    """Of the words in ``q``."""
    code: Annotated[str, Field(max_length=100)] | None = None
    level: Level | None = None
    type: InstrumentType | None = None
    status: Status | None = None
    party: CountryCode | None = None
    country: CountryCode | None = None
    topic: Topic | None = None
    in_force_on: Day | None = None
    """Also those of which it is presumed or disputed."""

    def wanted(self) -> instruments.Wanted:
        names = ("code", "level", "type", "status", "party", "country", "topic")
        by = {name: value for name in names if (value := getattr(self, name)) is not None}
        return instruments.Wanted(by, self.q, self.language, self.in_force_on)


class InstrumentList(Filters, Paging):
    facets: Annotated[str, Field(max_length=100)] | None = None
    """Some of country, level, type, topic, status, separated by commas."""

    def facet_names(self) -> list[str]:
        names = list(dict.fromkeys((self.facets or "").split(","))) if self.facets else []
        if not set(names) <= set(instruments.FACETS):
            raise invalid("facets", "one_of", f"Some of: {', '.join(instruments.FACETS)}; separated by commas.")
        return names

    def after(self) -> Any:
        if self.cursor is None:
            return None
        return decode_cursor(self.cursor, _rank, str) if self.q else decode_cursor(self.cursor, str)[0]


def _rank(text: str) -> int:
    rank = int(text)
    if not 0 <= rank < 2**31:
        raise ValueError("no rank")
    return rank


async def _show(session: AsyncSession, instrument_id: Any) -> Instrument:
    return Instrument(**await instruments.show_instrument(session, UUID(str(instrument_id))))


@router.post("", response_model=Instrument, status_code=201, summary="Enter an instrument")
async def post_instrument(asked: InstrumentRequest, door: Caller) -> Response:
    body = asked.model_dump(mode="json", exclude_none=True)
    return await door.once(lambda session: enter_instrument(session, body, door.actor, door.now), _show, status=201)


@router.get("", response_model=InstrumentPage, summary="Search instruments", openapi_extra=PUBLIC | OWN)
async def list_instruments(door: Caller, asked: Annotated[InstrumentList, Query()]) -> Response:
    facets, after, limit = asked.facet_names(), asked.after(), asked.limit
    async with door.reading() as session:
        rows = await instruments.list_instruments(session, asked.wanted(), limit + 1, after)
        counted = await instruments.count_facets(session, asked.wanted(), facets) if facets else None
    ranks = [(row.pop("rank"), row["code"]) if asked.q else (row["code"],) for row in rows]
    more = encode_cursor(*ranks[limit - 1]) if len(rows) > limit else None
    items = [FoundInstrument(**row) for row in rows[:limit]]
    return door.answer(InstrumentPage(items=items, next=more, facets=counted))


@router.get(
    "/{instrument_id}", response_model=KnownInstrument, summary="Read an instrument", openapi_extra=PUBLIC | OWN
)
async def get_instrument(
    instrument_id: UUID,
    door: Caller,
    on: Day | None = None,
    known_on: Day | None = None,
    language: Language | None = None,
) -> Response:
    day, known = on or door.now.astimezone(UTC).date(), known_day(known_on, door.now)
    async with door.reading() as session:
        shown = await instruments.show_instrument(session, instrument_id)
        what = await library.known_instrument(session, instrument_id, day, known, language)
    return door.answer(KnownInstrument(**shown | what, on=day, known_on=known))
