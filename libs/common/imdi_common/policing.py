"""Runs policies: each event acts once, in the order of its key; a key that fails is parked, the others flow."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from imdi_common import held
from imdi_common.clock import Clock
from imdi_common.database import Database, fetched, is_environment
from imdi_common.decoding import error_class, receive
from imdi_common.reactions import NotYet, Policy
from imdi_common.retrying import Retrying, until_applied
from imdi_common.telemetry import continued, logger
from imdi_contracts.event import Topic

NEWER = """
insert into seen (reaction, topic, key, sequence) values ($1, $2, $3, $4)
on conflict (reaction, topic, key) do update set sequence = excluded.sequence where seen.sequence < excluded.sequence
returning sequence
"""


class Policing:
    """Applies records to every policy of their topic, each in a transaction of its own."""

    def __init__(self, policies: Sequence[Policy[Any]], database: Database, clock: Clock) -> None:
        self._policies = policies
        self._database = database
        self._clock = clock
        names = [policy.name for policy in policies]
        self._retrying = Retrying(names, self._react_again, "parked", database, clock)

    async def handle(self, topic: str, records: list[Any]) -> None:
        for record in records:
            for policy in self._policies:
                if policy.topic.name == topic:
                    await until_applied(lambda: self._apply(policy, record))  # noqa: B023 - awaited here

    async def retry_waiting(self) -> None:
        """Try the first waiting record of each blocked key again, where its pause is over."""
        await self._retrying.round()

    async def _apply(self, policy: Policy[Any], record: Any) -> None:
        key = held.shown_key(record.key)
        try:
            async with self._database.transaction() as session:
                settled, blocked = await held.standing(session, policy.name, record)
                if blocked:
                    await held.hold(session, policy.name, record, "waiting", None, self._clock.now())
                elif not settled:
                    await self._react(session, policy, record)
        except NotYet:
            await self._hold(policy, record, "waiting", None)
        except held.TooManyHeld:
            await self.retry_waiting()  # what a person has decided on meanwhile must still flow
            raise
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

    async def _react_again(self, session: AsyncSession, name: str, record: Any) -> None:
        await self._react(session, next(policy for policy in self._policies if policy.name == name), record)

    async def _hold(self, policy: Policy[Any], record: Any, status: held.Status, error: str | None) -> None:
        try:
            async with self._database.transaction() as session:
                await held.hold(session, policy.name, record, status, error, self._clock.now())
        except held.TooManyHeld:
            await self.retry_waiting()  # what a person has decided on meanwhile must still flow
            raise


async def _newer(session: AsyncSession, reaction: str, topic: Topic, key: str, sequence: int) -> bool:
    """Take note of the event; false where it, or a newer one of its key, was acted on before."""
    return await fetched(session, NEWER, reaction, topic.name, key, sequence) is not None
