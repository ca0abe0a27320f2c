"""Runs policies: each event acts once, in the order of its key; a key that fails is parked, the others flow."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

from sqlalchemy import RowMapping
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from imdi_common import held
from imdi_common.clock import Clock
from imdi_common.consumer import until_applied
from imdi_common.database import Database, is_environment
from imdi_common.decoding import error_class, receive
from imdi_common.mechanics import seen
from imdi_common.reactions import NotYet, Policy
from imdi_common.telemetry import continued, logger
from imdi_contracts.event import Topic

ALARM_AFTER = timedelta(seconds=60)


class Policing:
    """Applies records to every policy of their topic, each in a transaction of its own."""

    def __init__(self, policies: Sequence[Policy[Any]], database: Database, clock: Clock) -> None:
        self._policies = policies
        self._database = database
        self._clock = clock

    async def handle(self, topic: str, records: list[Any]) -> None:
        for record in records:
            for policy in self._policies:
                if policy.topic.name == topic:
                    await until_applied(lambda: self._apply(policy, record), is_environment)  # noqa: B023 - awaited here

    async def _apply(self, policy: Policy[Any], record: Any) -> None:
        key = (record.key or b"").decode("utf-8", "replace")
        try:
            async with self._database.transaction() as session:
                if await held.blocks(session, policy.name, record.topic, key):
                    await held.hold(session, policy.name, record, "waiting", None, self._clock.now())
                else:
                    await self._react(session, policy, record)
        except NotYet:
            await self._hold(policy, record, "waiting", None)
        except Exception as error:
            if is_environment(error):
                raise
            logger().error("key_parked", reaction=policy.name, topic=record.topic, key=key, error=error_class(error))
            await self._hold(policy, record, "parked", error_class(error))

    async def _react(self, session: AsyncSession, policy: Policy[Any], record: Any) -> None:
        received, envelope = receive(record, policy.state)
        with continued(f"react {policy.name}", envelope.traceparent):
            if await _newer(session, policy.name, policy.topic, received.key, received.sequence):
                await policy.react(session, received, self._clock.now())

    async def _hold(self, policy: Policy[Any], record: Any, status: held.Status, error: str | None) -> None:
        async with self._database.transaction() as session:
            await held.hold(session, policy.name, record, status, error, self._clock.now())

    async def retry_waiting(self) -> None:
        """Try the first waiting record of each blocked key again, where its pause is over."""
        names = [policy.name for policy in self._policies]
        try:
            async with self._database.transaction() as session:
                ready = await held.ready_heads(session, names, self._clock.now())
            for (record_id,) in ready:
                await self._retry(record_id)
        except Exception as error:
            if not is_environment(error):
                raise
            logger().warning("retry_pauses", error=type(error).__name__)

    async def _retry(self, record_id: int) -> None:
        row, failure = None, None
        try:
            async with self._database.transaction() as session:
                row = await held.take(session, record_id)
                if row:
                    await self._react(session, self._policy(row["reaction"]), _as_record(row))
                    await held.settle(session, row)
        except NotYet:
            self._alarm(row)
        except Exception as error:
            if is_environment(error):
                raise
            failure = error_class(error)
            logger().error("key_parked", reaction=row and row["reaction"], error=failure)
        else:
            return
        if row:
            async with self._database.transaction() as session:
                await held.postpone(session, row, self._clock.now(), failure)

    def _policy(self, name: str) -> Policy[Any]:
        return next(policy for policy in self._policies if policy.name == name)

    def _alarm(self, row: RowMapping | None) -> None:
        if row and self._clock.now() - row["first_at"] > ALARM_AFTER:
            logger().error("key_waits_long", reaction=row["reaction"], topic=row["topic"], key=row["key"])


async def _newer(session: AsyncSession, reaction: str, topic: Topic, key: str, sequence: int) -> bool:
    """Take note of the event; false where it, or a newer one of its key, was acted on before."""
    row = insert(seen).values(reaction=reaction, topic=topic.name, key=key, sequence=sequence)
    noted = row.on_conflict_do_update(
        index_elements=["reaction", "topic", "key"],
        set_={"sequence": sequence},
        where=seen.c.sequence < row.excluded.sequence,
    ).returning(seen.c.sequence)
    return (await session.execute(noted)).first() is not None


def _as_record(row: RowMapping) -> Any:
    headers = [(name, value.encode()) for name, value in row["headers"]]
    return SimpleNamespace(topic=row["topic"], key=row["key"].encode(), headers=headers, value=row["value"])
