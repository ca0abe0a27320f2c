"""``/v1/professions``, ``/v1/recognition-routes``, ``/v1/accepted-issuers``: the law of recognition, for anybody."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from fastapi import Query, Response
from pydantic import Field, StrictBool
from sqlalchemy.ext.asyncio import AsyncSession

from imdi_common.door import OWN, PUBLIC, Caller, Door, Show, door_router
from imdi_common.paging import DEFAULT_LIMIT, Cursor, Limit, Page, decode_cursor, encode_cursor
from imdi_common.shapes import CountryCode, LongText, MoneyShape, Shape, Text
from imdi_contracts.codes import Confidence
from imdi_legislation.actions.enter_recognition import end_entry, enter_recognition
from imdi_legislation.api.answers import BasisShown
from imdi_legislation.api.days import Day
from imdi_legislation.api.rules import BasisRequest, Named, Retirement
from imdi_legislation.domain.recognition import Route
from imdi_legislation.queries.recognition import TABLES, list_entries, show_entry
from imdi_legislation.storage.recognition import places_of

router = door_router(prefix="/v1", tags=["recognition"])

ItemName = Annotated[str, Query(pattern=r"^[a-z][a-z0-9_]{0,63}$")]


class Held(Shape):
    """The days on which it holds, the last one included; no first one: for as long as anybody knows."""

    model_config = Named

    begins: Day | None = Field(default=None, alias="from")
    until: Day | None = None


class Sourced(Shape):
    country: CountryCode
    basis: list[BasisRequest]
    effective: Held
    confidence: Confidence
    verified_on: Day | None = None
    verified_by: Text | None = None
    source: LongText | None = None
    note: LongText | None = None


class ProfessionRequest(Sourced):
    """``occupations``: ISCO-08 prefixes."""

    code: Text
    title: Text
    occupations: list[Text] = Field(default=[])
    regulated: StrictBool


class TimeLimits(Shape):
    """ISO 8601 durations: to confirm receipt, to decide, and to decide where the employer pays for speed."""

    acknowledgement: Text | None = None
    decision: Text | None = None
    fast_track: Text | None = None


class RouteRequest(Sourced):
    """``origins``: where the qualification was awarded; ISO codes, groups of countries, or ``*``."""

    profession: Text
    origins: list[Text]
    route: Route
    authority: Text
    time_limits: TimeLimits = TimeLimits()
    fee: MoneyShape | None = None


class IssuerRequest(Sourced):
    """``certificate``: an item's code; ``issued_in``: where the certificate was issued, or ``*``."""

    certificate: Text
    issuer: Text
    issued_in: list[Text]
    authority: Text


class Profession(ProfessionRequest):
    id: UUID
    basis: list[BasisShown]  # type: ignore[assignment]  # shown with the instrument's title


class RecognitionRoute(RouteRequest):
    id: UUID
    basis: list[BasisShown]  # type: ignore[assignment]


class AcceptedIssuer(IssuerRequest):
    id: UUID
    basis: list[BasisShown]  # type: ignore[assignment]


SHAPES: dict[str, type[Profession | RecognitionRoute | AcceptedIssuer]] = {
    "professions": Profession,
    "routes": RecognitionRoute,
    "issuers": AcceptedIssuer,
}


def _show(section: str) -> Show:
    async def show(session: AsyncSession, entry_id: Any) -> Shape:
        return SHAPES[section](**await show_entry(session, section, UUID(str(entry_id))))

    return show


async def _enter(section: str, asked: Sourced, door: Door) -> Response:
    body = asked.model_dump(mode="json", by_alias=True, exclude_none=True)
    return await door.once(
        lambda session: enter_recognition(session, section, body, door.actor, door.now), _show(section), status=201
    )


async def _end(section: str, entry_id: UUID, asked: Retirement, door: Door) -> Response:
    return await door.once(
        lambda session: end_entry(session, TABLES[section], entry_id, asked.on, door.actor), _show(section)
    )


async def _list(
    section: str, asked: dict[str, Any], place: str | None, on: date | None, limit: int, cursor: str | None, door: Door
) -> list[dict[str, Any]]:
    wanted = {name: value for name, value in asked.items() if value is not None}
    if place is not None:
        wanted["places"] = places_of(place, on or door.now.date())
    after = decode_cursor(cursor, UUID)[0] if cursor else None
    async with door.reading() as session:
        return await list_entries(session, section, wanted, on, limit + 1, after)


