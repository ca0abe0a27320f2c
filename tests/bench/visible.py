"""``commit_visible`` and ``commit_visible_load``: from the writer's commit to the reader's, in another process.

The floor is the bare round trip: from before a send to when a bare consumer in another process has the record.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import asyncpg
from aiokafka import AIOKafkaProducer
from tests.bench.figures import Ratio, quantile
from tests.bench.ground import Ground
from tests.bench.sample import TOPIC, ThingState, make_thing
from tests.bench.sizes import LABEL, Sizes

from imdi_common.ids import uuid7

SELDOM, OFTEN = 20, 1_000
"""Events a second."""
WARM_UP = 20
CONNECTIONS = 16
FLOOR = "visible-floor"
RECORD = """
with made as (insert into thing (id, label, event_number) values ($1, $3, 1))
insert into outbox (event_id, topic, key, sequence, type, body, recorded_at)
values (gen_random_uuid(), $2, $1::text, 1, $4, $5, clock_timestamp())
"""
"""A change and its event in one commit and one round trip: at a thousand a second the writer must not be what is
measured."""
Write = Callable[[UUID], Coroutine[Any, Any, float]]
"""Writes one, and returns when its way began."""


class Seen:
    """When the other process saw each; nothing may be seen twice."""

    def __init__(self) -> None:
        self.at: dict[str, float] = {}
        self.lines = 0

    async def note(self, stream: asyncio.StreamReader) -> None:
        async for line in stream:
            key, moment = line.decode().split()
            self.at[key] = float(moment)
            self.lines += 1


@asynccontextmanager
async def reading(ground: Ground, kind: str, topic: str) -> AsyncIterator[Seen]:
    async with ground.beside("reader", kind, ground.reader_url, ground.kafka, topic) as printed:
        seen = Seen()
        task = asyncio.create_task(seen.note(printed))
        try:
            yield seen
        finally:
            task.cancel()


async def commit_visible(ground: Ground, sizes: Sizes) -> list[tuple[Ratio, dict[str, int]]]:
    async def write(thing_id: UUID) -> float:
        async with ground.writer.transaction() as session:
            await make_thing(session, LABEL, thing_id=thing_id)
        return time.monotonic()

    rounds = [
        (await _floor(ground, SELDOM, sizes.events), await _ours(ground, write, SELDOM, sizes.events))
        for _ in range(sizes.rounds)
    ]
    told = {"events": sizes.events, "rounds": sizes.rounds, "per_second": SELDOM}
    return [
        (_ratio("commit_visible_p50", rounds, 0.5, must=8, goal=3), told),
        (_ratio("commit_visible_p99", rounds, 0.99, must=8, goal=3), told),
    ]


async def commit_visible_load(ground: Ground, sizes: Sizes) -> list[tuple[Ratio, dict[str, int]]]:
    dsn = ground.writer_url.replace("+asyncpg", "")
    rounds = []
    async with asyncpg.create_pool(dsn, min_size=CONNECTIONS, max_size=CONNECTIONS) as pool:

        async def write(thing_id: UUID) -> float:
            body = ThingState(thing_id=str(thing_id), label=LABEL).model_dump_json()
            await pool.execute(RECORD, thing_id, TOPIC.name, LABEL, ThingState.type(), body)
            ground.writer.wake()
            return time.monotonic()

        for _ in range(sizes.rounds):
            floor = await _floor(ground, OFTEN, sizes.loaded)
            rounds.append((floor, await _ours(ground, write, OFTEN, sizes.loaded)))
    told = {"events": sizes.loaded, "rounds": sizes.rounds, "per_second": OFTEN}
    return [(_ratio("commit_visible_load_p99", rounds, 0.99, must=8, goal=4), told)]


def _ratio(name: str, rounds: list[tuple[list[float], list[float]]], share: float, must: float, goal: float) -> Ratio:
    floor, ours = ([quantile(one[side], share) for one in rounds] for side in (0, 1))
    return Ratio(name, must, goal, ours, floor, "ms")


async def _ours(ground: Ground, write: Write, rate: int, events: int) -> list[float]:
    """Milliseconds from our commit to the copy's."""
    await ground.topic("things")
    async with ground.relaying(), reading(ground, "ours", TOPIC.name) as seen:
        return await _paced(write, seen, rate, events)


async def _floor(ground: Ground, rate: int, events: int) -> list[float]:
    """Milliseconds from before a bare send to its arrival."""
    topic = await ground.topic(FLOOR)
    producer = AIOKafkaProducer(bootstrap_servers=ground.kafka, acks="all")
    await producer.start()

    async def write(thing_id: UUID) -> float:
        moment = time.monotonic()
        await producer.send(topic, LABEL.encode(), str(thing_id).encode())
        return moment

    try:
        async with reading(ground, "floor", topic) as seen:
            return await _paced(write, seen, rate, events)
    finally:
        await producer.stop()


async def _paced(write: Write, seen: Seen, rate: int, events: int) -> list[float]:
    """Write at the rate, whatever becomes of it; then tell how long each took. The first ones only warm up."""
    written = await _until_read(write, seen)
    warm = WARM_UP * rate // SELDOM if events > WARM_UP else 0
    ids = [uuid7() for _ in range(warm + events)]
    start = time.monotonic()
    writing = []
    for number, thing_id in enumerate(ids):
        await asyncio.sleep(max(0.0, start + number / rate - time.monotonic()))
        writing.append(asyncio.create_task(write(thing_id)))
    began = await asyncio.gather(*writing)
    async with asyncio.timeout(60):
        while not seen.at.keys() >= {str(one) for one in ids}:  # noqa: ASYNC110 - the other process tells by its output
            await asyncio.sleep(0.05)
    assert seen.lines == len(seen.at), "seen twice"
    assert len(seen.at) <= written + len(ids)
    return [(seen.at[str(one)] - moment) * 1000 for one, moment in zip(ids[warm:], began[warm:], strict=True)]


async def _until_read(write: Write, seen: Seen) -> int:
    """The reader has its partitions once it has seen something; how many had to be written for it."""
    written = 0
    async with asyncio.timeout(60):
        while not seen.at:
            await write(uuid7())
            written += 1
            await asyncio.sleep(0.2)
    return written
