"""When the database or the broker comes and goes: work waits and goes on, and nothing is lost or done twice."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any

import pytest
from aiokafka import AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.partitioner import DefaultPartitioner
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession
from structlog.testing import capture_logs

from imdi_common.consumer import Consumer
from imdi_common.database import Database
from imdi_common.due import IDEMPOTENCY_KEPT, LONGEST_PAUSE, DueClock, schedule
from imdi_common.election import elected, lock_number
from imdi_common.relay import Relay
from imdi_common.retrying import until_applied
from imdi_contracts.event import Topic
from imdi_local.testing.databases import TestDatabase
from imdi_local.testing.plugin import MORNING, FixedClock


@asynccontextmanager
async def running(*work: Any) -> AsyncIterator[None]:
    tasks = [asyncio.create_task(one) for one in work]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


class Road:
    """A TCP way to a server that can be closed and opened."""

    def __init__(self, port: int) -> None:
        self._to = port
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()
        self.port = 0

    async def open(self) -> None:
        self._server = await asyncio.start_server(self._carry, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    def close(self) -> None:
        assert self._server
        self._server.close()
        for writer in self._writers:
            writer.transport.abort()
        self._writers.clear()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection("127.0.0.1", self._to)
        self._writers |= {writer, back}
        await asyncio.gather(self._pump(reader, back), self._pump(there, writer))

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while data := await reader.read(65536):
                writer.write(data)
        except OSError:
            pass
        finally:
            writer.close()


def by_road(url: str, road: Road) -> str:
    head, _, tail = url.rpartition("@")
    _, _, name = tail.partition("/")
    return f"{head}@127.0.0.1:{road.port}/{name}"


def port_of(url: str) -> int:
    return int(url.rpartition("@")[2].partition("/")[0].rpartition(":")[2])


async def test_work_waits_for_a_database_that_goes_and_comes(
    database: Database, test_database: TestDatabase, things: Any
) -> None:
    road = Road(port_of(test_database.url))
    await road.open()
    way = Database(by_road(test_database.url, road), pool_size=1)
    tries: list[str] = []

    async def work() -> None:
        tries.append("begun")
        async with way.transaction() as session:
            await things.make(session, "once")
            if len(tries) == 1:
                road.close()
            await session.execute(text("select 1"))

    async def reopen() -> None:
        while len(tries) < 2:  # noqa: ASYNC110 - the second try has no event
            await asyncio.sleep(0.01)
        await road.open()

    async with asyncio.timeout(20):
        await asyncio.gather(until_applied(work), reopen())
    assert len(tries) >= 3
    async with database.transaction() as session:
        assert await session.scalar(text("select count(*) from thing")) == 1
    await way.close()
    road.close()


async def test_an_error_of_the_work_itself_goes_up_at_once() -> None:
    tries = 0

    async def work() -> None:
        nonlocal tries
        tries += 1
        raise ValueError

    with pytest.raises(ValueError):  # noqa: PT011 - it is raised three lines above
        await until_applied(work)
    assert tries == 1


async def test_a_consumer_waits_for_a_broker_that_is_not_there_yet(
    kafka_bootstrap: str, topic: Topic, eventually: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("imdi_common.consumer.BACKOFF_S", 0.05)
    handled: list[bytes] = []

    async def handle(_: str, records: list[Any]) -> None:
        handled.extend(record.value for record in records)

    producer = AIOKafkaProducer(bootstrap_servers=kafka_bootstrap)
    await producer.start()
    await producer.send_and_wait(topic.name, b"1", key=b"a")
    await producer.stop()
    road = Road(int(kafka_bootstrap.rpartition(":")[2]))
    await road.open()
    road.close()
    consumer = Consumer(f"g-{topic.name}", [topic.name], f"127.0.0.1:{road.port}", "0", handle)

    async def there() -> bool:
        return bool(handled)

    with capture_logs() as told:
        async with running(consumer.run()):

            async def refused_twice() -> bool:
                return [entry["event"] for entry in told].count("consumer_restarts") >= 2

            await eventually(refused_twice)
            assert not handled
            await road.open()
            await eventually(there)
            assert consumer.assigned
    road.close()
    assert handled == [b"1"]


async def test_a_consumer_of_nothing_ends() -> None:
    async def handle(_: str, __: list[Any]) -> None:
        raise AssertionError("there is nothing to handle")

    await asyncio.wait_for(Consumer("g", [], "127.0.0.1:1", "0", handle).run(), 1)


@asynccontextmanager
async def limit(kafka_bootstrap: str, topic: Topic, size: int) -> AsyncIterator[Callable[[], Any]]:
    """The broker refuses what is larger on this topic, until the function that is given is awaited."""
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka_bootstrap)
    await admin.start()

    async def set_to(bytes_at_most: int) -> None:
        values = {"max.message.bytes": str(bytes_at_most)}
        await admin.alter_configs([ConfigResource(ConfigResourceType.TOPIC, topic.name, configs=values)])

    await set_to(size)
    yield lambda: set_to(1_000_000)
    await admin.close()


async def test_a_record_that_kafka_refuses_is_not_marked_and_the_other_keys_are(
    database: Database,
    test_database: TestDatabase,
    kafka_bootstrap: str,
    topic: Topic,
    things: Any,
    things_on: Any,
    eventually: Callable[..., Any],
) -> None:
    """Its key's later record fits, and still waits behind it; another partition's goes out."""
    async with database.transaction() as session:
        lost = await things.make(session, "0" * 50_000, state=things_on)
        good = await things.make(session, "0", state=things_on)
        while partition_of(good) == partition_of(lost):
            await session.execute(text("delete from outbox where key = :key"), {"key": str(good)})
            good = await things.make(session, "0", state=things_on)
        await things.relabel(session, lost, "1", state=things_on)

    async def unsent(*, expected: int) -> bool:
        async with database.transaction() as session:
            keys = (await session.execute(text("select key from outbox where published_at is null"))).scalars().all()
            return len(keys) == expected and set(keys) <= {str(lost)}

    relay = Relay("sample", test_database.url, kafka_bootstrap)
    async with limit(kafka_bootstrap, topic, 20_000) as lift, running(relay.run()):
        await eventually(lambda: unsent(expected=2))
        await lift()
        await eventually(lambda: unsent(expected=0))
    async with database.transaction() as session:
        rows = await session.execute(text("select key, published_position from outbox order by published_position"))
        assert [tuple(row) for row in rows] == [(str(good), 1), (str(lost), 2), (str(lost), 3)]


def partition_of(key: Any) -> int:
    return int(DefaultPartitioner()(str(key).encode(), [0, 1, 2], [0, 1, 2]))


def test_a_lock_has_a_number_of_64_bits_and_its_own() -> None:
    numbers = [lock_number(f"imdi-{name}-relay") for name in ("registry", "matching", "legislation")]
    assert len(set(numbers)) == 3
    assert all(-(2**63) <= number < 2**63 for number in numbers)


async def test_one_holds_a_name_and_another_name_is_free(test_database: TestDatabase) -> None:
    async with elected(test_database.url, "one"), elected(test_database.url, "two"):
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.3), elected(test_database.url, "one"):
                raise AssertionError("two hold it")
    async with asyncio.timeout(5), elected(test_database.url, "one"):
        pass


class Deeds:
    """What fell due, or fails as it is told."""

    def __init__(self) -> None:
        self.done: list[str] = []
        self.failing = False

    async def __call__(self, session: AsyncSession, subject: str, _: datetime) -> None:
        await session.execute(text("insert into thing (id, label) values (gen_random_uuid(), :s)"), {"s": subject})
        if self.failing:
            raise RuntimeError(subject)
        self.done.append(subject)


async def at_and_attempts(database: Database) -> Any:
    async with database.transaction() as session:
        return tuple((await session.execute(text("select at, attempts from due"))).one())


async def test_of_two_clocks_one_does_what_is_due_and_the_other_takes_over(
    database: Database, test_database: TestDatabase, clock: FixedClock, eventually: Callable[..., Any]
) -> None:
    first, second = Deeds(), Deeds()
    one, other = (DueClock("sample", database, test_database.url, clock, {"x": deeds}) for deeds in (first, second))

    async def fall_due(subject: str, deeds: Deeds) -> None:
        async with database.transaction() as session:
            await schedule(session, "x", subject, MORNING)

        async def done() -> bool:
            return subject in deeds.done

        await eventually(done)

    async with running(other.run()):
        await fall_due("a", second)
        async with running(one.run()):
            await fall_due("b", second)
    async with running(one.run()):
        await fall_due("c", first)
    assert (first.done, second.done) == (["c"], ["a", "b"])


async def test_what_fails_when_due_waits_twice_as_long_each_time_and_leaves_nothing(
    database: Database, test_database: TestDatabase, clock: FixedClock
) -> None:
    deeds = Deeds()
    deeds.failing = True
    due_clock = DueClock("sample", database, test_database.url, clock, {"x": deeds})
    async with database.transaction() as session:
        await schedule(session, "x", "a", MORNING)
    pauses = []
    for attempt in range(1, 15):
        assert await due_clock.tick() == 1
        at, attempts = await at_and_attempts(database)
        assert attempts == attempt
        pauses.append(at - clock.now())
        clock.set(at)
    assert pauses[:4] == [timedelta(seconds=2**n) for n in range(4)]
    assert pauses[-1] == LONGEST_PAUSE
    async with database.transaction() as session:
        assert await session.scalar(text("select count(*) from thing")) == 0
        await schedule(session, "x", "a", clock.now())
    assert await at_and_attempts(database) == (clock.now(), 0)
    deeds.failing = False
    await due_clock.tick()
    assert deeds.done == ["a"]


async def test_what_is_scheduled_anew_while_it_is_done_stays(
    database: Database, test_database: TestDatabase, clock: FixedClock
) -> None:
    async def again(session: AsyncSession, subject: str, now: datetime) -> None:
        await schedule(session, "x", subject, now + timedelta(days=1))

    async with database.transaction() as session:
        await schedule(session, "x", "a", MORNING)
    due_clock = DueClock("sample", database, test_database.url, clock, {"x": again})
    assert [await due_clock.tick(), await due_clock.tick()] == [1, 0]
    assert await at_and_attempts(database) == (MORNING + timedelta(days=1), 0)


async def test_old_commands_are_forgotten_and_young_ones_kept(
    database: Database, test_database: TestDatabase, clock: FixedClock
) -> None:
    insert = text("insert into idempotency values ('c', 'o', :key, '', 200, 'r', :at)")
    async with database.transaction() as session:
        for key, age in (("old", IDEMPOTENCY_KEPT + timedelta(seconds=1)), ("young", IDEMPOTENCY_KEPT)):
            await session.execute(insert, {"key": key, "at": clock.now() - age})
    await DueClock("sample", database, test_database.url, clock, {}).tick()
    async with database.transaction() as session:
        assert (await session.execute(text("select key from idempotency"))).scalars().all() == ["young"]
