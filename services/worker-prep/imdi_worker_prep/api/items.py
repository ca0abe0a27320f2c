"""Items: one's own across all cases, bookings, results."""

from __future__ import annotations

import json
from typing import Annotated, Any, Literal, cast
from uuid import UUID

from fastapi import Path, Query, Response
from pydantic import AfterValidator
from sqlalchemy.ext.asyncio import AsyncSession

from imdi_common.door import OWN, Caller, Door, Show, door_router
from imdi_common.paging import DEFAULT_LIMIT, Cursor, Limit, Page
from imdi_common.shapes import Day, Shape, Text
from imdi_worker_prep.actions.book import book
from imdi_worker_prep.actions.record_result import Finding, record_result
from imdi_worker_prep.api.shapes import Item, ItemFields
from imdi_worker_prep.domain.states import ItemStatus
from imdi_worker_prep.queries import items
from imdi_worker_prep.storage.sealing import MasterKey

router = door_router(prefix="/v1", tags=["items"])

ItemCode = Annotated[str, Path(pattern=r"^[A-Za-z0-9][A-Za-z0-9._:-]{0,99}$")]
MOST_EVIDENCE = 100_000
"""Characters of JSON."""


def _small(evidence: dict[str, Any]) -> dict[str, Any]:
    if len(json.dumps(evidence, allow_nan=False)) > MOST_EVIDENCE:
        raise ValueError(f"at most {MOST_EVIDENCE} characters of JSON")
    return evidence


class BookingRequest(Shape):
    on: Day
    member_id: UUID | None = None
    """Who shall perform an item that is nobody's yet."""


class ResultRequest(Shape):
    outcome: Literal["cleared", "conditionally_cleared", "deferred", "failed"]
    performed_on: Day
    issued_on: Day | None = None
    expires_on: Day | None = None
    reference: Text
    evidence: Annotated[dict[str, Any], AfterValidator(_small)] | None = None
    """Rests here alone, under the worker's own key."""


class ItemFilter(Shape):
    assigned_to: Literal["me"] = "me"
    status: ItemStatus | None = None
    limit: Limit = DEFAULT_LIMIT
    cursor: Cursor = None


def shown(door: Door) -> Show:
    """How an item is shown to who has just worked on it."""

    async def show(session: AsyncSession, reference: str) -> Item:
        return Item(**await items.show(session, reference, door.now))

    return show


@router.get("/items", response_model=Page[ItemFields], summary="List the items assigned to oneself", openapi_extra=OWN)
async def list_items(query: Annotated[ItemFilter, Query()], door: Caller) -> Response:
    async with door.viewing() as session:
        rows, following = await items.of_performer(
            session, door.actor, door.now, status=query.status, limit=query.limit, cursor=query.cursor
        )
    return door.answer(Page(items=[ItemFields(**row) for row in rows], next=following))


@router.post(
    "/preparations/{preparation_id}/items/{code}/bookings", response_model=Item, summary="Book a day for an item"
)
async def book_item(preparation_id: UUID, code: ItemCode, body: BookingRequest, door: Caller) -> Response:
    return await door.once(
        lambda session: book(
            session, preparation_id, code, body.on, body.member_id, door.actor, door.allow_match, door.now
        ),
        shown(door),
    )


@router.post(
    "/preparations/{preparation_id}/items/{code}/results", response_model=Item, summary="Record the result of an item"
)
async def record_item_result(preparation_id: UUID, code: ItemCode, body: ResultRequest, door: Caller) -> Response:
    finding, master = Finding(**body.model_dump()), cast(MasterKey, door.runtime.resources)
    return await door.once(
        lambda session: record_result(
            session, preparation_id, code, finding, door.actor, door.allow_match, door.now, master
        ),
        shown(door),
    )
