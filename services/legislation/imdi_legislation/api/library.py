"""The library over HTTP: record statements and versions; what bound whom on a day, as known on another."""

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
from imdi_common.shapes import Shape
from imdi_legislation.actions.record_statement import record_statement
from imdi_legislation.actions.record_version import record_version
from imdi_legislation.api.days import Day, known_day
from imdi_legislation.api.library_shapes import (
    Conflict,
    PartyStanding,
    Statement,
    StatementRequest,
    Version,
    VersionRequest,
)
from imdi_legislation.domain.countries import COUNTRIES
from imdi_legislation.domain.instruments import InstrumentType, Level, Topic
from imdi_legislation.domain.statements import Status
from imdi_legislation.queries import library
from imdi_legislation.queries.law_in_force import law_in_force

router = door_router(prefix="/v1", tags=["library"])


class InstrumentInForce(Shape):
    id: UUID
    code: str
    title: str
    type: InstrumentType
    level: Level
    binding: bool
    status: Status | None
    topics: list[Topic]
    official_url: str | None
    party_standings: list[PartyStanding]
    conflicts: list[Conflict]


class LawInForce(Page[InstrumentInForce]):
    parties: list[str]
    on: date
    known_on: date | None


class LawInForceAsked(Paging):
    parties: Annotated[str, Field(max_length=60)]
    """ISO 3166-1 alpha-2 codes, separated by commas: at most 20."""
    on: Day | None = None
    known_on: Day | None = None

    def countries(self) -> list[str]:
        found = list(dict.fromkeys(self.parties.split(",")))
        if not set(found) <= COUNTRIES:
            raise invalid("parties", "country", "ISO 3166-1 alpha-2 codes, separated by commas.")
        return found


async def _statement(session: AsyncSession, statement_id: Any) -> Statement:
    return Statement(**await library.show_statement(session, UUID(str(statement_id))))


async def _version(session: AsyncSession, version_id: Any) -> Version:
    return Version(**await library.show_version(session, UUID(str(version_id))))


@router.post(
    "/instruments/{instrument_id}/statements",
    response_model=Statement,
    status_code=201,
    summary="Record what a source says of an instrument",
)
async def post_statement(instrument_id: UUID, asked: StatementRequest, door: Caller) -> Response:
    body = asked.model_dump(mode="json", exclude_none=True)
    return await door.once(
        lambda session: record_statement(session, instrument_id, body, door.actor, door.now), _statement, status=201
    )


@router.post(
    "/instruments/{instrument_id}/versions",
    response_model=Version,
    status_code=201,
    summary="Record a version of an instrument, provision by provision",
)
async def post_version(instrument_id: UUID, asked: VersionRequest, door: Caller) -> Response:
    body = asked.model_dump(mode="json", exclude_none=True)
    return await door.once(
        lambda session: record_version(session, instrument_id, body, door.actor, door.now), _version, status=201
    )


@router.get("/law-in-force", response_model=LawInForce, summary="What bound whom on a day", openapi_extra=PUBLIC | OWN)
async def get_law_in_force(door: Caller, asked: Annotated[LawInForceAsked, Query()]) -> Response:
    parties, known = asked.countries(), known_day(asked.known_on, door.now)
    on = asked.on or door.now.astimezone(UTC).date()
    after = decode_cursor(asked.cursor, str)[0] if asked.cursor else None
    async with door.reading() as session:
        rows = await law_in_force(session, parties, on, known, asked.limit + 1, after)
    more = encode_cursor(rows[asked.limit - 1]["code"]) if len(rows) > asked.limit else None
    items = [InstrumentInForce(**row) for row in rows[: asked.limit]]
    return door.answer(LawInForce(items=items, next=more, parties=parties, on=on, known_on=known))
