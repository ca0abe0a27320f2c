"""Runs projections: newest per key, one transaction per batch; a record that cannot be applied is quarantined."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from imdi_common import held
from imdi_common.clock import Clock
from imdi_common.database import Database, is_environment
from imdi_common.decoding import error_class, newest_of_each, receive
from imdi_common.envelope import Envelope
from imdi_common.reactions import Projection, Received
from imdi_common.retrying import Retrying, until_applied
from imdi_common.telemetry import continued, logger

Readable = tuple[Any, Received[Any], Envelope]
"""A record, and what it says."""


class Projector:
    """Applies batches of a topic to every projection of it."""

    def __init__(self, projections: Sequence[Projection[Any]], database: Database, clock: Clock) -> None:
        self._projections = projections
        self._database = database
        self._clock = clock
        names = [projection.name for projection in projections]
        self._retrying = Retrying(names, self._keep_again, "quarantined", database, clock)

    async def handle(self, topic: str, records: list[Any]) -> None:
        for projection in self._projections:
            if projection.topic.name == topic:
                await until_applied(lambda: self._keep(projection, records))  # noqa: B023 - awaited here

    async def retry_waiting(self) -> None:
        """Apply the quarantined records that a person has released."""
        await self._retrying.round()

    async def _keep(self, projection: Projection[Any], records: list[Any]) -> None:
        readable: list[Readable] = []
        for record in records:
            try:
                readable.append((record, *receive(record, projection.state)))
            except Exception as error:  # noqa: BLE001 - bytes can be wrong in any way, and must not stop the others
                await self._quarantine(projection, record, error)
        if readable:
            await self._keep_readable(projection, readable)

    async def _keep_readable(self, projection: Projection[Any], readable: list[Readable]) -> None:
        """All in one transaction; where that fails, by halves: a bad record costs a few transactions, not hundreds."""
        try:
            await self._keep_together(projection, readable)
        except Exception as error:
            if is_environment(error):
                raise
            if len(readable) == 1:
                await self._quarantine(projection, readable[0][0], error)
                return
            middle = len(readable) // 2
            for half in (readable[:middle], readable[middle:]):
                await self._keep_readable(projection, half)

    async def _keep_together(self, projection: Projection[Any], readable: list[Readable]) -> None:
        with continued(f"project {projection.name}", readable[-1][2].traceparent):
            async with self._database.transaction() as session:
                await projection.keep(session, newest_of_each(received for _, received, _ in readable))

    async def _keep_again(self, session: AsyncSession, name: str, record: Any) -> None:
        projection = next(projection for projection in self._projections if projection.name == name)
        await projection.keep(session, [receive(record, projection.state)[0]])

    async def _quarantine(self, projection: Projection[Any], record: Any, error: Exception) -> None:
        at = {"topic": record.topic, "partition": record.partition, "offset": record.offset}
        logger().error("record_quarantined", reaction=projection.name, error=error_class(error), **at)
        async with self._database.transaction() as session:
            await held.hold(session, projection.name, record, "quarantined", error_class(error), self._clock.now())
