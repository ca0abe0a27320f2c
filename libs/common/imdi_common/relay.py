"""The relay: takes recorded events to Kafka, in order per key, at least once.

One per service is elected. Each round sends what is unpublished in the order of ``position``, waits for every
acknowledgement and marks; ``published_position`` is given at the marking, so it has no gap and never runs ahead.
"""

from __future__ import annotations

import asyncio

import asyncpg
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from imdi_common.election import DRIVER_ERRORS, Connection, elected, holding
from imdi_common.envelope import Envelope, Headers, to_record
from imdi_common.outbox import CHANNEL, LARGEST
from imdi_common.telemetry import logger

BATCH = 500
POLL_S = 0.25
BACKOFF_S = 0.5

UNPUBLISHED = """
select position, event_id, topic, key, sequence, type, body, traceparent, recorded_at
from outbox where published_at is null
and (topic, key) not in (select * from unnest($2::text[], $3::text[])) order by position limit $1
"""
MARK = """
with given as (update publication set last = last + cardinality($1::bigint[])
               returning last - cardinality($1::bigint[]) as base),
     numbered as (select position, row_number() over (order by position) as number
                  from unnest($1::bigint[]) as position)
update outbox set published_at = clock_timestamp(), published_position = given.base + numbered.number
from given, numbered where outbox.position = numbered.position
"""


class Relay:
    """Publishes one service's outbox; ``healthy`` says whether Kafka took the last round."""

    def __init__(self, service: str, database_url: str, kafka_bootstrap: str) -> None:
        self.service = service
        self.healthy = True
        self._database_url = database_url
        self._bootstrap = kafka_bootstrap
        self._woken = asyncio.Event()
        self._leaving = False
        self._held_back: set[tuple[str, str]] = set()
        self.working = False
        """Whether it is the one elected; else it may be called off at any time."""

    def wake(self) -> None:
        """Look now; called in the process that has just committed."""
        self._woken.set()

    def leave(self) -> None:
        """Send and mark what is recorded by now, and end."""
        self._leaving = True
        self._woken.set()

    async def run(self) -> None:
        """Publish until told to leave; whatever fails, start again with the same rows."""
        while not self._leaving:
            try:
                async with elected(self._database_url, f"imdi-{self.service}-relay") as connection:
                    await connection.add_listener(CHANNEL, lambda *_: self.wake())
                    self.working = True
                    await self._publish_through(connection)
            except (KafkaError, OSError, TimeoutError, *DRIVER_ERRORS) as error:
                self.healthy = not isinstance(error, KafkaError)
                logger().warning("relay_restarts", error=type(error).__name__)
                await asyncio.sleep(BACKOFF_S)
            finally:
                self.working = False

    async def _publish_through(self, connection: Connection) -> None:
        producer = AIOKafkaProducer(
            bootstrap_servers=self._bootstrap, enable_idempotence=True, acks="all", request_timeout_ms=10_000
        )
        try:
            await holding(connection, producer.start())
            self.healthy = True
            last = False
            while not last:
                self._woken.clear()
                last = self._leaving
                if not await self._round(connection, producer) and not last:
                    await self._rest()
        finally:
            await asyncio.shield(_stop(producer))

    async def _rest(self) -> None:
        try:
            await asyncio.wait_for(self._woken.wait(), POLL_S)
        except TimeoutError:
            return

    async def _round(self, connection: Connection, producer: AIOKafkaProducer) -> int:
        topics, keys = zip(*self._held_back, strict=True) if self._held_back else ((), ())
        found = await connection.fetch(UNPUBLISHED, BATCH, topics, keys)
        rows = [row for row in found if self._can_leave(row)]
        if rows:
            results = await holding(connection, self._send(producer, rows))
            failed = {(row["topic"], row["key"]) for row, ok in zip(rows, results, strict=True) if not ok}
            sent = [row["position"] for row in rows if (row["topic"], row["key"]) not in failed]
            if sent:
                await connection.execute(MARK, sent)
            if failed:
                raise KafkaError("unacknowledged")
        return len(found)

    def _can_leave(self, row: asyncpg.Record) -> bool:
        """False for an event that no broker takes, and for what is behind it: its key is held back, the others flow."""
        key = (row["topic"], row["key"])
        if len(row["body"].encode()) > LARGEST and key not in self._held_back:
            logger().error("event_too_large", topic=row["topic"], key=row["key"], type=row["type"])
            self._held_back.add(key)
        return key not in self._held_back

    async def _send(self, producer: AIOKafkaProducer, rows: list[asyncpg.Record]) -> list[bool]:
        """Send all in order and await every acknowledgement: whether each was acknowledged."""
        acknowledgements = []
        for row in rows:
            headers, value = self._record(row)
            acknowledgements.append(await producer.send(row["topic"], value, row["key"].encode(), headers=headers))
        results = await asyncio.gather(*acknowledgements, return_exceptions=True)
        return [not isinstance(result, BaseException) for result in results]

    def _record(self, row: asyncpg.Record) -> tuple[Headers, bytes]:
        return to_record(
            Envelope(
                event_id=row["event_id"],
                type=row["type"],
                source=f"/imdi/{self.service}",
                subject=row["key"],
                at=row["recorded_at"],
                sequence=row["sequence"],
                traceparent=row["traceparent"],
                data=row["body"].encode(),
            )
        )


async def _stop(producer: AIOKafkaProducer) -> None:
    try:
        await asyncio.wait_for(producer.stop(), 5)
    except (KafkaError, TimeoutError, OSError):
        logger().warning("producer_stop_failed")
