"""Records that could not be applied: waiting for a copy, parked with their key, or quarantined alone.

A key with a *waiting* or *parked* record is blocked for that reaction: its later records queue behind, in order,
while all other keys flow. Whatever bytes a record is made of, it can be held.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import Row, RowMapping, delete, func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from imdi_common.database import fetched
from imdi_common.mechanics import OPEN, held_record

FIRST_PAUSE = timedelta(milliseconds=50)
LONGEST_PAUSE = timedelta(seconds=5)
AT_MOST = 100_000
"""Open records of one reaction. Beyond, its consumer pauses: records then wait in Kafka, and none is dropped."""
LONGEST_KEY = 200
Status = Literal["waiting", "parked", "quarantined", "replayed", "discarded"]
DECIDED = held_record.c.status.in_(["replayed", "discarded"])
STANDING = """
select exists (select from held_record where reaction = $1 and topic = $2 and partition = $3
                  and "offset" = $4 and status in ('replayed', 'discarded') and key = $5
                  and coalesce(sha256(value), '') = $6) as settled,
       exists (select from held_record where reaction = $1 and topic = $2 and key = $5
                  and status in ('waiting', 'parked')) as blocked
"""
READY_HEADS = text("""
with recursive blocked as (
    select one.* from unnest(cast(:reactions as text[])) as name, lateral (
        select reaction, topic, key from held_record where reaction = name and status in ('waiting', 'parked')
        order by topic, key limit 1) as one
    union all
    select one.* from blocked, lateral (
        select reaction, topic, key from held_record where reaction = blocked.reaction
           and (topic, key) > (blocked.topic, blocked.key) and status in ('waiting', 'parked')
        order by topic, key limit 1) as one)
select head.id from blocked, lateral (
    select id, status, next_at from held_record where reaction = blocked.reaction and topic = blocked.topic
       and key = blocked.key and status in ('waiting', 'parked') order by id limit 1) as head
where head.status = 'waiting' and head.next_at <= :now limit 200
""")
"""Steps from key to key and takes the first record of each, so that a long queue behind one key costs nothing."""


class TooManyHeld(Exception):
    """A reaction holds as much as it may: it pauses until a person has decided on some."""


def shown_key(key: bytes | None) -> str:
    """A record's key as text; one that no key of ours can be is told by its hash, so that no two fall together."""
    raw = key or b""
    try:
        readable = raw.decode()
    except UnicodeDecodeError:
        readable = "\x00"
    if len(readable) <= LONGEST_KEY and readable.isprintable():
        return readable
    return f"unreadable-{hashlib.sha256(raw).hexdigest()[:16]}"


def _header(name: str, value: bytes | None) -> list[Any]:
    """As JSON: text where it is text, for jsonb holds neither NUL nor other bytes."""
    name = name.replace("\x00", "\ufffd")
    try:
        readable = (value or b"").decode()
    except UnicodeDecodeError:
        readable = "\x00"
    if value is None or "\x00" not in readable:
        return [name, None if value is None else readable]
    return [name, {"base64": base64.b64encode(value).decode()}]


def headers_of(row: RowMapping) -> list[tuple[str, bytes | None]]:
    """A held record's headers, as they came."""
    return [(name, _bytes(value)) for name, value in row["headers"]]


def _bytes(value: Any) -> bytes | None:
    if isinstance(value, dict):
        return base64.b64decode(value["base64"])
    return None if value is None else str(value).encode()


async def hold(
    session: AsyncSession,
    reaction: str,
    record: Any,
    status: Status,
    error_class: str | None,
    now: datetime,
) -> None:
    """Keep a Kafka record; holding the same one again changes nothing. ``TooManyHeld`` where there is no room."""
    await _demand_room(session, reaction)
    values = {
        "status": status,
        "key": shown_key(record.key),
        "headers": [_header(name, value) for name, value in record.headers],
        "value": record.value,
        "error_class": error_class,
        "attempts": 1,
        "first_at": now,
        "last_at": now,
        "next_at": now + FIRST_PAUSE,
    }
    lies = {"topic": record.topic, "partition": record.partition, "offset": record.offset}
    row = insert(held_record).values(reaction=reaction, **lies, **values)
    is_other = held_record.c.key.is_distinct_from(row.excluded.key)
    is_other |= held_record.c.value.is_distinct_from(row.excluded.value)
    # A topic that was made anew counts its offsets anew: what was decided of another record says nothing of this one.
    await session.execute(
        row.on_conflict_do_update(
            index_elements=["reaction", "topic", "partition", "offset"],
            set_={name: row.excluded[name] for name in values} | {"decided_by": None, "reason": None},
            where=DECIDED & is_other,
        )
    )


async def _demand_room(session: AsyncSession, reaction: str) -> None:
    counted = select(held_record.c.id).where(held_record.c.reaction == reaction, OPEN).limit(AT_MOST).subquery()
    if (await session.scalar(select(func.count()).select_from(counted)) or 0) >= AT_MOST:
        raise TooManyHeld


async def standing(session: AsyncSession, reaction: str, record: Any) -> tuple[bool, bool]:
    """Whether a person or an earlier try has settled this very record, and whether its key is blocked."""
    digest = hashlib.sha256(record.value).digest() if record.value is not None else b""
    lies = (record.topic, record.partition, record.offset)
    found = await fetched(session, STANDING, reaction, *lies, shown_key(record.key), digest)
    return (bool(found.settled), bool(found.blocked)) if found else (False, False)


async def ready_heads(session: AsyncSession, reactions: Sequence[str], now: datetime) -> Sequence[Row[Any]]:
    """The first held record of each blocked key, where it waits and its pause is over."""
    return (await session.execute(READY_HEADS, {"reactions": list(reactions), "now": now})).all()


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


async def postpone(
    session: AsyncSession, row: RowMapping, now: datetime, failed_for: str | None, then: Status = "parked"
) -> None:
    """It still cannot be applied: wait longer, or, where it failed, leave it until a person decides."""
    pause = min(FIRST_PAUSE * 2 ** min(row["attempts"], 10), LONGEST_PAUSE)
    values = {"attempts": row["attempts"] + 1, "last_at": now, "next_at": now + pause}
    if failed_for:
        values |= {"status": then, "error_class": failed_for}
    mine = (held_record.c.id == row["id"], held_record.c.status == "waiting")
    await session.execute(update(held_record).where(*mine).values(values))
