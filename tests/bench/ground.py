"""What the benchmarks stand on: two databases, one broker, a relay, and processes beside this one."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
from aiokafka import AIOKafkaConsumer, TopicPartition
from sqlalchemy import MetaData, insert
from sqlalchemy.ext.asyncio import create_async_engine
from tests.bench.sample import Base, copies

from imdi_common import mechanics
from imdi_common.database import Database
from imdi_common.envelope import from_record
from imdi_common.relay import Relay
from imdi_contracts.event import PARTITIONS, Topic
from imdi_local import topics
from imdi_local.testing.servers import Servers

WRITERS = 32


class Ground:
    """A writer's and a reader's database, each with the mechanics' tables; both are of one benchmark alone."""

    def __init__(self, name: str, servers: Servers) -> None:
        self.servers = servers
        self.kafka = servers.kafka.bootstrap
        self._urls = {role: servers.postgres.create_database(f"bench_{name}_{role}") for role in ("writer", "reader")}
        self.writer_url, self.reader_url = (self._urls[role][0] for role in ("writer", "reader"))
        self.writer = Database(self.writer_url, pool_size=WRITERS, name="bench-writer")
        self.reader = Database(self.reader_url, name="bench-reader")

    async def prepare(self) -> None:
        await self._make(self._urls["writer"][1], [mechanics.metadata, Base.metadata])
        await self._make(self._urls["reader"][1], [mechanics.metadata, copies])

    async def _make(self, url: str, tables: list[MetaData]) -> None:
        engine = create_async_engine(url)
        async with engine.begin() as connection:
            for metadata in tables:
                await connection.run_sync(metadata.create_all)
            await connection.execute(insert(mechanics.publication).values(last=0))
        await engine.dispose()

    async def close(self) -> None:
        await self.writer.close()
        await self.reader.close()

    async def topic(self, name: str) -> str:
        """A topic as wide as those of the contracts, once the broker leads all of its partitions."""
        topic = Topic(f"imdi.bench.{name}", key="thing")
        await topics.provide(self.kafka, [topic])
        async with self._all_of(topic.name):
            return topic.name

    async def bare(self, role: str, *, owner: bool = False) -> asyncpg.Connection:
        """The driver's own connection, for floors and for looking on."""
        return await asyncpg.connect(self._urls[role][int(owner)].replace("+asyncpg", ""))

    @asynccontextmanager
    async def relaying(self) -> AsyncIterator[Relay]:
        relay = Relay("bench", self.writer_url, self.kafka)
        self.writer.wake = relay.wake
        task = asyncio.create_task(relay.run())
        try:
            yield relay
        finally:
            relay.leave()
            await task

    @asynccontextmanager
    async def beside(self, module: str, *arguments: str) -> AsyncIterator[asyncio.StreamReader]:
        """A process of ``python -m tests.bench.<module>``; yields what it prints."""
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", f"tests.bench.{module}", *arguments, stdout=asyncio.subprocess.PIPE
        )
        assert process.stdout
        try:
            yield process.stdout
        finally:
            if process.returncode is None:
                process.kill()
            await process.wait()

    async def demand_once_in_order(self, topic: str, expected: Iterable[tuple[str, int]]) -> None:
        """All that was to be sent is on the topic, once, and each key in its order."""
        async with self._all_of(topic) as (consumer, end):
            records: list[Any] = []
            async with asyncio.timeout(60):
                while len(records) < end:
                    for batch in (await consumer.getmany(timeout_ms=200)).values():
                        records += batch
        found = [(record.key.decode(), from_record(record.headers, record.value).sequence) for record in records]
        wanted = sorted(expected)
        assert sorted(found) == wanted, f"{len(found)} records for {len(wanted)} events"
        assert sorted(found, key=lambda one: one[0]) == wanted, "a key out of order"

    @asynccontextmanager
    async def _all_of(self, topic: str) -> AsyncIterator[tuple[AIOKafkaConsumer, int]]:
        """A consumer at the beginning of a topic, and how many records there are."""
        consumer = AIOKafkaConsumer(bootstrap_servers=self.kafka)
        await consumer.start()
        partitions = [TopicPartition(topic, number) for number in range(PARTITIONS)]
        consumer.assign(partitions)
        try:
            await consumer.seek_to_beginning()
            yield consumer, sum((await consumer.end_offsets(partitions)).values())
        finally:
            await consumer.stop()
