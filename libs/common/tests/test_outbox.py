from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from imdi_common.database import Database


async def test_events_of_one_aggregate_are_numbered_without_a_gap(
    session: AsyncSession, announced: Callable[..., Any], things: Any
) -> None:
    first = await things.make(session, "first")
    second = await things.make(session, "second")
    await things.relabel(session, first, "again")
    assert [(key, sequence) for _, _, key, sequence, _ in await announced(session)] == [
        (str(first), 1),
        (str(second), 1),
        (str(first), 2),
    ]


async def test_an_event_carries_the_state_after_it(
    session: AsyncSession, announced: Callable[..., Any], things: Any
) -> None:
    thing = await things.make(session, "first")
    await things.relabel(session, thing, "again")
    topic, kind, _, _, data = (await announced(session))[-1]
    assert (topic, kind, data) == (
        "imdi.sample.things",
        "org.imdi.thing.changed.v1",
        {"thing_id": str(thing), "label": "again"},
    )


async def test_the_same_event_on_a_second_topic_has_the_same_id_and_sequence(
    session: AsyncSession, things: Any
) -> None:
    thing = await things.make(session, "first", also="imdi.sample.public")
    rows = (await session.execute(text("select topic, event_id, sequence from outbox order by position"))).all()
    assert [row.topic for row in rows] == ["imdi.sample.things", "imdi.sample.public"]
    assert len({(row.event_id, row.sequence) for row in rows}) == 1
    kept: Any = await session.get(things.Thing, thing)
    assert kept.event_number == 1


async def test_what_is_rolled_back_was_never_announced(database: Database, things: Any) -> None:
    async def undone(session: AsyncSession) -> None:
        await things.make(session, "never")
        raise RuntimeError("undone")

    with pytest.raises(RuntimeError, match="undone"):
        await database.run(undone)
    async with database.transaction() as session:
        assert await session.scalar(text("select count(*) from outbox")) == 0


async def test_a_commit_that_announced_wakes_the_relay(database: Database, things: Any) -> None:
    woken: list[bool] = []
    database.wake = lambda: woken.append(True)
    async with database.transaction() as session:
        await session.execute(text("select 1"))
    assert not woken
    async with database.transaction() as session:
        await things.make(session, "one")
    assert woken == [True]


async def test_positions_of_a_key_rise_in_the_order_of_its_sequences_under_load(
    database: Database, things: Any
) -> None:
    """16 writers on 5 things: a lower sequence never lies behind a higher one, none is missing or double."""
    chance = random.Random(7)
    async with database.transaction() as session:
        ids: list[UUID] = [await things.make(session, str(number)) for number in range(5)]

    async def write(writer: int) -> None:
        for turn in range(15):
            async with database.transaction() as session:
                await things.relabel(session, chance.choice(ids), f"{writer}-{turn}")

    await asyncio.gather(*(write(writer) for writer in range(16)))
    async with database.transaction() as session:
        rows = (await session.execute(text("select key, sequence from outbox order by position"))).all()
    for thing in ids:
        sequences = [row.sequence for row in rows if row.key == str(thing)]
        assert sequences == list(range(1, len(sequences) + 1))
    assert len(rows) == 5 + 16 * 15
