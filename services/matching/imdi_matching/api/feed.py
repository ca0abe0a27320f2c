"""The public feed of vacancies: changes after a cursor, and a snapshot to begin with."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from fastapi import Query, Response
from fastapi.responses import StreamingResponse

from imdi_common.door import OWN, Caller, door_router
from imdi_common.following import EVENT_STREAM, Change, Following, follow, stream
from imdi_common.paging import Cursor, Paging
from imdi_common.shapes import Shape
from imdi_matching.api.vacancies import PublicVacancy
from imdi_matching.queries import feed


class VacancyChange(Change):
    """``vacancy`` is null where the vacancy is no longer in the public list."""

    vacancy_id: UUID
    status: Literal["posted", "paused", "returned", "filled", "closed", "expired", "withdrawn"]
    vacancy: PublicVacancy | None


class Changes(Shape):
    items: list[VacancyChange]
    next: str | None


class Listed(Shape):
    vacancy_id: UUID
    sequence: int
    vacancy: PublicVacancy


class Snapshot(Shape):
    """A page of the public list; after the last page, go on with the changes after ``changes_after``."""

    items: list[Listed]
    next: str | None
    changes_after: str


router = door_router(prefix="/v1/vacancies", tags=["feed"])


@router.get("/changes", response_model=Changes, summary="Follow the public list", openapi_extra=OWN)
async def vacancy_changes(door: Caller, asked: Annotated[Following, Query()]) -> Response:
    return door.answer(Changes(**await follow(door, asked, feed.vacancy_changes)))


@router.get(
    "/changes/stream",
    response_class=StreamingResponse,
    responses={200: {"content": {EVENT_STREAM: {}}}},
    summary="Be told the changes of the public list as they happen",
    openapi_extra=OWN,
)
async def vacancy_stream(door: Caller, after: Annotated[Cursor, Query()] = None) -> Response:
    """Server-sent events; the id of each is its cursor, its data the change."""
    return await stream(door, after, feed.vacancy_changes, VacancyChange)


@router.get("/snapshot", response_model=Snapshot, summary="Read the public list", openapi_extra=OWN)
async def vacancy_snapshot(door: Caller, page: Annotated[Paging, Query()]) -> Response:
    async with door.reading() as session:
        return door.answer(Snapshot(**await feed.snapshot(session, page.cursor, page.limit)))
