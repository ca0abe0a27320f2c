"""``/v1/determinations``: what the law answered, as it was kept, and reached anew."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import Query, Response

from imdi_common.door import OWN, Caller, door_router
from imdi_common.paging import Page, Paging, decode_cursor, encode_cursor
from imdi_common.shapes import Shape, UtcTime
from imdi_legislation.api.answers import RuleReference
from imdi_legislation.api.days import Day
from imdi_legislation.queries.determinations import list_determinations as listed
from imdi_legislation.queries.determinations import show_determination
from imdi_legislation.queries.reproduction import reproduce

router = door_router(prefix="/v1/determinations", tags=["determinations"])


class Answered(Shape):
    """One answer, never changed. ``subject`` is the vacancy or the preparation; ``outcome`` is as it was announced."""

    id: UUID
    subject: UUID
    kind: Literal["vacancy", "preparation"]
    revision: int
    judged_on: Day
    law_epoch: int
    input_hash: str
    outcome: dict[str, Any]
    rules: list[RuleReference]
    determined_at: UtcTime
    erased: bool
    """Its facts were erased with the worker."""


class Determination(Answered):
    """``facts`` by full name, null where ``erased`` or ``withheld``: a person's are the controller's alone."""

    facts: dict[str, bool | int | str] | None
    offer: dict[str, Any] | None
    """Of a vacancy its origins, wage, contract and worker_pays; null on a preparation, and where it was not kept."""
    withheld: bool


class Differing(Shape):
    """A place in the answer (``items.0.validity``, ``input_hash``), what was kept of it and what came out anew."""

    path: str
    kept: Any
    found: Any


class Reproduction(Shape):
    id: UUID
    reproduced: bool
    input_hash: str
    differs: list[Differing]


class Listing(Paging):
    subject: UUID
    """A vacancy or a preparation."""


@router.get(
    "",
    response_model=Page[Answered],
    summary="List what the law answered on a vacancy or a preparation, the newest first",
    openapi_extra=OWN,
)
async def list_determinations(asked: Annotated[Listing, Query()], door: Caller) -> Response:
    before = decode_cursor(asked.cursor, UUID)[0] if asked.cursor else None
    async with door.reading() as session:
        rows = await listed(session, asked.subject, door.actor, asked.limit + 1, before)
    shown = rows[: asked.limit]
    more = encode_cursor(shown[-1]["id"]) if len(rows) > asked.limit else None
    return door.answer(Page[Answered](items=[Answered(**row) for row in shown], next=more))


@router.get(
    "/{determination_id}", response_model=Determination, summary="Read a determination as kept", openapi_extra=OWN
)
async def get_determination(determination_id: UUID, door: Caller) -> Response:
    async with door.reading() as session:
        return door.answer(Determination(**await show_determination(session, determination_id, door.actor)))


@router.get(
    "/{determination_id}/reproduction",
    response_model=Reproduction,
    summary="Reach a determination anew from the facts and rules that were kept",
    openapi_extra=OWN,
)
async def reproduce_determination(determination_id: UUID, door: Caller) -> Response:
    """410 once the facts are erased; 409 where what it rests on was not yet kept."""
    async with door.reading() as session:
        return door.answer(Reproduction(**await reproduce(session, determination_id, door.actor)))
