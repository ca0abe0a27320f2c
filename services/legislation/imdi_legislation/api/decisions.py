"""``/v1/recognition-decisions``: what the authority of a destination decided of one worker's qualification."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import Query, Response
from pydantic import Field, StrictInt
from sqlalchemy.ext.asyncio import AsyncSession

from imdi_common.door import OWN, Caller, door_router
from imdi_common.shapes import CountryCode, Shape, Text, UtcTime
from imdi_legislation.actions.decide_recognition import decide_recognition
from imdi_legislation.api.days import Day
from imdi_legislation.domain.decisions import Kind, Outcome
from imdi_legislation.queries.recognition import list_decisions, show_decision

router = door_router(prefix="/v1/recognition-decisions", tags=["recognition"])

Hours = Annotated[StrictInt, Field(ge=0, le=10_000)]


class Difference(Shape):
    """``topic`` is a code: lower-case letters, digits and underscores."""

    topic: Text
    hours: Hours | None = None


class Compensation(Shape):
    """One way to make up for the differences; ``duration`` in ISO 8601."""

    kind: Kind
    duration: Text | None = None
    hours: Hours | None = None


class Qualification(Shape):
    title: Text
    country: CountryCode


class DecisionRequest(Shape):
    """``valid_until`` is the last day on which it holds; left out, it has no end. ``reference``: the file's number."""

    worker_id: UUID
    profession: Text
    destination: CountryCode
    qualification: Qualification | None = None
    outcome: Outcome
    differences: list[Difference] = Field(default=[], max_length=50)
    compensation: list[Compensation] = Field(default=[], max_length=10)
    authority: Text
    decided_on: Day
    valid_until: Day | None = None
    reference: Text


class Decision(DecisionRequest):
    """``standing``: no newer one of this destination on this profession is there."""

    id: UUID
    recorded_at: UtcTime
    standing: bool


class Decisions(Shape):
    items: list[Decision]


async def _show(session: AsyncSession, decision_id: Any, door: Any) -> Decision:
    return Decision(**await show_decision(session, UUID(str(decision_id)), door.actor))


@router.post("", response_model=Decision, status_code=201, summary="Decide on a worker's qualification")
async def post_recognition_decision(asked: DecisionRequest, door: Caller) -> Response:
    body = asked.model_dump(mode="json", exclude_none=True)
    return await door.once(
        lambda session: decide_recognition(session, body, door.actor, door.now),
        lambda session, decision_id: _show(session, decision_id, door),
        status=201,
    )


@router.get("", response_model=Decisions, summary="List the decisions on a worker", openapi_extra=OWN)
async def list_recognition_decisions(worker_id: Annotated[UUID, Query()], door: Caller) -> Response:
    """For the worker's controller all of them, for a government its own; to a stranger there are none."""
    async with door.reading() as session:
        rows = await list_decisions(session, worker_id, door.actor)
    return door.answer(Decisions(items=[Decision(**row) for row in rows]))


@router.get("/{decision_id}", response_model=Decision, summary="Read a decision", openapi_extra=OWN)
async def get_recognition_decision(decision_id: UUID, door: Caller) -> Response:
    async with door.reading() as session:
        return door.answer(await _show(session, decision_id, door))
