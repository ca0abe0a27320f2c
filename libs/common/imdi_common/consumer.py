"""The consumer loop: one group reads topics in batches and commits the offset after the work is durable."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from imdi_common.meanwhile import meanwhile
from imdi_common.telemetry import logger

MAX_RECORDS = 500
POLL_MS = 200
BATCHES_AT_ONCE = 4
FEW = 10
"""Records of a partition in its turn."""
COMMIT_S = 2.0
"""Seconds in which the last offset is committed when the consumer ends."""
BACKOFF_S = 0.5
LATE_S = 30.0
"""Seconds after which a consumer that is in no group yet is told of, again and again."""


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A record that the Kafka client itself cannot decode (a header's name is no UTF-8): its place alone is known."""

    topic: str
    partition: int
    offset: int
    key: None = None
    value: None = None
    headers: tuple[()] = ()


class Consumer:
    """Reads ``topics`` as ``group``; ``handle`` gets the records of one partition, ``between`` runs after each poll.

    With ``whole_topics`` it gets those of all partitions of a topic that came with one poll: a copy is then written
    once, not once a partition. ``handle`` must return only when the records are applied or held: then the offset moves.
    ``at_once`` batches are handled side by side, each on a connection of the database's.
    """

    def __init__(
        self,
        group: str,
        topics: Iterable[str],
        kafka_bootstrap: str,
        instance: str,
        handle: Callable[[str, list[Any]], Awaitable[None]],
        between: Callable[[], Awaitable[None]] | None = None,
        *,
        whole_topics: bool = False,
        at_once: int = BATCHES_AT_ONCE,
    ) -> None:
        self._group = group
        self._topics = sorted(set(topics))
        self._bootstrap = kafka_bootstrap
        self._instance = instance
        self._handle = handle
        self._between = between
        self._whole_topics = whole_topics
        self._at_once = at_once
        self.assigned = False
        self._careful = False
        self._leaving = asyncio.Event()

    def leave(self) -> None:
        """Finish the batch in hand, commit its offset, and end."""
        self._leaving.set()

    async def run(self) -> None:
        """Consume until told to leave; whatever fails in Kafka, join again."""
        while self._topics and not self._leaving.is_set():
            try:
                await self._consume()
            except (KafkaError, OSError) as error:
                logger().warning("consumer_restarts", group=self._group, error=type(error).__name__)
                await asyncio.sleep(BACKOFF_S)
            except UnicodeDecodeError:
                # The client gave up in the midst of a batch: from the last commit on, one by one, until it is passed.
                logger().error("record_undecodable", group=self._group)
                self._careful = True

    async def _consume(self) -> None:
        consumer = AIOKafkaConsumer(
            *self._topics,
            bootstrap_servers=self._bootstrap,
            group_id=self._group,
            group_instance_id=f"{self._group}.{self._instance}",
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            session_timeout_ms=10_000,
            heartbeat_interval_ms=2_000,
            max_poll_interval_ms=600_000,
            metadata_max_age_ms=30_000,
        )
        committing: asyncio.Task[None] | None = None
        try:
            # For a broker that lives but coordinates the group no more, the client waits for ever, without a word.
            await meanwhile(consumer.start(), LATE_S, self._tell)
            while not self._leaving.is_set():
                batches = await self._poll(consumer)
                self.assigned = bool(consumer.assignment())
                offsets = await self._apply(batches)
                if committing:
                    await committing
                # The next batch need not wait for it: should it fail, the records come again, and are harmless.
                committing = asyncio.create_task(consumer.commit(offsets)) if offsets else None
                if self._between:
                    await self._between()
        finally:
            await asyncio.shield(_stop(consumer, committing))

    async def _tell(self) -> None:
        logger().error("consumer_in_no_group", group=self._group)

    async def _apply(self, polled: Mapping[TopicPartition, list[Any]]) -> dict[TopicPartition, int]:
        """Some batches at once, as they would be in several processes; how far each partition has come."""
        offsets: dict[TopicPartition, int] = {}
        turns = asyncio.Semaphore(self._at_once)

        async def apply(partitions: list[TopicPartition]) -> None:
            async with turns:
                if not self._leaving.is_set():
                    records = [record for partition in partitions for record in polled[partition]]
                    await self._handle(partitions[0].topic, records)
                    offsets.update({partition: polled[partition][-1].offset + 1 for partition in partitions})

        async with asyncio.TaskGroup() as group:
            for partitions in self._batches(polled):
                group.create_task(apply(partitions))
        return offsets

    def _batches(self, polled: Iterable[TopicPartition]) -> list[list[TopicPartition]]:
        if not self._whole_topics:
            return [[partition] for partition in polled]
        batches: dict[str, list[TopicPartition]] = {}
        for partition in polled:
            batches.setdefault(partition.topic, []).append(partition)
        return list(batches.values())

    async def _poll(self, consumer: AIOKafkaConsumer) -> dict[TopicPartition, list[Any]]:
        if not self._careful:
            return await (many(consumer) if self._whole_topics else few_of_each(consumer))
        batches = await one_by_one(consumer)
        self._careful = not any(isinstance(record, Unreadable) for records in batches.values() for record in records)
        return batches


async def many(consumer: AIOKafkaConsumer) -> dict[TopicPartition, list[Any]]:
    """The next records of whatever was fetched first."""
    found: dict[TopicPartition, list[Any]] = await consumer.getmany(timeout_ms=POLL_MS, max_records=MAX_RECORDS)
    return found


async def few_of_each(consumer: AIOKafkaConsumer) -> dict[TopicPartition, list[Any]]:
    """Of every partition that has any the next few, so that none waits behind the backlog of another."""
    found: dict[TopicPartition, list[Any]] = {}
    for partition in consumer.assignment():
        found |= await consumer.getmany(partition, max_records=FEW)
    return found or await consumer.getmany(timeout_ms=POLL_MS, max_records=FEW)


async def one_by_one(consumer: AIOKafkaConsumer) -> dict[TopicPartition, list[Any]]:
    """At most one record of each partition; one that the client cannot decode is passed, and told as ``Unreadable``."""
    batches: dict[TopicPartition, list[Any]] = {}
    for partition in consumer.assignment():
        try:
            batches |= await consumer.getmany(partition, timeout_ms=POLL_MS, max_records=1)
        except UnicodeDecodeError:
            offset = await consumer.position(partition)
            consumer.seek(partition, offset + 1)
            batches[partition] = [Unreadable(partition.topic, partition.partition, offset)]
    return batches


async def _stop(consumer: AIOKafkaConsumer, committing: asyncio.Task[None] | None) -> None:
    if committing:
        await asyncio.wait({committing}, timeout=COMMIT_S)
        committing.cancel()
        await asyncio.gather(committing, return_exceptions=True)
    try:
        await asyncio.wait_for(consumer.stop(), 5)
    except (KafkaError, TimeoutError, OSError):
        logger().warning("consumer_stop_failed")
