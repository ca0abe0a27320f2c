"""Tries held records again: the first of each blocked key, once its pause is over."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

from sqlalchemy import RowMapping
from sqlalchemy.ext.asyncio import AsyncSession

from imdi_common import held
from imdi_common.clock import Clock
from imdi_common.database import Database, is_environment
from imdi_common.decoding import error_class
from imdi_common.reactions import NotYet
from imdi_common.telemetry import logger

ALARM_AFTER = timedelta(seconds=60)
LONGEST_PAUSE_S = 10.0
Apply = Callable[[AsyncSession, str, Any], Awaitable[None]]
"""Applies a record to the reaction of that name, in a transaction."""


class Retrying:
    """What waits of some reactions, in the order of each key; what fails again becomes ``failed``."""

    def __init__(
        self, reactions: Sequence[str], apply: Apply, failed: held.Status, database: Database, clock: Clock
    ) -> None:
        self._reactions = reactions
        self._apply = apply
        self._failed = failed
        self._database = database
        self._clock = clock

    async def round(self) -> None:
        """Try the first waiting record of each blocked key, where its pause is over."""
        try:
            async with self._database.transaction() as session:
                ready = await held.ready_heads(session, self._reactions, self._clock.now())
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
                    await self._apply(session, row["reaction"], as_record(row))
                    await held.settle(session, row)
        except NotYet:
            self._alarm(row)
        except Exception as error:
            if is_environment(error):
                raise
            failure = error_class(error)
            logger().error("retry_failed", reaction=row and row["reaction"], error=failure)
        else:
            return
        if row:
            async with self._database.transaction() as session:
                await held.postpone(session, row, self._clock.now(), failure, self._failed)

    def _alarm(self, row: RowMapping | None) -> None:
        if row and self._clock.now() - row["first_at"] > ALARM_AFTER:
            logger().error("key_waits_long", reaction=row["reaction"], topic=row["topic"], key=row["key"])


def pauses(error: BaseException) -> bool:
    """Whether the consumer waits and tries again: nothing of the record itself is wrong."""
    return is_environment(error) or isinstance(error, held.TooManyHeld)


async def until_applied(work: Callable[[], Awaitable[None]]) -> None:
    """Do ``work``; while the surroundings fail, wait longer and longer and do it again. Other errors go up."""
    pause = 0.1
    while True:
        try:
            return await work()
        except Exception as error:
            if not pauses(error):
                raise
            logger().warning("reaction_pauses", error=type(error).__name__)
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE_S)


def as_record(row: RowMapping) -> Any:
    """A held record as Kafka gave it."""
    whole = {name: row[name] for name in ("topic", "partition", "offset", "value")}
    return SimpleNamespace(**whole, key=row["key"].encode(), headers=held.headers_of(row))
