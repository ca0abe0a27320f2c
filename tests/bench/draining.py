"""``relay_rate``: events a second from a full outbox to Kafka, against the same client producing from memory."""

from __future__ import annotations

import asyncio
import time

import asyncpg
from aiokafka import AIOKafkaProducer
from tests.bench.figures import Ratio
from tests.bench.ground import Ground
from tests.bench.sample import ThingState
from tests.bench.sizes import LABEL, Sizes

from imdi_common.envelope import Envelope, to_record
from imdi_common.ids import uuid7

KEYS = 400
FILL = """
insert into outbox (event_id, topic, key, sequence, type, body, recorded_at)
select gen_random_uuid(), $1, key, sequence, $2, json_build_object('thing_id', key, 'label', $3::text)::text,
       clock_timestamp()
from unnest($4::text[], $5::bigint[]) as event (key, sequence)
"""
RECORDS = "select event_id, type, key, recorded_at, sequence, body from outbox where topic = $1 order by position"


async def relay_rate(ground: Ground, sizes: Sizes) -> list[tuple[Ratio, dict[str, int]]]:
    floor, ours = [], []
    looking = await ground.bare("writer")
    async with ground.relaying():
        for number in range(sizes.rounds):
            topic = await ground.topic(f"relayed-{number}")
            ours.append(await _drained(ground, looking, topic, sizes.backlog))
            floor.append(await _produced(ground, looking, topic, await ground.topic(f"produced-{number}")))
    await looking.close()
    ratio = Ratio("relay_rate", 0.4, 0.7, ours, floor, "events/s", more_is_better=True)
    return [(ratio, {"events": sizes.backlog, "keys": KEYS, "rounds": sizes.rounds})]


async def _drained(ground: Ground, looking: asyncpg.Connection, topic: str, events: int) -> float:
    """Events a second from the commit of all to the mark on the last."""
    expected = [(f"thing-{number % KEYS}", number // KEYS + 1) for number in range(events)]
    last = await looking.fetchval("select last from publication")
    await looking.execute(FILL, topic, ThingState.type(), LABEL, *(list(side) for side in zip(*expected, strict=True)))
    ground.writer.wake()
    began = time.monotonic()
    async with asyncio.timeout(100):
        while await looking.fetchval("select last from publication") < last + events:  # noqa: ASYNC110 - another's work
            await asyncio.sleep(0.01)
    took = time.monotonic() - began
    await ground.demand_once_in_order(topic, expected)
    return events / took


async def _produced(ground: Ground, looking: asyncpg.Connection, source: str, topic: str) -> float:
    """The same records a second, made beforehand, by the relay's client with the relay's settings."""
    records = [
        (
            row["key"].encode(),
            *to_record(
                Envelope(
                    uuid7(),
                    row["type"],
                    "/imdi/bench",
                    row["key"],
                    row["recorded_at"],
                    row["sequence"],
                    None,
                    row["body"].encode(),
                )
            ),
        )
        for row in await looking.fetch(RECORDS, source)
    ]
    producer = AIOKafkaProducer(bootstrap_servers=ground.kafka, enable_idempotence=True, acks="all")
    await producer.start()
    began = time.monotonic()
    sent = [await producer.send(topic, value, key, headers=headers) for key, headers, value in records]
    await asyncio.gather(*sent)
    took = time.monotonic() - began
    await producer.stop()
    return len(records) / took
