"""The consumer loop: one group reads topics in batches and commits the offset after the work is durable."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import IllegalStateError, KafkaError

from imdi_common.telemetry import logger

MAX_RECORDS = 500
POLL_MS = 200
BACKOFF_S = 0.5
LONGEST_BACKOFF_S = 10.0


class Consumer:
    """Reads ``topics`` as ``group``; ``handle`` gets the records of one partition, ``between`` runs after each poll.

    ``handle`` must return only when the records are applied or held: then the offset moves.
    """

    def __init__(
        self,
        group: str,
        topics: Iterable[str],
        kafka_bootstrap: str,
        instance: str,
        handle: Callable[[str, list[Any]], Awaitable[None]],
        between: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        self._group = group
        self._topics = sorted(set(topics))
        self._bootstrap = kafka_bootstrap
        self._instance = instance
        self._handle = handle
        self._between = between
        self.assigned = False

    async def run(self) -> None:
        """Consume for ever; whatever fails in Kafka, join again."""
        while self._topics:
            try:
                await self._consume()
            except (KafkaError, OSError) as error:
                logger().warning("consumer_restarts", group=self._group, error=type(error).__name__)
                await asyncio.sleep(BACKOFF_S)

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
        try:
            await consumer.start()
            while True:
                batches = await consumer.getmany(timeout_ms=POLL_MS, max_records=MAX_RECORDS)
                self.assigned = bool(consumer.assignment())
                for partition, records in batches.items():
                    await self._handle(partition.topic, records)
                    await self._commit(consumer, partition, records[-1].offset + 1)
                if self._between:
                    await self._between()
        finally:
            await asyncio.shield(_stop(consumer))

    async def _commit(self, consumer: AIOKafkaConsumer, partition: TopicPartition, offset: int) -> None:
        try:
            await consumer.commit({partition: offset})
        except (KafkaError, IllegalStateError) as error:
            # The partition is another's by now; it will see the records again, and they are harmless.
            logger().info("commit_refused", group=self._group, error=type(error).__name__)


async def _stop(consumer: AIOKafkaConsumer) -> None:
    try:
        await asyncio.wait_for(consumer.stop(), 5)
    except (KafkaError, TimeoutError, OSError):
        logger().warning("consumer_stop_failed")


async def until_applied(work: Callable[[], Awaitable[None]], is_environment: Callable[[BaseException], bool]) -> None:
    """Do ``work``; while the surroundings fail, wait longer and longer and do it again. Other errors go up."""
    pause = 0.1
    while True:
        try:
            return await work()
        except Exception as error:
            if not is_environment(error):
                raise
            logger().warning("reaction_pauses", error=type(error).__name__)
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_BACKOFF_S)
