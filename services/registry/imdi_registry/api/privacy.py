"""A worker's erasure, and who saw what of a worker."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import Query, Response
from sqlalchemy.ext.asyncio import AsyncSession

from imdi_common.door import OWN, Caller, door_router
from imdi_common.paging import Page
from imdi_common.shapes import LongText, Shape, UtcTime
from imdi_registry.actions.erase_worker import ask_erasure
from imdi_registry.api.lists import PageQuery, page
from imdi_registry.api.resources import master_of
from imdi_registry.api.workers import WorkerStatus
from imdi_registry.queries import workers

router = door_router(prefix="/v1", tags=["privacy"])


class ErasureRequest(Shape):
    """``reason`` is asked so that nobody erases lightly; it is not kept, for it may speak of the person."""

    reason: LongText


class Erasure(Shape):
    """``receipts``: when each service said that it holds nothing any more; null until then."""

    worker_id: UUID
    status: WorkerStatus
    requested_at: UtcTime | None
    completed_at: UtcTime | None
    receipts: dict[str, UtcTime | None]


class Disclosure(Shape):
    """One reading: who, as what, which fields, when."""

    id: UUID
    at: UtcTime
    client_id: str
    member_id: UUID | None
    roles: list[str]
    fields: list[str]


class Duplicate(Shape):
    """Two workers registered with one passport by different members."""

    id: UUID
    worker_id: UUID
    earlier_worker_id: UUID
    noticed_at: UtcTime


@router.post("/workers/{worker_id}/erasure", status_code=202, response_model=Erasure, summary="Erase a worker")
async def erase_worker(worker_id: UUID, body: ErasureRequest, door: Caller) -> Response:  # noqa: ARG001 - not kept
    async def show(session: AsyncSession, _: UUID | str) -> Erasure:
        return Erasure(**await workers.erasure(session, master_of(door), worker_id, door.actor))

    return await door.once(
        lambda session: ask_erasure(session, master_of(door), worker_id, door.actor, door.now), show, status=202
    )


@router.get("/workers/{worker_id}/erasure", response_model=Erasure, summary="Follow an erasure", openapi_extra=OWN)
async def read_erasure(worker_id: UUID, door: Caller) -> Response:
    async with door.reading() as session:
        return door.answer(Erasure(**await workers.erasure(session, master_of(door), worker_id, door.actor)))


@router.get(
    "/workers/{worker_id}/disclosures",
    response_model=Page[Disclosure],
    summary="Who saw which field of a worker, newest first",
    openapi_extra=OWN,
)
async def list_disclosures(worker_id: UUID, query: Annotated[PageQuery, Query()], door: Caller) -> Response:
    async with door.reading() as session:
        rows = await workers.disclosures(session, master_of(door), worker_id, query.after, query.limit, door.actor)
    return door.answer(page(Disclosure, rows, query.limit))


@router.get(
    "/duplicates", response_model=Page[Duplicate], summary="Passports registered by two members", openapi_extra=OWN
)
async def list_duplicates(query: Annotated[PageQuery, Query()], door: Caller) -> Response:
    async with door.reading() as session:
        rows = await workers.duplicates(session, query.after, query.limit, door.actor)
    return door.answer(page(Duplicate, rows, query.limit))
