"""Records that could not be applied: waiting for a copy, parked with their key, or quarantined alone.

A key with a *waiting* or *parked* record is blocked for that reaction: its later records queue behind, in order,
while all other keys flow.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import Row, RowMapping, delete, select, update
from sqlalchemy.dialects.postgresql import distinct_on, insert
from sqlalchemy.ext.asyncio import AsyncSession

from imdi_common.mechanics import held_record

FIRST_PAUSE = timedelta(milliseconds=50)
LONGEST_PAUSE = timedelta(seconds=5)
BLOCKING = ("waiting", "parked")
Status = Literal["waiting", "parked", "quarantined", "replayed", "discarded"]


async def hold(
    session: AsyncSession,
    reaction: str,
    record: Any,
    status: Status,
    error_class: str | None,
    now: datetime,
) -> None:
    """Keep a Kafka record; holding the same one again changes nothing."""
    await session.execute(
        insert(held_record)
        .values(
            status=status,
            reaction=reaction,
            topic=record.topic,
            partition=record.partition,
            offset=record.offset,
            key=(record.key or b"").decode("utf-8", "replace"),
            headers=[[name, value.decode("utf-8", "replace")] for name, value in record.headers],
            value=record.value,
            error_class=error_class,
            attempts=1,
            first_at=now,
            last_at=now,
            next_at=now + FIRST_PAUSE,
        )
        .on_conflict_do_nothing()
    )


async def blocks(session: AsyncSession, reaction: str, topic: str, key: str) -> bool:
    """Whether earlier records of this key are still held."""
    found = select(held_record.c.id).where(
        held_record.c.reaction == reaction,
        held_record.c.topic == topic,
        held_record.c.key == key,
        held_record.c.status.in_(BLOCKING),
    )
    return (await session.execute(found.limit(1))).first() is not None


async def ready_heads(session: AsyncSession, reactions: Sequence[str], now: datetime) -> Sequence[Row[Any]]:
    """The first held record of each blocked key, where it waits and its pause is over."""
    first = (
        select(held_record)
        .where(held_record.c.reaction.in_(reactions), held_record.c.status.in_(BLOCKING))
        .ext(distinct_on(held_record.c.reaction, held_record.c.topic, held_record.c.key))
        .order_by(held_record.c.reaction, held_record.c.topic, held_record.c.key, held_record.c.id)
        .subquery()
    )
    ready = select(first.c.id).where(first.c.status == "waiting", first.c.next_at <= now)
    return (await session.execute(ready.limit(200))).all()


async def take(session: AsyncSession, record_id: int) -> RowMapping | None:
    """Lock one held record for a new try; none where another process has it."""
    found = select(held_record).where(held_record.c.id == record_id, held_record.c.status == "waiting")
    return (await session.execute(found.with_for_update(skip_locked=True))).mappings().first()


async def settle(session: AsyncSession, row: RowMapping) -> None:
    """It is applied: forget it, unless a person had decided on it."""
    mine = held_record.c.id == row["id"]
    if row["decided_by"]:
        await session.execute(update(held_record).where(mine).values(status="replayed"))
    else:
        await session.execute(delete(held_record).where(mine))


async def postpone(session: AsyncSession, row: RowMapping, now: datetime, parked_for: str | None) -> None:
    """It still cannot be applied: wait longer, or, where it failed, park it until a person decides."""
    pause = min(FIRST_PAUSE * 2 ** min(row["attempts"], 10), LONGEST_PAUSE)
    values = {"attempts": row["attempts"] + 1, "last_at": now, "next_at": now + pause}
    if parked_for:
        values |= {"status": "parked", "error_class": parked_for}
    await session.execute(update(held_record).where(held_record.c.id == row["id"]).values(values))
