"""Preparations: reading, facts, the day of departure, departure and arrival."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import Body, Query, Response
from sqlalchemy.ext.asyncio import AsyncSession

from imdi_common.door import OWN, Caller, Door, Show, door_router
from imdi_common.paging import DEFAULT_LIMIT, Cursor, Limit, Page
from imdi_common.shapes import Day, Shape
from imdi_worker_prep.actions.answer_facts import answer_facts
from imdi_worker_prep.actions.arrive import arrive
from imdi_worker_prep.actions.change_departure_date import change_departure_date
from imdi_worker_prep.actions.depart import depart
from imdi_worker_prep.api.shapes import Preparation
from imdi_worker_prep.domain.states import Status
from imdi_worker_prep.queries import preparations

router = door_router(prefix="/v1/preparations", tags=["preparations"])

Answers = Annotated[
    dict[str, Any],
    Body(
        max_length=100,
        description="Answers by the fact's full name: true or false, a whole number, or a text. "
        "`placement.departure_on` moves the day of departure.",
    ),
]


class DepartureDate(Shape):
    departure_on: Day


class Departure(Shape):
    departed_on: Day


class Arrival(Shape):
    arrived_on: Day


class PreparationFilter(Shape):
    placement_id: UUID | None = None
    worker_id: UUID | None = None
    status: Status | None = None
    limit: Limit = DEFAULT_LIMIT
    cursor: Cursor = None


def shown(door: Door) -> Show:
    """How a preparation is shown to this caller."""

    async def show(session: AsyncSession, preparation_id: UUID | str) -> Preparation:
        return Preparation(**await preparations.show(session, UUID(str(preparation_id)), door.actor, door.now))

    return show


@router.get("", response_model=Page[Preparation], summary="List the preparations that one may see", openapi_extra=OWN)
async def list_preparations(query: Annotated[PreparationFilter, Query()], door: Caller) -> Response:
    async with door.viewing() as session:
        rows, following = await preparations.find(session, door.actor, door.now, **query.model_dump())
    return door.answer(Page(items=[Preparation(**row) for row in rows], next=following))


@router.get("/{preparation_id}", response_model=Preparation, summary="Read a preparation", openapi_extra=OWN)
async def read_preparation(preparation_id: UUID, door: Caller) -> Response:
    async with door.viewing() as session:
        return door.answer(await shown(door)(session, preparation_id))


@router.put("/{preparation_id}/facts", response_model=Preparation, summary="Answer facts that the law asks for")
async def put_facts(preparation_id: UUID, body: Answers, door: Caller) -> Response:
    return await door.change(
        lambda session: answer_facts(session, preparation_id, body, door.actor, door.demand_match, door.now),
        shown(door),
    )


@router.put("/{preparation_id}/departure-date", response_model=Preparation, summary="Move the day of departure")
async def put_departure_date(preparation_id: UUID, body: DepartureDate, door: Caller) -> Response:
    return await door.change(
        lambda session: change_departure_date(
            session, preparation_id, body.departure_on, door.actor, door.demand_match, door.now
        ),
        shown(door),
    )


@router.post("/{preparation_id}/departure", response_model=Preparation, summary="Record that the worker has departed")
async def record_departure(preparation_id: UUID, body: Departure, door: Caller) -> Response:
    return await door.once(
        lambda session: depart(session, preparation_id, body.departed_on, door.actor, door.allow_match, door.now),
        shown(door),
    )


@router.post("/{preparation_id}/arrival", response_model=Preparation, summary="Record that the worker has arrived")
async def record_arrival(preparation_id: UUID, body: Arrival, door: Caller) -> Response:
    return await door.once(
        lambda session: arrive(session, preparation_id, body.arrived_on, door.actor, door.allow_match, door.now),
        shown(door),
    )
