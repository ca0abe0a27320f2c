"""Deliveries doubled, shuffled, old, and a group that has lost its offsets: on a real topic, nothing comes of them.

And poison among them keeps nobody waiting.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

import pytest
import pytest_asyncio
from aiokafka import AIOKafkaProducer
from aiokafka.record.util import calc_crc32c
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from imdi_common.clock import Clock
from imdi_common.consumer import Consumer
from imdi_common.database import Database
from imdi_common.policing import Policing
from imdi_common.projecting import Projector
from imdi_common.reactions import Policy, Projection, Received
from imdi_common.whole_topic import WholeTopic
from imdi_contracts.event import Topic

NEWER = text("""insert into copy_of_thing values (:id, :label, :sequence) on conflict (id) do update
    set label = excluded.label, sequence = excluded.sequence where copy_of_thing.sequence < excluded.sequence""")
DUMP = "select md5(string_agg(row::text, '|' order by row::text)) from {table} as row"
POISON = [b"\xff\xfe", b"{", b"", b"null", b"[" * 200_000, b'{"thing_id": 1}', b'"' + b"x" * 900_000 + b'"']


async def keep(session: AsyncSession, received: list[Received[Any]]) -> None:
    for one in received:
        await session.execute(NEWER, {"id": one.key, "label": one.state.label, "sequence": one.sequence})


async def act(session: AsyncSession, received: Received[Any], _: datetime) -> None:
    done = {"label": f"{received.key} {received.sequence}"}
    await session.execute(text("insert into thing (id, label) values (gen_random_uuid(), :label)"), done)


@pytest_asyncio.fixture(autouse=True)
async def copy(test_database: Any) -> AsyncIterator[None]:
    owner = Database(test_database.owner_url, pool_size=1)
    async with owner.transaction() as session:
        await session.execute(text("create table copy_of_thing (id text primary key, label text, sequence bigint)"))
    yield
    async with owner.transaction() as session:
        await session.execute(text("drop table copy_of_thing"))
    await owner.close()


@pytest_asyncio.fixture
async def producer(kafka_bootstrap: str) -> AsyncIterator[AIOKafkaProducer]:
    made = AIOKafkaProducer(bootstrap_servers=kafka_bootstrap)
    await made.start()
    yield made
    await made.stop()


class Reader:
    """The sample's projection and policy on one topic, in groups of a name."""

    def __init__(self, topic: Topic, state: Any, database: Database, kafka: str) -> None:
        self.topic, self.database, self.kafka = topic, database, kafka
        self.projector = Projector([Projection(topic, state, keep)], database, Clock())
        self.policing = Policing([Policy("act", topic, state, act)], database, Clock())

    @asynccontextmanager
    async def running(self, group: str) -> AsyncIterator[None]:
        reactions: list[Projector | Policing] = [self.projector, self.policing]
        tasks = [
            asyncio.create_task(self._consumer(f"{group}-{number}", reaction).run())
            for number, reaction in enumerate(reactions)
        ]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    def _consumer(self, group: str, reaction: Projector | Policing) -> Consumer:
        name, topics = f"{self.topic.name}-{group}", [self.topic.name]
        return Consumer(name, topics, self.kafka, "0", reaction.handle, reaction.retry_waiting)

    async def value(self, statement: str) -> Any:
        async with self.database.transaction() as session:
            return await session.scalar(text(statement))

    async def dump(self) -> tuple[str, ...]:
        return tuple([str(await self.value(DUMP.format(table=table))) for table in ("copy_of_thing", "seen", "thing")])


@pytest.fixture
def reader(topic: Topic, things_on: Any, database: Database, kafka_bootstrap: str) -> Reader:
    return Reader(topic, things_on, database, kafka_bootstrap)


