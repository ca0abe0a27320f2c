"""Announcing an event: it is recorded in the transaction of the change itself, and sent by the relay."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import BigInteger, Text, Uuid, func, inspect, literal, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm.attributes import set_committed_value

from imdi_common.database import ANNOUNCED, Announcing
from imdi_common.ids import uuid7
from imdi_common.mechanics import outbox
from imdi_common.telemetry import traceparent
from imdi_contracts.event import Event, Topic

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
    table, keys = mapper.local_table, mapper.primary_key_from_instance(aggregate)
    own = [column == key for column, key in zip(mapper.primary_key, keys, strict=True)]
    number = (
        update(table)
        .where(*own)
        .values(event_number=table.c.event_number + step)
        .returning(table.c.event_number)
        .cte("number")
    )
    row = {
        "event_id": literal(event_id, Uuid),
        "topic": literal(topic.name, Text),
        "key": literal(event.subject, Text),
        "sequence": number.c.event_number.cast(BigInteger),
        "type": literal(event.type(), Text),
        "body": literal(event.model_dump_json(), Text),
        "traceparent": literal(traceparent(), Text),
        "recorded_at": func.clock_timestamp(),
    }
    statement = outbox.insert().from_select(list(row), select(*row.values())).returning(outbox.c.sequence)
    return int((await session.execute(statement)).scalar_one())
