"""``apply_rate``: rows a second from Kafka into a copy, against the same rows upserted from memory; and against
the same client, ``json`` and the same statement, with no check between.

Each key comes twice, so half of the rows are inserted and half replace an older one.
"""

from __future__ import annotations

import asyncio
import json
import time
from typing import Any

import asyncpg
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from tests.bench.figures import Ratio
from tests.bench.ground import Ground
from tests.bench.sample import ThingState, keep_things
from tests.bench.sizes import LABEL, Sizes

from imdi_common.clock import Clock
from imdi_common.consumer import MAX_RECORDS, POLL_MS, Consumer
from imdi_common.envelope import Envelope, to_record
from imdi_common.ids import uuid7
from imdi_common.projecting import Projector
from imdi_common.reactions import Projection
from imdi_contracts.event import Topic

UPSERT = """
insert into known_thing (id, sequence, label) select * from unnest($1::text[], $2::bigint[], $3::text[])
on conflict (id) do update set sequence = excluded.sequence, label = excluded.label
where known_thing.sequence < excluded.sequence
"""
TIMES = 2
Row = tuple[str, int, str]


async def apply_rate(ground: Ground, sizes: Sizes) -> list[tuple[Ratio, dict[str, int]]]:
    rates: dict[str, list[float]] = {"floor": [], "by-hand": [], "ours": []}
    looking = await ground.bare("reader", owner=True)
    keys = [f"thing-{number}" for number in range(sizes.backlog // TIMES)]
    rows = [(key, sequence, LABEL) for sequence in range(1, TIMES + 1) for key in keys]
    for number in range(sizes.rounds):
        topic = Topic(await ground.topic(f"applied-{number}"), key="thing")
        await _produce(ground, topic.name, rows)
        for kind, rate in (
            ("floor", _upserted(looking, rows)),
            ("by-hand", _by_hand(ground, looking, topic, len(rows))),
            ("ours", _applied(ground, topic, len(rows))),
        ):
            await looking.execute("truncate known_thing")
            rates[kind].append(await rate)
            copy = await looking.fetch("select id, sequence from known_thing order by id")
            assert [tuple(row) for row in copy] == sorted((key, TIMES) for key in keys)
    await looking.close()
    told = {"rows": len(rows), "batch": MAX_RECORDS, "rounds": sizes.rounds}
    return [
        (Ratio(name, 0.5, 0.8, rates["ours"], rates[floor], "rows/s", more_is_better=True), told)
        for name, floor in (("apply_rate", "floor"), ("apply_rate_by_hand", "by-hand"))
    ]


async def _produce(ground: Ground, topic: str, rows: list[Row]) -> None:
    producer = AIOKafkaProducer(bootstrap_servers=ground.kafka, acks="all")
    await producer.start()
    sent = []
    for key, sequence, label in rows:
        data = json.dumps({"thing_id": key, "label": label}).encode()
        headers, value = to_record(
            Envelope(uuid7(), ThingState.type(), "/imdi/bench", key, Clock().now(), sequence, None, data)
        )
        sent.append(await producer.send(topic, value, key.encode(), headers=headers))
    await asyncio.gather(*sent)
    await producer.stop()


async def _upserted(connection: asyncpg.Connection, rows: list[Row]) -> float:
    """Rows a second, in durable batches as large as the consumer's."""
    batches = [rows[first : first + MAX_RECORDS] for first in range(0, len(rows), MAX_RECORDS)]
    began = time.monotonic()
    for batch in batches:
        await connection.execute(UPSERT, *(list(column) for column in zip(*batch, strict=True)))
    return len(rows) / (time.monotonic() - began)


async def _by_hand(ground: Ground, connection: asyncpg.Connection, topic: Topic, records: int) -> float:
    """Rows a second of a consumer that trusts whatever comes, from its first batch on."""
    options = {"group_id": f"by-hand.{topic.name}", "auto_offset_reset": "earliest", "enable_auto_commit": False}
    consumer = AIOKafkaConsumer(topic.name, bootstrap_servers=ground.kafka, **options)
    await consumer.start()
    began, left = 0.0, records
    while left > 0:
        polled = await consumer.getmany(timeout_ms=POLL_MS, max_records=MAX_RECORDS)
        began = began or time.monotonic() if polled else began
        newest = {}
        for record in (record for batch in polled.values() for record in batch):
            sequence, label = int(dict(record.headers)["ce_sequence"]), json.loads(record.value)["label"]
            newest[record.key] = (record.key.decode(), sequence, label)
        if newest:
            await connection.execute(UPSERT, *(list(column) for column in zip(*newest.values(), strict=True)))
            await consumer.commit()
            left -= sum(len(batch) for batch in polled.values())
    took = time.monotonic() - began
    await consumer.stop()
    return records / took


async def _applied(ground: Ground, topic: Topic, records: int) -> float:
    """Rows a second from when the consumer has its first batch to when the last one is applied."""
    projector = Projector([Projection(topic, ThingState, keep_things)], ground.reader, Clock())
    moments: list[float] = []
    left = records

    async def handle(name: str, batch: list[Any]) -> None:
        nonlocal left
        moments.append(time.monotonic())
        await projector.handle(name, batch)
        left -= len(batch)
        if left <= 0:
            consumer.leave()

    consumer = Consumer(f"bench.{topic.name}", [topic.name], ground.kafka, "0", handle, whole_topics=True)
    async with asyncio.timeout(100):
        await consumer.run()
    return records / (time.monotonic() - moments[0])