async def send(producer: AIOKafkaProducer, topic: Topic, records: list[Any]) -> None:
    for record in records:
        await producer.send(topic.name, record.value, record.key, headers=record.headers)
    await producer.flush()


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_whatever_comes_again_in_whatever_order_changes_nothing(
    seed: int, reader: Reader, topic: Topic, producer: AIOKafkaProducer, feed: Any, eventually: Callable[..., Any]
) -> None:
    chance = random.Random(seed)
    heights = {f"thing-{n}": chance.randrange(1, 9) for n in range(40)}
    history = [feed.record(key, n, f"{key}-{n}") for key, height in heights.items() for n in range(1, height + 1)]
    ends = [feed.record(f"end-{number}", 1) for number in range(30)]

    async def arrived(number: int) -> bool:
        there = "select count(*) from {} where {} like 'end-%'"
        kept = await reader.value(there.format("copy_of_thing", "id"))
        return bool(kept == number == await reader.value(there.format("thing", "label")))

    await send(producer, topic, history + ends[:15])
    async with reader.running("first"):
        await eventually(lambda: arrived(15), 60)
    assert await reader.value("select count(*) from thing") == len(history) + 15
    before = await reader.dump()
    await send(producer, topic, chance.sample(history * 3, len(history) * 3))
    async with reader.running("first"), reader.running(f"another-that-lost-its-offsets-{seed}"):
        await send(producer, topic, ends[15:])
        await eventually(lambda: arrived(30), 60)
    clean = "delete from {} where {} = any(array(select 'end-' || n || :s from generate_series(15, 29) as n))"
    async with reader.database.transaction() as session:
        for table, column, suffix in (("copy_of_thing", "id", ""), ("seen", "key", ""), ("thing", "label", " 1")):
            await session.execute(text(clean.format(table, column)), {"s": suffix})
    assert await reader.dump() == before
    assert await reader.value("select count(*) from held_record") == 0


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_what_first_comes_shuffled_and_doubled_ends_as_if_it_had_come_in_order(
    seed: int, reader: Reader, topic: Topic, producer: AIOKafkaProducer, feed: Any, eventually: Callable[..., Any]
) -> None:
    chance = random.Random(seed)
    heights = {f"thing-{n}": chance.randrange(1, 9) for n in range(40)}
    history = [feed.record(key, n, f"{key}-{n}") for key, height in heights.items() for n in range(1, height + 1)]
    await send(producer, topic, chance.sample(history * 2, len(history) * 2))

    async def all_there() -> bool:
        top = "select coalesce(sum(sequence), 0) from {}"
        goal = sum(heights.values())
        kept, seen = [await reader.value(top.format(table)) for table in ("copy_of_thing", "seen")]
        return bool(goal == kept == seen)

    async with reader.running("first"):
        await eventually(all_there, 60)
    async with reader.database.transaction() as session:
        copy = {row.id: (row.label, row.sequence) for row in await session.execute(text("select * from copy_of_thing"))}
    assert copy == {key: (f"{key}-{height}", height) for key, height in heights.items()}
    assert await reader.value("select count(*) - count(distinct label) from thing") == 0


async def delays(reader: Reader, topic: Topic, producer: AIOKafkaProducer, feed: Any, name: str, *, bad: bool) -> float:
    """The 95th percentile of seconds from sending to acting, of 120 keys one after another."""
    chance, taken = random.Random(name), []
    for number in range(120):
        if bad:
            record = feed.record(f"poison-{number % 5}", number + 1, value=chance.choice(POISON))
            await producer.send(topic.name, record.value, record.key, headers=record.headers)
        good = feed.record(f"{name}-{number}", 1)
        began = time.perf_counter()
        await producer.send_and_wait(topic.name, good.value, good.key, headers=good.headers)
        acted = f"select exists (select from thing where label = '{name}-{number} 1')"
        kept = f"select exists (select from copy_of_thing where id = '{name}-{number}')"
        while not (await reader.value(acted) and await reader.value(kept)):
            await asyncio.sleep(0.002)
            assert time.perf_counter() - began < 20, "it never came"
        taken.append(time.perf_counter() - began)
    return sorted(taken)[int(len(taken) * 0.95)]


async def test_poison_does_not_delay_the_other_keys(
    reader: Reader, topic: Topic, producer: AIOKafkaProducer, feed: Any
) -> None:
    """One bad record, up to a megabyte, with each good one; measured in turns, on the same machine in the same run."""
    async with reader.running("g"):
        await delays(reader, topic, producer, feed, "warm", bad=False)
        alone, among = [], []
        for turn in range(2):
            alone.append(await delays(reader, topic, producer, feed, f"alone-{turn}", bad=False))
            among.append(await delays(reader, topic, producer, feed, f"among-{turn}", bad=True))
    assert min(among) <= 3 * min(alone) + 0.05, (alone, among)
    assert await reader.value("select count(distinct key) from held_record") == 5
    assert await reader.value("select count(*) from held_record where status = 'quarantined'") == 240


async def undecodable(producer: AIOKafkaProducer, topic: Topic) -> None:
    """A record whose header's name is no UTF-8: other clients can send it, and ours cannot decode it."""
    batch = producer.create_batch()
    batch.append(key=b"k", value=b"v", timestamp=None, headers=[("ZZZZ", b"1")])
    batch.close()
    whole = bytes(batch._build()).replace(b"ZZZZ", b"\xff\xfe\xff\xfe")
    batch._buffer = bytearray(whole[:17] + calc_crc32c(whole[21:]).to_bytes(4) + whole[21:])
    await (await producer.send_batch(batch, topic.name, partition=0))


async def test_a_record_that_the_client_cannot_decode_is_passed_and_held(
    reader: Reader, topic: Topic, producer: AIOKafkaProducer, feed: Any, eventually: Callable[..., Any]
) -> None:
    good = [feed.record(f"good-{number}", 1) for number in range(20)]
    await send(producer, topic, good[:10])
    for _ in range(2):
        await undecodable(producer, topic)
    await send(producer, topic, good[10:])

    async def all_good() -> Any:
        acted, kept = [await reader.value(f"select count(*) from {table}") for table in ("thing", "copy_of_thing")]
        return bool(acted == kept == 20) and await reader.value("select count(*) from held_record") == 4

    async with reader.running("g"):
        await eventually(all_good, 60)
    held = "select string_agg(distinct concat_ws(' ', status, error_class), ', ') from held_record where value is null"
    assert await reader.value(held) == "parked MalformedEvent, quarantined MalformedEvent, waiting"
    async with WholeTopic.opened(topic.name, reader.kafka) as whole:
        read = [record async for records in whole.to_its_end() for record in records]
    assert len({(record.partition, record.offset) for record in read}) == len(read) == 22
