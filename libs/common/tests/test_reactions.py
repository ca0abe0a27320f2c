"""Projections and policies, fed with records as Kafka gives them, on the real database."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from aiokafka import AIOKafkaProducer
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from imdi_common.consumer import Consumer
from imdi_common.database import Database
from imdi_common.policing import Policing
from imdi_common.problems import conflict
from imdi_common.projecting import Projector
from imdi_common.reactions import NotYet, Policy, Projection, Received
from imdi_contracts.event import Topic
from imdi_local.testing.plugin import FixedClock

TOPIC = Topic("imdi.sample.things", key="thing")


@pytest.fixture
def policing(deeds: Any, database: Database, clock: FixedClock, things: Any) -> Policing:
    return Policing([Policy("act", TOPIC, things.State, deeds.react)], database, clock)


async def held(database: Database) -> list[tuple[str, str, str | None]]:
    async with database.transaction() as session:
        rows = await session.execute(text("select key, status, error_class from held_record order by id"))
        return [(row.key, row.status, row.error_class) for row in rows]


async def test_a_policy_acts_once_on_each_event_however_often_it_comes(
    policing: Policing, deeds: Any, feed: Any
) -> None:
    records = [feed.record("a", 1), feed.record("b", 1), feed.record("a", 2)]
    for _ in range(3):
        await policing.handle(TOPIC.name, records)
    assert deeds.done == [("a", 1), ("b", 1), ("a", 2)]


async def test_an_older_event_that_comes_late_is_not_acted_on(policing: Policing, deeds: Any, feed: Any) -> None:
    await policing.handle(TOPIC.name, [feed.record("a", 3), feed.record("a", 1)])
    assert deeds.done == [("a", 3)]


async def test_what_is_not_yet_there_is_waited_for_in_the_order_of_its_key(
    policing: Policing, deeds: Any, feed: Any, database: Database, clock: FixedClock
) -> None:
    deeds.fails["early"] = NotYet()
    await policing.handle(TOPIC.name, [feed.record("a", 1, "early"), feed.record("a", 2), feed.record("b", 1)])
    assert deeds.done == [("b", 1)]
    assert await held(database) == [("a", "waiting", None), ("a", "waiting", None)]
    clock.advance(timedelta(seconds=10))
    await policing.retry_waiting()
    assert deeds.done == [("b", 1)]
    deeds.fails.clear()
    for _ in range(2):
        clock.advance(timedelta(seconds=10))
        await policing.retry_waiting()
    assert deeds.done == [("b", 1), ("a", 1), ("a", 2)]
    assert await held(database) == []


async def test_a_key_that_fails_is_parked_with_all_behind_it_and_the_others_flow(
    policing: Policing, deeds: Any, feed: Any, database: Database, clock: FixedClock
) -> None:
    deeds.fails["bad"] = conflict("wrong-state", "told to")
    await policing.handle(TOPIC.name, [feed.record("a", 1, "bad"), feed.record("a", 2), feed.record("b", 1)])
    assert await held(database) == [("a", "parked", "Problem:wrong-state"), ("a", "waiting", None)]
    clock.advance(timedelta(hours=1))
    await policing.retry_waiting()
    assert deeds.done == [("b", 1)]


async def test_a_parked_record_that_a_person_releases_is_applied_and_kept_as_replayed(
    policing: Policing, deeds: Any, feed: Any, database: Database, clock: FixedClock
) -> None:
    deeds.fails["bad"] = RuntimeError()
    await policing.handle(TOPIC.name, [feed.record("a", 1, "bad"), feed.record("a", 2)])
    deeds.fails.clear()
    async with database.transaction() as session:
        await session.execute(
            text("update held_record set status = 'waiting', decided_by = 'ops' where error_class <> ''")
        )
    for _ in range(2):
        clock.advance(timedelta(seconds=10))
        await policing.retry_waiting()
    assert deeds.done == [("a", 1), ("a", 2)]
    assert await held(database) == [("a", "replayed", "RuntimeError")]


async def test_what_failed_left_nothing_behind(policing: Policing, deeds: Any, feed: Any, database: Database) -> None:
    deeds.fails["bad"] = RuntimeError()
    await policing.handle(TOPIC.name, [feed.record("a", 1, "bad")])
    async with database.transaction() as session:
        assert await session.scalar(text("select count(*) from thing")) == 0
        assert await session.scalar(text("select count(*) from seen")) == 0


BAD = [
    pytest.param({"value": b"\xff\xfe"}, id="undecodable bytes"),
    pytest.param({"value": b'{"thing_id": 1}'}, id="wrong schema"),
    pytest.param({"value": None}, id="no value"),
    pytest.param({"headers": [("ce_type", b"org.imdi.thing.changed.v2")]}, id="no CloudEvent"),
    pytest.param({"value": b"[" * 200_000}, id="deep"),
]


@pytest.mark.parametrize("changed", BAD)
async def test_a_record_that_cannot_be_read_parks_its_key_for_a_policy(
    changed: dict[str, Any], policing: Policing, deeds: Any, feed: Any, database: Database
) -> None:
    await policing.handle(TOPIC.name, [feed.record("a", 1, **changed), feed.record("b", 1)])
    assert deeds.done == [("b", 1)]
    assert await held(database) == [("a", "parked", "MalformedEvent")]


@pytest.mark.parametrize("changed", BAD)
async def test_a_record_that_cannot_be_read_is_quarantined_by_a_projection_and_the_key_goes_on(
    changed: dict[str, Any], feed: Any, database: Database, clock: FixedClock, things: Any
) -> None:
    kept: list[tuple[str, int]] = []

    async def keep_things(session: AsyncSession, received: list[Received[Any]]) -> None:
        kept.extend((one.key, one.sequence) for one in received)

    projector = Projector([Projection(TOPIC, things.State, keep_things)], database, clock)
    await projector.handle(TOPIC.name, [feed.record("a", 1), feed.record("a", 2, **changed), feed.record("a", 3)])
    assert kept == [("a", 3)]
    assert await held(database) == [("a", "quarantined", "MalformedEvent")]


async def test_a_projection_gets_only_the_newest_of_each_key(
    feed: Any, database: Database, clock: FixedClock, things: Any
) -> None:
    kept: list[tuple[str, int]] = []

    async def keep_things(session: AsyncSession, received: list[Received[Any]]) -> None:
        kept.extend((one.key, one.sequence) for one in received)

    projector = Projector([Projection(TOPIC, things.State, keep_things)], database, clock)
    await projector.handle(
        TOPIC.name, [feed.record("a", 1), feed.record("b", 4), feed.record("a", 2), feed.record("b", 3)]
    )
    assert sorted(kept) == [("a", 2), ("b", 4)]


async def test_the_loop_applies_what_kafka_holds_and_goes_on_where_it_stopped(
    kafka_bootstrap: str, topic: Topic, eventually: Callable[..., Any]
) -> None:
    """Two consumers one after the other in one group: each record is handled, none again after its commit."""
    handled: list[bytes] = []

    async def handle(_: str, records: list[Any]) -> None:
        handled.extend(record.value for record in records)

    async def produce(*values: bytes) -> None:
        producer = AIOKafkaProducer(bootstrap_servers=kafka_bootstrap)
        await producer.start()
        for value in values:
            await producer.send_and_wait(topic.name, value, key=value)
        await producer.stop()

    async def consume(expected: int) -> None:
        task = asyncio.create_task(Consumer(f"g-{topic.name}", [topic.name], kafka_bootstrap, "0", handle).run())

        async def all_there() -> bool:
            return len(handled) >= expected

        await eventually(all_there)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    await produce(b"1", b"2", b"3")
    await consume(3)
    await produce(b"4", b"5")
    await consume(5)
    assert sorted(handled) == [b"1", b"2", b"3", b"4", b"5"]


async def test_a_record_does_not_wait_behind_the_backlog_of_other_partitions(
    kafka_bootstrap: str, topic: Topic
) -> None:
    backlog, late = 4_000, b"late"
    handled: list[bytes] = []

    async def handle(_: str, records: list[Any]) -> None:
        if not handled:
            await producer.send_and_wait(topic.name, late, partition=2)
        await producer.client.fetch_all_metadata()  # work that takes a round trip, as work does
        handled.extend(record.value for record in records)
        if len(handled) == backlog + 1:
            consumer.leave()

    consumer = Consumer(f"g-{topic.name}", [topic.name], kafka_bootstrap, "0", handle)
    async with AIOKafkaProducer(bootstrap_servers=kafka_bootstrap) as producer, asyncio.timeout(30):
        for number in range(backlog):
            await producer.send(topic.name, b"x" * 200, partition=number % 2)
        await producer.flush()
        await consumer.run()
    assert handled.index(late) < backlog / 2
