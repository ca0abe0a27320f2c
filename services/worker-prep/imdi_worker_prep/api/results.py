"""Results of members that are no longer accredited."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import Query, Response

from imdi_common.door import OWN, Caller, door_router
from imdi_common.paging import Page, Paging
from imdi_common.shapes import Shape, UtcTime
from imdi_worker_prep.domain.items import Outcome
from imdi_worker_prep.queries import results

router = door_router(prefix="/v1/results", tags=["results"])


class Result(Shape):
    """What was found on an item, without its reference and evidence."""

    id: UUID
    preparation_id: UUID
    worker_id: UUID
    code: str
    """The item's."""
    performed_by: UUID
    outcome: Outcome
    performed_on: date
    issued_on: date | None
    expires_on: date | None
    recorded_at: UtcTime


class ResultFilter(Paging):
    performed_by: UUID


@router.get(
    "",
    response_model=Page[Result],
    summary="List what a suspended member has found, as steward or government of origin",
    openapi_extra=OWN,
)
async def list_results(query: Annotated[ResultFilter, Query()], door: Caller) -> Response:
    async with door.viewing() as session:
        rows, following = await results.of_fallen(
            session, door.actor, performed_by=query.performed_by, limit=query.limit, cursor=query.cursor
        )
    return door.answer(Page(items=[Result(**row) for row in rows], next=following))