def _next(rows: list[dict[str, Any]], limit: int) -> str | None:
    return encode_cursor(rows[limit - 1]["id"]) if len(rows) > limit else None


@router.post(
    "/professions", response_model=Profession, status_code=201, summary="Say whether a profession is regulated"
)
async def post_profession(asked: ProfessionRequest, door: Caller) -> Response:
    return await _enter("professions", asked, door)


@router.get("/professions", response_model=Page[Profession], summary="List professions", openapi_extra=PUBLIC | OWN)
async def list_professions(
    door: Caller,
    country: CountryCode | None = None,
    code: ItemName | None = None,
    regulated: bool | None = None,
    on: Day | None = None,
    limit: Limit = DEFAULT_LIMIT,
    cursor: Cursor = None,
) -> Response:
    asked = {"country": country, "code": code, "regulated": regulated}
    rows = await _list("professions", asked, None, on, limit, cursor, door)
    return door.answer(Page[Profession](items=[Profession(**row) for row in rows[:limit]], next=_next(rows, limit)))


@router.post("/professions/{entry_id}/retirement", response_model=Profession, summary="End a profession's entry")
async def retire_profession(entry_id: UUID, asked: Retirement, door: Caller) -> Response:
    return await _end("professions", entry_id, asked, door)


@router.post("/recognition-routes", response_model=RecognitionRoute, status_code=201, summary="Enter a route")
async def post_recognition_route(asked: RouteRequest, door: Caller) -> Response:
    return await _enter("routes", asked, door)


@router.get(
    "/recognition-routes",
    response_model=Page[RecognitionRoute],
    summary="List the routes to recognition",
    openapi_extra=PUBLIC | OWN,
)
async def list_recognition_routes(
    door: Caller,
    profession: ItemName | None = None,
    origin: CountryCode | None = None,
    destination: CountryCode | None = None,
    on: Day | None = None,
    limit: Limit = DEFAULT_LIMIT,
    cursor: Cursor = None,
) -> Response:
    """``origin`` is the country where the qualification was awarded."""
    asked = {"profession": profession, "country": destination}
    rows = await _list("routes", asked, origin, on, limit, cursor, door)
    items = [RecognitionRoute(**row) for row in rows[:limit]]
    return door.answer(Page[RecognitionRoute](items=items, next=_next(rows, limit)))


@router.post("/recognition-routes/{entry_id}/retirement", response_model=RecognitionRoute, summary="End a route")
async def retire_recognition_route(entry_id: UUID, asked: Retirement, door: Caller) -> Response:
    return await _end("routes", entry_id, asked, door)


@router.post("/accepted-issuers", response_model=AcceptedIssuer, status_code=201, summary="Enter an accepted issuer")
async def post_accepted_issuer(asked: IssuerRequest, door: Caller) -> Response:
    return await _enter("issuers", asked, door)


@router.get(
    "/accepted-issuers",
    response_model=Page[AcceptedIssuer],
    summary="List the issuers whose certificates are accepted",
    openapi_extra=PUBLIC | OWN,
)
async def list_accepted_issuers(
    door: Caller,
    country: CountryCode | None = None,
    certificate: ItemName | None = None,
    issued_in: CountryCode | None = None,
    on: Day | None = None,
    limit: Limit = DEFAULT_LIMIT,
    cursor: Cursor = None,
) -> Response:
    """``country`` is the one that accepts, ``issued_in`` that of the certificate."""
    asked = {"country": country, "certificate": certificate}
    rows = await _list("issuers", asked, issued_in, on, limit, cursor, door)
    items = [AcceptedIssuer(**row) for row in rows[:limit]]
    return door.answer(Page[AcceptedIssuer](items=items, next=_next(rows, limit)))


@router.post("/accepted-issuers/{entry_id}/retirement", response_model=AcceptedIssuer, summary="End an acceptance")
async def retire_accepted_issuer(entry_id: UUID, asked: Retirement, door: Caller) -> Response:
    return await _end("issuers", entry_id, asked, door)
