"""The operator's door: what waits, what is stuck, and deciding on it. It shows coordinates, never a value."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any
from uuid import UUID

from fastapi import Query, Response
from sqlalchemy import Select, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from imdi_common.decisions import Deed, record_decision
from imdi_common.door import OWN, Caller, Door, door_router
from imdi_common.held import Status
from imdi_common.mechanics import OPEN, decision, due, held_record, outbox
from imdi_common.outbox import held_back
from imdi_common.paging import DEFAULT_LIMIT, Cursor, Limit, Page, decode_cursor, encode_cursor
from imdi_common.problems import conflict, not_found
from imdi_common.shapes import LongText, Shape, UtcTime

router = door_router(prefix="/ops", tags=["operations"])


class HeldRecord(Shape):
    """A record that could not be applied, without its value."""

    id: int
    status: Status
    reaction: str
    topic: str
    partition: int
    offset: int
    key: str
    error_class: str | None
    attempts: int
    first_at: UtcTime
    last_at: UtcTime
    decided_by: str | None
    reason: str | None


class HeldBack(Shape):
    """An aggregate of which an event is too large to be sent; those behind it wait."""

    topic: str
    key: str


class Flow(Shape):
    """How far the service is behind."""

    unpublished: int
    oldest_unpublished_at: UtcTime | None
    held_back: list[HeldBack]
    due: int
    held: dict[str, int]
    oldest_held_at: UtcTime | None


class Retry(Shape):
    reason: LongText | None = None


class Discard(Shape):
    reason: LongText


class Decision(Shape):
    """What an operator decided: ``subject`` is the number of a held record, or the name of a copy."""

    id: int
    at: UtcTime
    deed: Deed
    subject: str
    decided_by: str
    reason: str | None


COLUMNS = [held_record.c[name] for name in HeldRecord.model_fields]


@router.get("/flow", response_model=Flow, summary="How far the service is behind", openapi_extra=OWN)
async def show_flow(door: Caller) -> Response:
    door.scope("ops")
    async with door.reading() as session:
        waiting = select(func.count(), func.min(outbox.c.recorded_at)).where(outbox.c.published_at.is_(None))
        count, oldest = (await session.execute(waiting)).one()
        stuck = [HeldBack(topic=topic, key=key) for topic, key in await held_back(session)]
        overdue = await session.scalar(select(func.count()).select_from(due).where(due.c.at <= door.now))
        held = await session.execute(select(held_record.c.status, func.count()).group_by(held_record.c.status))
        by_status = {status: number for status, number in held}  # noqa: C416 - rows are not pairs to mypy
        held_since = await session.scalar(select(func.min(held_record.c.first_at)).where(OPEN))
    return door.answer(
        Flow(
            unpublished=count,
            oldest_unpublished_at=oldest,
            held_back=stuck,
            due=overdue or 0,
            held=by_status,
            oldest_held_at=held_since,
        )
    )


@router.get("/held", response_model=Page[HeldRecord], summary="Records that could not be applied", openapi_extra=OWN)
async def list_held(
    door: Caller,
    status: Annotated[Status | None, Query()] = None,
    limit: Limit = DEFAULT_LIMIT,
    cursor: Cursor = None,
) -> Response:
    door.scope("ops")
    found = select(*COLUMNS).order_by(held_record.c.id).limit(limit)
    if status:
        found = found.where(held_record.c.status == status)
    if cursor:
        found = found.where(held_record.c.id > decode_cursor(cursor, int)[0])
    async with door.reading() as session:
        items = [HeldRecord.model_validate(dict(row)) for row in (await session.execute(found)).mappings()]
    after = encode_cursor(items[-1].id) if len(items) == limit else None
    return door.answer(Page[HeldRecord](items=items, next=after))


@router.post("/held/{record_id}/retry", response_model=HeldRecord, summary="Try a held record again")
async def retry_held(record_id: int, door: Caller, body: Retry | None = None) -> Response:
    """A parked record goes first of its key, and those behind it follow; a quarantined one goes alone."""
    door.scope("ops")

    async def retry(session: AsyncSession) -> UUID | str:
        values = {"status": "waiting", "next_at": door.now}
        reason = body.reason if body else None
        return await _decide(session, record_id, "retry", ["parked", "quarantined"], door, values | {"reason": reason})

    return await door.once(retry, _show)


@router.post("/held/{record_id}/discard", response_model=HeldRecord, summary="Leave a record out, with a reason")
async def discard_held(record_id: int, body: Discard, door: Caller) -> Response:
    """It is never applied; the later records of its key go on in their order."""
    door.scope("ops")

    async def discard(session: AsyncSession) -> UUID | str:
        values = {"status": "discarded", "reason": body.reason}
        return await _decide(session, record_id, "discard", ["waiting", "parked", "quarantined"], door, values)

    return await door.once(discard, _show)


@router.get("/decisions", response_model=Page[Decision], summary="What operators decided", openapi_extra=OWN)
async def list_decisions(door: Caller, limit: Limit = DEFAULT_LIMIT, cursor: Cursor = None) -> Response:
    door.scope("ops")
    found = select(decision).order_by(decision.c.id).limit(limit)
    if cursor:
        found = found.where(decision.c.id > decode_cursor(cursor, int)[0])
    async with door.reading() as session:
        items = [Decision.model_validate(dict(row)) for row in (await session.execute(found)).mappings()]
    after = encode_cursor(items[-1].id) if len(items) == limit else None
    return door.answer(Page[Decision](items=items, next=after))


async def _decide(
    session: AsyncSession, record_id: int, deed: Deed, open_in: list[str], door: Door, values: Mapping[str, object]
) -> str:
    row = (await session.execute(_one(record_id).with_for_update())).first()
    if row is None:
        raise not_found()
    if row.status not in open_in:
        raise conflict("wrong-state", f"The record is {row.status}.")
    by = {"decided_by": door.actor.client_id}
    await session.execute(update(held_record).where(held_record.c.id == record_id).values(by | dict(values)))
    await record_decision(session, deed, str(record_id), door.actor, str(values["reason"] or "") or None, door.now)
    return str(record_id)


def _one(record_id: int) -> Select[Any]:
    return select(*COLUMNS).where(held_record.c.id == record_id)


async def _show(session: AsyncSession, record_id: str) -> HeldRecord:
    return HeldRecord.model_validate(dict((await session.execute(_one(int(record_id)))).mappings().one()))
