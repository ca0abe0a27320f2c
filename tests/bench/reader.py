"""The other service, as a process of its own: ``python -m tests.bench.reader ours|floor DATABASE_URL KAFKA``.

Prints a line ``id monotonic_time`` for each event once the transaction that holds its copy is committed.
"""

from __future__ import annotations

import asyncio
import sys
import time
from typing import Any

from aiokafka import AIOKafkaConsumer
from sqlalchemy.ext.asyncio import AsyncSession
from tests.bench.sample import FLOOR_TOPIC, TOPIC, ThingState, known_thing

from imdi_common.clock import Clock
from imdi_common.consumer import Consumer
from imdi_common.database import Database, upsert_newer
from imdi_common.projecting import Projector
from imdi_common.reactions import Projection, Received


async def keep_things(session: AsyncSession, received: list[Received[Any]]) -> None:
    rows = [{"id": one.key, "sequence": one.sequence, "label": one.state.label} for one in received]
    await session.execute(upsert_newer(known_thing, rows))


def tell(keys: list[str]) -> None:
    now = time.monotonic()
    print("".join(f"{key} {now}\n" for key in keys), end="", flush=True)


async def ours(database: Database, kafka: str) -> None:
    projector = Projector([Projection(TOPIC, ThingState, keep_things)], database, Clock())

    async def handle(topic: str, records: list[Any]) -> None:
        await projector.handle(topic, records)
        tell([record.key.decode() for record in records])

    await Consumer("bench.ours", [TOPIC.name], kafka, "0", handle).run()


async def floor(database: Database, kafka: str) -> None:
    """Bare: consume, one committed upsert, commit the offset."""
    consumer = AIOKafkaConsumer(
        FLOOR_TOPIC, bootstrap_servers=kafka, group_id="bench.floor", auto_offset_reset="earliest"
    )
    await consumer.start()
    connection = await database.engine.raw_connection()
    bare: Any = connection.driver_connection
    statement = (
        "insert into known_thing (id, sequence, label) values ($1, 1, $2) "
        "on conflict (id) do update set sequence = excluded.sequence, label = excluded.label"
    )
    async for record in consumer:
        await bare.execute(statement, record.key.decode(), record.value.decode())
        tell([record.key.decode()])


if __name__ == "__main__":
    kind, url, bootstrap = sys.argv[1:]
    asyncio.run({"ours": ours, "floor": floor}[kind](Database(url, name="bench-reader"), bootstrap))
