"""Sends old records again, shuffled, as they were: what "at least once" allows, and a policy must not act on twice."""

from __future__ import annotations

from random import Random

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

from imdi_contracts import catalogue

LATEST = 200
"""Of each partition."""
MOST = 1500


async def redeliver(bootstrap: str, chance: Random) -> None:
    """Send up to ``MOST`` of the latest records of all topics again."""
    names = [topic.name for topic in catalogue.topics()]
    consumer = AIOKafkaConsumer(*names, bootstrap_servers=bootstrap, group_id=None, max_poll_records=5000)
    await consumer.start()
    records = []
    try:
        ends = await consumer.end_offsets(consumer.assignment())
        for partition, end in ends.items():
            consumer.seek(partition, max(0, end - LATEST))
        while any([await consumer.position(partition) < end for partition, end in ends.items()]):
            for batch in (await consumer.getmany(timeout_ms=500)).values():
                records += batch
    finally:
        await consumer.stop()
    again = chance.sample(records, min(MOST, len(records)))
    async with AIOKafkaProducer(bootstrap_servers=bootstrap, acks="all") as producer:
        for one in again:
            await producer.send(one.topic, one.value, one.key, partition=one.partition, headers=list(one.headers))
        await producer.flush()
