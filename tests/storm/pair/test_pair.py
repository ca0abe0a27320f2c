"""A writer and a reader, killed at work, lose, double and turn round nothing; broken on purpose, they are caught."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from uuid import uuid4

import pytest
from aiokafka import AIOKafkaConsumer
from sqlalchemy import Table, func, select
from tests.storm.pair.things import Base, Thing, effect, known_thing, make_tables, read, state_on
from tests.storm.pair.verdict import Seen, Step, complaints

from imdi_common.database import Database
from imdi_common.envelope import from_record
from imdi_common.mechanics import outbox
from imdi_local import topics
from imdi_local.testing.servers import Servers, Urls

ROOT = Path(__file__).parents[3]
SABOTAGE = ROOT / "tests" / "storm" / "sabotage"
EVENTS_A_LIFE = 150
"""So much each life of a process sees, before its end."""
DROPPED_EVERY = 300
PATIENCE_S = 120.0


class Pair:
    """One writer and one reader on databases and a topic of their own; either can be killed and started again."""

    def __init__(self, servers: Servers, sabotage: str | None) -> None:
        name = uuid4().hex[:8]
        self.kafka, self.topic, self.group = servers.kafka.bootstrap, f"imdi.pair.{name}", f"pair-{name}"
        self.writes, self.reads = (self._urls(servers, f"pair_{name}_{side}") for side in ("w", "r"))
        self.writer = Database(self.writes[0], pool_size=2, name="pair-check")
        self.reader = Database(self.reads[0], pool_size=2, name="pair-check")
        self.acknowledged: list[Step] = []
        broken = _broken_by(sabotage) if sabotage else {}
        self._environment = os.environ | broken
        self._listening: list[asyncio.Task[None]] = []

    def _urls(self, servers: Servers, name: str) -> Urls:
        return servers.postgres.create_database(name)

    async def prepare(self) -> None:
        await make_tables(self.writes[1], Base.metadata)
        await make_tables(self.reads[1], read)
        await topics.provide(self.kafka, [state_on(self.topic).topic])

    async def start_writer(self) -> asyncio.subprocess.Process:
        process = await self._start("writer", self.writes[0])
        self._listening.append(asyncio.create_task(self._listen(process)))
        return process

    async def start_reader(self, *, group: str = "") -> asyncio.subprocess.Process:
        return await self._start("reader", self.reads[0], group or self.group)

    async def _start(self, side: str, url: str, *more: str) -> asyncio.subprocess.Process:
        command = (sys.executable, "-m", f"tests.storm.pair.{side}", url, self.kafka, self.topic, *more)
        return await asyncio.create_subprocess_exec(
            *command, cwd=ROOT, env=self._environment, stdout=asyncio.subprocess.PIPE
        )

    async def _listen(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdout
        async for line in process.stdout:
            if line.endswith(b"\n"):
                thing, sequence = line.split()
                self.acknowledged.append((thing.decode(), int(sequence)))

    async def count(self, database: Database, table: Table) -> int:
        async with database.transaction() as session:
            return await session.scalar(select(func.count()).select_from(table)) or 0

    async def until(self, database: Database, table: Table, least: int) -> None:
        async with asyncio.timeout(PATIENCE_S):
            while await self.count(database, table) < least:  # noqa: ASYNC110 - a condition in a database has no event
                await asyncio.sleep(0.05)

    async def drain(self) -> None:
        """Until all that the writer recorded is sent, and the reader has done nothing new for a while."""
        async with asyncio.timeout(PATIENCE_S):
            before, still = (-1, -1), 0
            while still < 15:
                await asyncio.sleep(0.1)
                async with self.writer.transaction() as session:
                    unsent = select(func.count()).where(outbox.c.published_at.is_(None))
                    now = (await session.scalar(unsent) or 0, await self.count(self.reader, effect))
                still = still + 1 if now == before and now[0] == 0 else 0
                before = now

    async def seen(self) -> Seen:
        await asyncio.gather(*self._listening)
        async with self.writer.transaction() as session:
            owned = {str(one): number for one, number in await session.execute(select(Thing.id, Thing.event_number))}
        async with self.reader.transaction() as session:
            copies = await session.execute(select(known_thing.c.id, known_thing.c.sequence))
            copied = {str(one): number for one, number in copies}
            acted = [(one, number) for one, number in await session.execute(select(effect.c.thing, effect.c.sequence))]
        return Seen(self.acknowledged, owned, await self._announced(), copied, acted)

    async def _announced(self) -> list[tuple[str, int, str]]:
        consumer = AIOKafkaConsumer(
            self.topic, bootstrap_servers=self.kafka, auto_offset_reset="earliest", group_id=None
        )
        await consumer.start()
        try:
            ends = await consumer.end_offsets(consumer.assignment())
            found: list[tuple[str, int, str]] = []
            while any([await consumer.position(partition) < end for partition, end in ends.items()]):
                for records in (await consumer.getmany(timeout_ms=500)).values():
                    envelopes = [from_record(record.headers, record.value) for record in records]
                    found += [(one.subject, one.sequence, str(one.event_id)) for one in envelopes]
            return found
        finally:
            await consumer.stop()

    async def close(self) -> None:
        await self.writer.close()
        await self.reader.close()


def _broken_by(sabotage: str) -> dict[str, str]:
    return {"PYTHONPATH": str(SABOTAGE), "IMDI_SABOTAGE": sabotage, "IMDI_SABOTAGE_EVERY": str(DROPPED_EVERY)}


@asynccontextmanager
async def killed_at_the_end(process: asyncio.subprocess.Process) -> AsyncIterator[asyncio.subprocess.Process]:
    try:
        yield process
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()


async def storm(pair: Pair) -> set[str]:
    """Kill the reader, which then has lost its offsets, the writer, and the reader again; what is wrong after it."""
    await pair.prepare()
    again = f"{pair.group}-again"
    async with killed_at_the_end(await pair.start_writer()):
        async with killed_at_the_end(await pair.start_reader()):
            await pair.until(pair.reader, effect, EVENTS_A_LIFE)
        async with killed_at_the_end(await pair.start_reader(group=again)):
            await pair.until(pair.reader, effect, 2 * EVENTS_A_LIFE)
    async with (
        killed_at_the_end(await pair.start_reader(group=again)),
        killed_at_the_end(await pair.start_writer()) as writer,
    ):
        so_far = await pair.count(pair.writer, outbox)
        await pair.until(pair.writer, outbox, so_far + EVENTS_A_LIFE)
        writer.terminate()
        await pair.drain()
    return complaints(await pair.seen())


@pytest.mark.timeout(400)
@pytest.mark.parametrize(
    ("sabotage", "caught_as"),
    [
        (None, None),
        ("acknowledge-before-commit", "lost"),
        ("skip-seen", "doubled"),
        ("drop-one-event", "lost"),
        ("swap-two-events", "inverted"),
        ("publish-what-was-rolled-back", "doubled"),
        ("lose-one-on-rebalance", "lost"),
    ],
)
async def test_nothing_is_lost_or_doubled_and_every_sabotage_is_caught(
    servers: Servers, sabotage: str | None, caught_as: str | None
) -> None:
    pair = Pair(servers, sabotage)
    try:
        found = await storm(pair)
    finally:
        await pair.close()
    assert found == set() if caught_as is None else caught_as in found, found
    assert pair.acknowledged
