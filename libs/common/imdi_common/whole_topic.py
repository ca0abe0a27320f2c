"""A whole topic, read from its beginning by nobody's group, up to where it ends now and, later, up to its new end."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Self

from aiokafka import AIOKafkaConsumer, TopicPartition

from imdi_common.consumer import many, one_by_one

Positions = dict[TopicPartition, int]


class WholeTopic:
    """Where one reading of a topic stands."""

    def __init__(self, consumer: AIOKafkaConsumer) -> None:
        self._consumer = consumer

    @classmethod
    @asynccontextmanager
    async def opened(cls, topic: str, kafka_bootstrap: str) -> AsyncIterator[Self]:
        """At the topic's beginning."""
        consumer = AIOKafkaConsumer(bootstrap_servers=kafka_bootstrap, enable_auto_commit=False)
        await consumer.start()
        try:
            await consumer._client.add_topic(topic)  # noqa: SLF001 - aiokafka learns of a topic only by a subscription
            numbers = consumer.partitions_for_topic(topic) or set()
            consumer.assign([TopicPartition(topic, number) for number in numbers])
            if numbers:
                await consumer.seek_to_beginning()
            yield cls(consumer)
        finally:
            await consumer.stop()

    async def to_its_end(self) -> AsyncIterator[list[Any]]:
        """The records, in batches of one partition, until all that the topic holds at this moment is read."""
        ends = await self._consumer.end_offsets(self._consumer.assignment())
        while any([await self._consumer.position(partition) < end for partition, end in ends.items()]):
            for records in (await self._poll()).values():
                yield records

    async def positions(self) -> Positions:
        return {partition: await self._consumer.position(partition) for partition in self._consumer.assignment()}

    def go_back(self, to: Positions) -> None:
        for partition, offset in to.items():
            self._consumer.seek(partition, offset)

    async def _poll(self) -> dict[TopicPartition, list[Any]]:
        before = await self.positions()
        try:
            return await many(self._consumer)
        except UnicodeDecodeError:
            self.go_back(before)
            return await one_by_one(self._consumer)
