"""Announcing an event: it is recorded in the transaction of the change itself, and sent by the relay."""

from __future__ import annotations

from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import func, inspect, select, text
from sqlalchemy.exc import NoResultFound
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapper
from sqlalchemy.orm.attributes import set_committed_value

from imdi_common.database import ANNOUNCED, Announcing, fetched
from imdi_common.ids import uuid7
from imdi_common.mechanics import outbox
from imdi_common.telemetry import traceparent
from imdi_contracts.event import Event, Topic

SHOWN = 100
"""Keys held back that are told of."""
FIRST_KEY = 8
"""The number of the first parameter that is part of the aggregate's key."""
FORGET = """
with oldest as (select position, published_at from outbox order by position limit 100),
     gone as (delete from outbox using oldest where outbox.position = oldest.position
              and oldest.published_at < clock_timestamp() - interval '366 days' returning published_position)
update publication set forgotten = greatest(forgotten, (select max(published_position) from gone))
where exists (select from gone)
"""
LARGEST = 1_000_000
"""Bytes of an event's body that a broker takes as it is delivered (``message.max.bytes`` is 1 MiB, headers and all)."""
CHANNEL = "imdi_outbox"
"""Where a commit that announced something wakes the relay (``NOTIFY``)."""


async def announce(
    session: AsyncSession, aggregate: Announcing, event: Event, *, also: tuple[Topic, Event] | None = None
) -> int:
    """Record ``event`` as the aggregate's next one, and return its sequence: 1, 2, 3 … with no gap.

    The aggregate's row is locked by raising its event number *before* the outbox row takes its position, so
    positions of one aggregate rise in the order of its commits. ``also`` records the same event (id, sequence)
    on a second topic, in a form of its own.
    """
    await session.flush()
    event_id = uuid7()
    copies = [(event.topic, event), *([also] if also else [])]
    for index, (topic, body) in enumerate(copies):
        sequence = await _record(session, aggregate, event_id, topic, body, step=1 if index == 0 else 0)
    session.info[ANNOUNCED] = True
    set_committed_value(aggregate, "event_number", sequence)
    return sequence


async def _record(
    session: AsyncSession, aggregate: Announcing, event_id: UUID, topic: Topic, event: Event, *, step: int
) -> int:
    mapper = inspect(type(aggregate))
    keys = mapper.primary_key_from_instance(aggregate)
    values = (event_id, topic.name, event.subject, event.type(), event.model_dump_json(), traceparent(), step)
    row = await fetched(session, _statement(mapper), *values, *keys)
    if row is None:
        raise NoResultFound
    return int(row[0])


@cache
def _statement(mapper: Mapper[Any]) -> str:
    """One round trip: raise the aggregate's event number, which locks its row, and record the event under it.

    It is the driver's own text, made once per table: compiling it anew for each event would cost more than running it.
    """
    own = " and ".join(f'"{column.name}" = ${index}' for index, column in enumerate(mapper.primary_key, FIRST_KEY))
    return f"""
        with number as (
            update "{mapper.local_table}" set event_number = event_number + $7::int where {own} returning event_number)
        insert into outbox (event_id, topic, key, sequence, type, body, traceparent, recorded_at)
        select $1::uuid, $2, $3, event_number, $4, $5, $6, clock_timestamp() from number
        returning sequence
        """  # noqa: S608 - names of our own tables and columns


async def held_back(session: AsyncSession) -> list[tuple[str, str]]:
    """Topic and key of what cannot leave: an event is too large for any broker, and those behind it wait in order."""
    too_large = select(outbox.c.topic, outbox.c.key).where(
        outbox.c.published_at.is_(None), func.octet_length(outbox.c.body) > LARGEST
    )
    return [(row.topic, row.key) for row in await session.execute(too_large.distinct().limit(SHOWN))]


async def forget_old(session: AsyncSession) -> None:
    """Delete a few of the events published more than a year ago, by the database's own clock, as their marks are.

    Who follows them by an older cursor is told so (``imdi_common.feed``); Kafka keeps them as each topic says.
    """
    await session.execute(text(FORGET))
