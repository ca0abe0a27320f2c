"""Waits until a platform has come to rest: nothing unpublished, nothing put aside, no topic growing."""

from __future__ import annotations

import asyncio
import time
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition
from tests.storm.platform import SERVICES
from tests.storm.wire import Client

from imdi_contracts import catalogue
from imdi_contracts.event import PARTITIONS

QUIET_S = 4.0
HELD = ("waiting", "parked", "quarantined")


async def at_rest(steward: Client, bootstrap: str, patience_s: float) -> dict[str, dict[str, Any]]:
    """Each service's flow, when all is quiet or the patience is over."""
    end = time.monotonic() + patience_s
    before = await _ends(bootstrap)
    while True:
        await asyncio.sleep(QUIET_S)
        flows = {name: await steward.get(name, "/ops/flow") for name in SERVICES}
        after = await _ends(bootstrap)
        moving = after != before or any(flow["unpublished"] or flow["held"].get("waiting") for flow in flows.values())
        if not moving or time.monotonic() > end:
            return flows
        before = after


async def _ends(bootstrap: str) -> dict[TopicPartition, int]:
    consumer = AIOKafkaConsumer(bootstrap_servers=bootstrap, group_id=None)
    await consumer.start()
    try:
        names = [topic.name for topic in catalogue.topics()]
        found: dict[TopicPartition, int] = await consumer.end_offsets(
            [TopicPartition(name, number) for name in names for number in range(PARTITIONS)]
        )
        return found
    finally:
        await consumer.stop()
