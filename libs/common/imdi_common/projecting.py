"""Runs projections: newest per key, one transaction per batch; a record that cannot be read is quarantined."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from imdi_common.clock import Clock
from imdi_common.consumer import until_applied
from imdi_common.database import Database, is_environment
from imdi_common.decoding import error_class, receive
from imdi_common.held import hold
from imdi_common.reactions import Projection
from imdi_common.telemetry import continued, logger


class Projector:
    """Applies batches of one partition to every projection of its topic."""

    def __init__(self, projections: Sequence[Projection[Any]], database: Database, clock: Clock) -> None:
        self._projections = projections
        self._database = database
        self._clock = clock

    async def handle(self, topic: str, records: list[Any]) -> None:
        for projection in self._projections:
            if projection.topic.name == topic:
                await until_applied(lambda: self._keep(projection, records), is_environment)  # noqa: B023 - awaited here

    async def _keep(self, projection: Projection[Any], records: list[Any]) -> None:
        try:
            await self._keep_together(projection, records)
        except Exception as error:
            if is_environment(error):
                raise
            for record in records:
                await self._keep_alone(projection, record)

    async def _keep_together(self, projection: Projection[Any], records: list[Any]) -> None:
        newest: dict[str, Any] = {}
        parent = None
        for record in records:
            received, envelope = receive(record, projection.state)
            parent = envelope.traceparent
            if received.key not in newest or newest[received.key].sequence < received.sequence:
                newest[received.key] = received
        with continued(f"project {projection.name}", parent):
            async with self._database.transaction() as session:
                await projection.keep(session, list(newest.values()))

    async def _keep_alone(self, projection: Projection[Any], record: Any) -> None:
        try:
            await self._keep_together(projection, [record])
        except Exception as error:
            if is_environment(error):
                raise
            at = {"topic": record.topic, "partition": record.partition, "offset": record.offset}
            logger().error("record_quarantined", reaction=projection.name, error=error_class(error), **at)
            async with self._database.transaction() as session:
                await hold(session, projection.name, record, "quarantined", error_class(error), self._clock.now())
