from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from aiokafka import AIOKafkaConsumer
from httpx import AsyncClient
from sqlalchemy import text

from imdi_common.database import Database
from imdi_common.election import elected
from imdi_common.envelope import from_record
from imdi_common.outbox import LARGEST
from imdi_common.relay import Relay
from imdi_contracts.event import Topic
from imdi_local.testing.databases import TestDatabase

UNPUBLISHED = "select count(*) from outbox where published_at is null"


@asynccontextmanager
async def running(*relays: Relay) -> AsyncIterator[None]:
    tasks = [asyncio.create_task(relay.run()) for relay in relays]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def read_all(bootstrap: str, topic: Topic, expected: int) -> list[Any]:
    consumer = AIOKafkaConsumer(topic.name, bootstrap_servers=bootstrap, auto_offset_reset="earliest")
    await consumer.start()
    records: list[Any] = []
    async with asyncio.timeout(20):
        while len(records) < expected:
            for batch in (await consumer.getmany(timeout_ms=200)).values():
                records += batch
    await consumer.stop()
    return records


async def sent(database: Database) -> bool:
    async with database.transaction() as session:
        return bool(await session.scalar(text(UNPUBLISHED)) == 0)


async def test_what_is_recorded_is_published_in_order_per_key(
    database: Database,
    test_database: TestDatabase,
    kafka_bootstrap: str,
    topic: Topic,
    things: Any,
    things_on: Any,
    eventually: Callable[..., Any],
) -> None:
    async with database.transaction() as session:
        ids = [await things.make(session, "0", state=things_on) for _ in range(4)]
    for label in range(1, 10):
        async with database.transaction() as session:
            for thing in ids:
                await things.relabel(session, thing, str(label), state=things_on)
    async with running(Relay("sample", test_database.url, kafka_bootstrap)):
        await eventually(lambda: sent(database))
        records = await read_all(kafka_bootstrap, topic, 40)
    for thing in ids:
        events = [from_record(record.headers, record.value) for record in records if record.key == str(thing).encode()]
        assert [event.sequence for event in events] == list(range(1, 11))
        assert [event.data["label"] for event in events] == [str(label) for label in range(10)]
        assert {(event.source, event.subject) for event in events} == {("/imdi/sample", str(thing))}


async def test_published_positions_have_no_gap(
    database: Database,
    test_database: TestDatabase,
    kafka_bootstrap: str,
    topic: Topic,
    things: Any,
    things_on: Any,
    eventually: Callable[..., Any],
) -> None:
    async def burst() -> None:
        async with database.transaction() as session:
            for number in range(7):
                await things.make(session, str(number), state=things_on)

    async with running(Relay("sample", test_database.url, kafka_bootstrap)):
        for _ in range(3):
            await burst()
            await eventually(lambda: sent(database))
    async with database.transaction() as session:
        rows = await session.execute(text("select published_position from outbox order by position"))
        assert [row.published_position for row in rows] == list(range(1, 22))
        assert await session.scalar(text("select last from publication")) == 21


async def test_of_two_relays_one_publishes_and_the_other_takes_over(
    database: Database,
    test_database: TestDatabase,
    kafka_bootstrap: str,
    topic: Topic,
    things: Any,
    things_on: Any,
    eventually: Callable[..., Any],
) -> None:
    first, second = (Relay("sample", test_database.url, kafka_bootstrap) for _ in range(2))
    async with running(second):
        async with running(first):
            async with database.transaction() as session:
                await things.make(session, "one", state=things_on)
            await eventually(lambda: sent(database))
        async with database.transaction() as session:
            await things.make(session, "two", state=things_on)
        await eventually(lambda: sent(database))
    records = await read_all(kafka_bootstrap, topic, 2)
    assert len({from_record(record.headers, record.value).event_id for record in records}) == 2


async def test_without_a_broker_nothing_is_marked_and_nothing_is_lost(
    database: Database,
    test_database: TestDatabase,
    kafka_bootstrap: str,
    topic: Topic,
    things: Any,
    things_on: Any,
    eventually: Callable[..., Any],
) -> None:
    async with database.transaction() as session:
        await things.make(session, "waits", state=things_on)
    stranded = Relay("sample", test_database.url, "127.0.0.1:1")

    async def noticed() -> bool:
        return not stranded.healthy

    async with running(stranded):
        await eventually(noticed)
        assert not await sent(database)
    async with running(Relay("sample", test_database.url, kafka_bootstrap)):
        await eventually(lambda: sent(database))


async def test_an_event_that_no_broker_takes_holds_back_its_key_and_no_other(
    database: Database,
    test_database: TestDatabase,
    kafka_bootstrap: str,
    topic: Topic,
    things: Any,
    things_on: Any,
    eventually: Callable[..., Any],
    client: AsyncClient,
    token: Callable[..., dict[str, str]],
) -> None:
    async with database.transaction() as session:
        large = await things.make(session, "first", state=things_on)
        await things.relabel(session, large, "é" * (LARGEST // 2), state=things_on)
        await things.relabel(session, large, "behind", state=things_on)
        others = [await things.make(session, "other", state=things_on) for _ in range(3)]

    async def only_it_waits() -> bool:
        async with database.transaction() as session:
            return bool(await session.scalar(text(UNPUBLISHED)) == 2)

    async with running(Relay("sample", test_database.url, kafka_bootstrap)):
        await eventually(only_it_waits)
        records = await read_all(kafka_bootstrap, topic, 4)
    assert sorted(record.key.decode() for record in records) == sorted(map(str, [large, *others]))
    flow = (await client.get("/ops/flow", headers=token("ops"))).json()
    assert (flow["held_back"], flow["unpublished"]) == ([{"topic": topic.name, "key": str(large)}], 2)
    assert "imdi_outbox_held_back_keys 1.0" in (await client.get("/metrics")).text


async def test_a_holder_that_is_cut_off_can_write_nothing_more(test_database: TestDatabase) -> None:
    async with elected(test_database.url, "sample-holder") as connection:
        number = await connection.fetchval("select pg_backend_pid()")
        async with test_database.database.transaction() as session:
            await session.execute(text("select pg_terminate_backend(:pid)"), {"pid": number})
        async with elected(test_database.url, "sample-holder") as successor:
            assert await successor.fetchval("select 1") == 1
            assert connection.is_closed()
