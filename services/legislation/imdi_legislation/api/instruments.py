"""``/v1/instruments``: the legal instruments on which rules stand."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import Query, Response
from pydantic import Field
from sqlalchemy.ext.asyncio import AsyncSession

from imdi_common.door import OWN, PUBLIC, Caller, door_router
from imdi_common.paging import DEFAULT_LIMIT, Cursor, Limit, Page, decode_cursor, encode_cursor
from imdi_common.shapes import Code, CountryCode, LongText, Shape
from imdi_contracts.codes import Confidence
from imdi_legislation.actions.enter_instrument import enter_instrument
from imdi_legislation.api.days import Day
from imdi_legislation.domain.instruments import InstrumentType, Level, Status, Topic
from imdi_legislation.queries import instruments

router = door_router(prefix="/v1/instruments", tags=["instruments"])


class InstrumentRequest(Shape):
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


class Instrument(InstrumentRequest):
    id: UUID


async def _show(session: AsyncSession, instrument_id: Any) -> Instrument:
    return Instrument(**await instruments.show_instrument(session, UUID(str(instrument_id))))


@router.post("", response_model=Instrument, status_code=201, summary="Enter an instrument")
async def post_instrument(asked: InstrumentRequest, door: Caller) -> Response:
    body = asked.model_dump(mode="json", exclude_none=True)
    return await door.once(lambda session: enter_instrument(session, body, door.actor, door.now), _show, status=201)


@router.get("", response_model=Page[Instrument], summary="List instruments", openapi_extra=PUBLIC | OWN)
async def list_instruments(
    door: Caller,
    code: Annotated[str | None, Query(max_length=100)] = None,
    level: Level | None = None,
    status: Status | None = None,
    party: CountryCode | None = None,
    topic: Topic | None = None,
    limit: Limit = DEFAULT_LIMIT,
    cursor: Cursor = None,
) -> Response:
    asked = {"code": code, "level": level, "status": status, "party": party, "topic": topic}
    wanted = {name: value for name, value in asked.items() if value is not None}
    after = decode_cursor(cursor, str)[0] if cursor else None
    async with door.reading() as session:
        rows = await instruments.list_instruments(session, wanted, limit + 1, after)
    more = encode_cursor(rows[limit - 1]["code"]) if len(rows) > limit else None
    return door.answer(Page[Instrument](items=[Instrument(**row) for row in rows[:limit]], next=more))


@router.get("/{instrument_id}", response_model=Instrument, summary="Read an instrument", openapi_extra=PUBLIC | OWN)
async def get_instrument(instrument_id: UUID, door: Caller) -> Response:
    async with door.reading() as session:
        return door.answer(await _show(session, instrument_id))
