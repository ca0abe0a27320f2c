"""Instruments as files: export as CSV or JSON-LD, import row by row with what became of each."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import Query, Response
from fastapi.responses import StreamingResponse
from pydantic import Field, StringConstraints, model_validator
from sqlalchemy.ext.asyncio import AsyncSession

from imdi_common.door import OWN, PUBLIC, Caller, Door, door_router
from imdi_common.paging import Page, Paging, decode_cursor, encode_cursor
from imdi_common.shapes import Shape, UtcTime
from imdi_legislation.actions.import_instruments import begin_import
from imdi_legislation.api.instruments import Filters
from imdi_legislation.queries import exchange

router = door_router(prefix="/v1/instruments", tags=["instruments"])


class ExportAsked(Filters):
    format: Literal["csv", "jsonld"] = "csv"


class ImportRequest(Shape):
    """``content`` with ``csv``, ``document`` with ``jsonld``."""

    format: Literal["csv", "jsonld"]
    content: Annotated[str, StringConstraints(min_length=1, max_length=262_144)] | None = None
    document: dict[str, Any] | list[dict[str, Any]] | None = None

    @model_validator(mode="after")
    def _what_its_format_says(self) -> ImportRequest:
        given, other = (self.content, self.document) if self.format == "csv" else (self.document, self.content)
        if given is None or other is not None:
            raise ValueError("csv comes in content, jsonld in document")
        return self


class RowError(Shape):
    field: str
    rule: str
    detail: str


class ImportedRow(Shape):
    row: int
    code: str | None
    outcome: Literal["created", "updated", "unchanged", "refused"] | None
    """Null: its turn has not come."""
    instrument_id: UUID | None
    errors: list[RowError]


class Import(Page[ImportedRow]):
    id: UUID
    status: Literal["waiting", "running", "done"]
    rows: int
    done: int
    created: int
    updated: int
    unchanged: int
    refused: int
    begun_at: UtcTime
    finished_at: UtcTime | None


class ImportPaging(Paging):
    limit: Annotated[int, Field(ge=1, le=200)] = 200


@router.get(
    "/export", response_class=Response, summary="Export instruments as CSV or JSON-LD", openapi_extra=PUBLIC | OWN
)
async def export_instruments(door: Caller, asked: Annotated[ExportAsked, Query()]) -> Response:
    kind = "text/csv; charset=utf-8; header=present" if asked.format == "csv" else "application/ld+json"
    name = f"instruments.{asked.format}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    write = exchange.csv_file if asked.format == "csv" else exchange.json_ld_file
    return StreamingResponse(write(door.reading, asked.wanted()), 200, headers, media_type=kind)


@router.post("/imports", response_model=Import, status_code=202, summary="Import instruments from a file")
async def import_instruments(asked: ImportRequest, door: Caller) -> Response:
    body = asked.model_dump(mode="json", exclude_none=True)

    async def show(session: AsyncSession, import_id: Any) -> Import:
        return await _shown(session, door, UUID(str(import_id)), 200, 0)

    return await door.once(lambda session: begin_import(session, body, door.actor, door.now), show, status=202)


@router.get("/imports/{import_id}", response_model=Import, summary="How far an import has come", openapi_extra=OWN)
async def get_import(import_id: UUID, door: Caller, asked: Annotated[ImportPaging, Query()]) -> Response:
    after = decode_cursor(asked.cursor, _row_number)[0] if asked.cursor else 0
    async with door.reading() as session:
        return door.answer(await _shown(session, door, import_id, asked.limit, after))


async def _shown(session: AsyncSession, door: Door, import_id: UUID, limit: int, after: int) -> Import:
    told, rows = await exchange.show_import(session, import_id, door.actor, limit + 1, after)
    more = encode_cursor(rows[limit - 1]["row"]) if len(rows) > limit else None
    return Import(**told, items=[ImportedRow(**row) for row in rows[:limit]], next=more)


def _row_number(text: str) -> int:
    number = int(text)
    if not 0 <= number < 2**31:
        raise ValueError("no row")
    return number
