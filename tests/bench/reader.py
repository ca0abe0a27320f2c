"""The other service, as a process of its own: ``python -m tests.bench.reader ours|floor DATABASE_URL KAFKA TOPIC``.

Prints a line ``id monotonic_time`` for each event: *ours* once the transaction that holds its copy is committed,
the *floor* once it has arrived.
"""

from __future__ import annotations

import asyncio
import sys
import time
from typing import Any

from aiokafka import AIOKafkaConsumer
from tests.bench.sample import TOPIC, ThingState, keep_things

from imdi_common.clock import Clock
from imdi_common.consumer import Consumer
from imdi_common.database import Database
from imdi_common.projecting import Projector
from imdi_common.reactions import Projection


def tell(keys: list[str]) -> None:
    now = time.monotonic()
    print("".join(f"{key} {now}\n" for key in keys), end="", flush=True)


async def ours(url: str, kafka: str, topic: str) -> None:
    database = Database(url, name="bench-reader")
    projector = Projector([Projection(TOPIC, ThingState, keep_things)], database, Clock())

    async def handle(name: str, records: list[Any]) -> None:
        await projector.handle(name, records)
        tell([record.key.decode() for record in records])

    await Consumer("bench.ours", [topic], kafka, "0", handle, whole_topics=True).run()


async def floor(_: str, kafka: str, topic: str) -> None:
    consumer = AIOKafkaConsumer(topic, bootstrap_servers=kafka, auto_offset_reset="latest")
    await consumer.start()
    while True:
        for records in (await consumer.getmany(timeout_ms=200)).values():
            tell([record.key.decode() for record in records])


if __name__ == "__main__":
    kind, *where = sys.argv[1:]
    asyncio.run({"ours": ours, "floor": floor}[kind](*where))
