"""E1 ``commit_visible`` and E3 ``outbox_tax`` of the performance goals, on real servers and separate processes.

``commit_visible``: from the writer's commit to the reader's, against bare produce → consume → one committed upsert.
``outbox_tax``: commands a second that announce an event, against the same commands that do not.
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from uuid import UUID

from aiokafka import AIOKafkaProducer
from sqlalchemy import MetaData, insert
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine
from tests.bench.figures import Ratio, quantile
from tests.bench.sample import FLOOR_TOPIC, LABEL, TOPIC, Base, Thing, ThingState, copies

from imdi_common import mechanics
from imdi_common.database import Database
from imdi_common.idempotency import Command, earlier, remember
from imdi_common.ids import uuid7
from imdi_common.outbox import announce
from imdi_common.relay import Relay
from imdi_contracts.event import Topic
from imdi_local import topics
from imdi_local.testing.servers import Servers

RATE = 20
ROUNDS = 3
WARM_UP = 20
WRITERS = 32
TAX_SECONDS = 4.0
Write = Callable[[UUID], Awaitable[None]]


class Bench:
    """Two databases, one broker, a relay, and a reader's process when one is needed."""

    def __init__(self, servers: Servers) -> None:
        self._kafka = servers.kafka.bootstrap
        self._urls = {name: servers.postgres.create_database(f"bench_{name}") for name in ("writer", "reader")}
        self.writer = Database(self._urls["writer"][0], pool_size=WRITERS, name="bench-writer")

    async def prepare(self) -> None:
        await topics.provide(self._kafka, [TOPIC, Topic(FLOOR_TOPIC, key="thing")])
        for name, tables in {
            "writer": [mechanics.metadata, Base.metadata],
            "reader": [mechanics.metadata, copies],
        }.items():
            await self._make(self._urls[name][1], tables)

    async def _make(self, url: str, tables: list[MetaData]) -> None:
        engine = create_async_engine(url)
        async with engine.begin() as connection:
            for metadata in tables:
                await connection.run_sync(metadata.create_all)
            await connection.execute(insert(mechanics.publication).values(last=0))
        await engine.dispose()

    async def make_thing(self, session: AsyncSession, thing_id: UUID, *, announced: bool) -> None:
        thing = Thing(id=thing_id, label=LABEL)
        session.add(thing)
        if announced:
            await announce(session, thing, ThingState(thing_id=str(thing_id), label=LABEL))

    async def command(self, session: AsyncSession, *, announced: bool) -> None:
        """What every command does: look for its key, change something, remember the key."""
        thing_id = uuid7()
        named = Command("bench", "make_thing", str(thing_id), b"fingerprint")
        await earlier(session, named)
        await self.make_thing(session, thing_id, announced=announced)
        await remember(session, named, 201, str(thing_id), datetime.now(UTC))

    @asynccontextmanager
    async def relaying(self) -> AsyncIterator[None]:
        relay = Relay("bench", self._urls["writer"][0], self._kafka)
        self.writer.wake = relay.wake
        task = asyncio.create_task(relay.run())
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    @asynccontextmanager
    async def reading(self, kind: str) -> AsyncIterator[dict[str, float]]:
        """The reader's process; yields when each event became visible, by id."""
        command = sys.executable, "-m", "tests.bench.reader", kind
        process = await asyncio.create_subprocess_exec(
            *command, self._urls["reader"][0], self._kafka, stdout=asyncio.subprocess.PIPE
        )
        assert process.stdout
        seen: dict[str, float] = {}

        async def note(stream: asyncio.StreamReader) -> None:
            async for line in stream:
                key, moment = line.decode().split()
                seen[key] = float(moment)

        task = asyncio.create_task(note(process.stdout))
        try:
            yield seen
        finally:
            process.kill()
            await process.wait()
            await task

    async def ours(self, events: int) -> list[float]:
        """Milliseconds from our commit to the copy's."""

        async def write(thing_id: UUID) -> None:
            async with self.writer.transaction() as session:
                await self.make_thing(session, thing_id, announced=True)

        async with self.relaying(), self.reading("ours") as seen:
            return await _paced(write, seen, events)

    async def floor(self, events: int) -> list[float]:
        """Milliseconds from before a bare send to the copy's commit."""
        producer = AIOKafkaProducer(bootstrap_servers=self._kafka, acks="all")
        await producer.start()

        async def write(thing_id: UUID) -> None:
            moment = time.monotonic()
            await producer.send(FLOOR_TOPIC, LABEL.encode(), str(thing_id).encode())
            self._sent[str(thing_id)] = moment

        self._sent: dict[str, float] = {}
        async with self.reading("floor") as seen:
            delays = await _paced(write, seen, events, self._sent)
        await producer.stop()
        return delays

    async def tax(self, *, announced: bool) -> float:
        """Commands a second of 32 writers at once."""
        end = time.monotonic() + TAX_SECONDS

        async def work() -> int:
            done = 0
            while time.monotonic() < end:
                await self.writer.run(lambda session: self.command(session, announced=announced))
                done += 1
            return done

        return sum(await asyncio.gather(*(work() for _ in range(WRITERS)))) / TAX_SECONDS


async def _paced(
    write: Write, seen: dict[str, float], events: int, began: dict[str, float] | None = None
) -> list[float]:
    """Write at the rate, then tell how long each took to be seen; the first ones only warm up."""
    began = {} if began is None else began
    await _until_read(write, seen)
    ids = [uuid7() for _ in range(events + WARM_UP)]
    for thing_id in ids:
        next_at = time.monotonic() + 1 / RATE
        await write(thing_id)
        began.setdefault(str(thing_id), time.monotonic())
        await asyncio.sleep(max(0.0, next_at - time.monotonic()))
    async with asyncio.timeout(60):
        while not seen.keys() >= {str(one) for one in ids}:  # noqa: ASYNC110 - the other process tells by its output
            await asyncio.sleep(0.05)
    return [(seen[str(one)] - began[str(one)]) * 1000 for one in ids[WARM_UP:]]


async def _until_read(write: Write, seen: dict[str, float]) -> None:
    """The reader has its partitions once it has seen something."""
    async with asyncio.timeout(60):
        while not seen:
            await write(uuid7())
            await asyncio.sleep(0.2)


async def commit_visible(bench: Bench, events: int) -> list[Ratio]:
    rounds = [(await bench.floor(events), await bench.ours(events)) for _ in range(ROUNDS)]
    made = []
    for name, share in (("p50", 0.5), ("p99", 0.99)):
        ours = [quantile(one, share) for _, one in rounds]
        floor = [quantile(one, share) for one, _ in rounds]
        made.append(Ratio(f"commit_visible_{name}", 8, 3, ours, floor, "ms"))
    return made


async def outbox_tax(bench: Bench) -> Ratio:
    rounds = [(await bench.tax(announced=False), await bench.tax(announced=True)) for _ in range(ROUNDS)]
    return Ratio(
        "outbox_tax",
        0.8,
        0.95,
        [ours for _, ours in rounds],
        [floor for floor, _ in rounds],
        "commands/s",
        more_is_better=True,
    )
