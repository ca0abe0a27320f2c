"""Announcing an event: it is recorded in the transaction of the change itself, and sent by the relay."""

from __future__ import annotations

from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Integer, Text, TextClause, Uuid, bindparam, inspect, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapper
from sqlalchemy.orm.attributes import set_committed_value

from imdi_common.database import ANNOUNCED, Announcing
from imdi_common.ids import uuid7
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
    keys = mapper.primary_key_from_instance(aggregate)
    values = {
        "step": step,
        "event_id": event_id,
        "topic": topic.name,
        "key": event.subject,
        "type": event.type(),
        "body": event.model_dump_json(),
        "traceparent": traceparent(),
    }
    row = await session.execute(_statement(mapper), values | {f"id{index}": key for index, key in enumerate(keys)})
    return int(row.scalar_one())


@cache
def _statement(mapper: Mapper[Any]) -> TextClause:
    """One round trip: raise the aggregate's event number, which locks its row, and record the event under it.

    It is a text, made once per table: building it anew for each event would cost more than running it.
    """
    table = str(mapper.local_table)
    own = " and ".join(f'"{column.name}" = :id{index}' for index, column in enumerate(mapper.primary_key))
    types = {f"id{index}": column.type for index, column in enumerate(mapper.primary_key)}
    statement = text(
        f"""
        with number as (
            update "{table}" set event_number = event_number + :step where {own} returning event_number)
        insert into outbox (event_id, topic, key, sequence, type, body, traceparent, recorded_at)
        select :event_id, :topic, :key, event_number, :type, :body, :traceparent, clock_timestamp() from number
        returning sequence
        """  # noqa: S608 - names of our own tables and columns
    )
    texts = dict.fromkeys(("topic", "key", "type", "body", "traceparent"), Text)
    given = types | texts | {"step": Integer, "event_id": Uuid}
    return statement.bindparams(*(bindparam(name, type_=kind) for name, kind in given.items()))
