"""Nothing happens by itself when a date passes: a row says what is due, and the ``clock`` role does it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from imdi_common.clock import Clock
from imdi_common.database import Database
from imdi_common.election import DRIVER_ERRORS, elected
from imdi_common.mechanics import due, idempotency
from imdi_common.outbox import forget_old
from imdi_common.telemetry import continued, logger

DueAction = Callable[[AsyncSession, str, datetime], Awaitable[None]]
TICK_S = 0.5
BATCH = 100
LONGEST_PAUSE = timedelta(hours=1)
IDEMPOTENCY_KEPT = timedelta(days=7)


async def schedule(session: AsyncSession, kind: str, subject: str, at: datetime) -> None:
    """Let ``kind`` fall due for ``subject`` at a moment; replaces an earlier date."""
    row = insert(due).values(kind=kind, subject=subject, at=at, attempts=0)
    await session.execute(row.on_conflict_do_update(index_elements=["kind", "subject"], set_={"at": at, "attempts": 0}))


async def cancel(session: AsyncSession, kind: str, subject: str) -> None:
    """Let it not fall due after all."""
    await session.execute(delete(due).where(due.c.kind == kind, due.c.subject == subject))


class DueClock:
    """Does what has fallen due, one row a transaction, in one process at a time."""

    def __init__(
        self, service: str, database: Database, database_url: str, clock: Clock, actions: Mapping[str, DueAction]
    ):
        self._service = service
        self._database = database
        self._database_url = database_url
        self._clock = clock
        self._actions = actions

    async def run(self) -> None:
        while True:
            try:
                async with elected(self._database_url, f"imdi-{self._service}-clock") as connection:
                    while True:
                        await connection.execute("select 1")
                        if not await self.tick():
                            await asyncio.sleep(TICK_S)
            except (OSError, TimeoutError, SQLAlchemyError, *DRIVER_ERRORS) as error:
                logger().warning("clock_restarts", error=type(error).__name__)
                await asyncio.sleep(TICK_S)

    async def tick(self) -> int:
        """Do up to one batch of what is due now; returns how many were found."""
        now = self._clock.now()
        async with self._database.transaction() as session:
            await session.execute(delete(idempotency).where(idempotency.c.recorded_at < now - IDEMPOTENCY_KEPT))
            await forget_old(session)
            found = select(due.c.kind, due.c.subject).where(due.c.at <= now, due.c.kind.in_(self._actions))
            rows = (await session.execute(found.order_by(due.c.at).limit(BATCH))).all()
        for kind, subject in rows:
            await self._do(kind, subject, self._clock.now())
        return len(rows)

    async def _do(self, kind: str, subject: str, now: datetime) -> None:
        async def work(session: AsyncSession) -> None:
            mine = (due.c.kind == kind, due.c.subject == subject, due.c.at <= now)
            taken = await session.execute(delete(due).where(*mine).returning(due.c.kind))
            if taken.first():
                await self._actions[kind](session, subject, now)

        try:
            with continued(f"due {kind}", None):
                await self._database.run(work)
        except Exception as error:  # noqa: BLE001 - one failing subject must not stop the clock for the others
            logger().error("due_failed", kind=kind, subject=subject, error=type(error).__name__)
            await self._postpone(kind, subject, now)

    async def _postpone(self, kind: str, subject: str, now: datetime) -> None:
        async with self._database.transaction() as session:
            mine = (due.c.kind == kind, due.c.subject == subject)
            attempts = await session.scalar(select(due.c.attempts).where(*mine)) or 0
            pause = min(timedelta(seconds=2**attempts), LONGEST_PAUSE)
            await session.execute(update(due).where(*mine).values(at=now + pause, attempts=attempts + 1))
