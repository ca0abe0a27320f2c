"""Makes a copy anew from its topic, during load: readers see the old copy or the new one, never half.

The projection's own ``keep`` fills a temporary table, which on its connection hides the real one of the same name. At
the end one transaction shuts out the writers (not the readers), reads what the topic holds more by then, and makes the
real table equal. What the real table holds in a newer state stays; so does what a policy has yet to act on.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Delete,
    MetaData,
    NullPool,
    Table,
    Text,
    cast,
    delete,
    exists,
    func,
    select,
    text,
    true,
    tuple_,
)
from sqlalchemy.dialects.postgresql import Insert, insert
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine

from imdi_common.database import LOCK_NOT_AVAILABLE, RETRIED, is_environment, sqlstate
from imdi_common.decoding import newest_of_each, receive
from imdi_common.election import lock_number
from imdi_common.held import shown_key
from imdi_common.mechanics import seen
from imdi_common.reactions import Projection, Received
from imdi_common.whole_topic import WholeTopic

LOCKED_AT_MOST_S = 5.0
"""Writers wait no longer for the last records to be read."""
NEAR = 500
"""Records behind the topic's end: so many are read within the lock's time."""
TRIES = 20
PAUSE_S = 0.25
SETTINGS = {"statement_timeout": "60000", "lock_timeout": "1000", "idle_in_transaction_session_timeout": "15000"}


class TopicIsEmpty(Exception):
    """The copy has rows and its topic has no record: the topic is what is broken."""


@dataclass(frozen=True, slots=True)
class Copy:
    """A copy that can be made anew; ``acted_by`` names the policy in whose transactions it is kept, if one does."""

    projection: Projection[Any]
    table: Table
    acted_by: str | None = None

    @property
    def name(self) -> str:
        return self.table.name

    @property
    def key(self) -> str:
        """The column of the record's key."""
        [column] = self.table.primary_key.columns.keys()
        return column


@dataclass(slots=True)
class Progress:
    """Records read, those of them that cannot be applied, and the rows of the copy that had to change."""

    records: int = 0
    unreadable: int = 0
    changed: int | None = None


@asynccontextmanager
async def alone(database_url: str, name: str) -> AsyncIterator[AsyncSession | None]:
    """A connection of its own that holds the lock of this copy; none where another process rebuilds it."""
    arguments = {"timeout": 3, "server_settings": SETTINGS | {"application_name": f"imdi-rebuild-{name}"}}
    engine = create_async_engine(database_url, poolclass=NullPool, connect_args=arguments)
    try:
        async with engine.connect() as connection, AsyncSession(connection, expire_on_commit=False) as session:
            async with session.begin():
                locked = await session.scalar(select(func.pg_try_advisory_lock(lock_number(f"imdi-rebuild-{name}"))))
            yield session if locked else None
    finally:
        await engine.dispose()


class Rebuilding:
    """One copy, made anew on a connection of its own."""

    def __init__(self, copy: Copy, session: AsyncSession, tell: Callable[[Progress], Awaitable[None]]) -> None:
        self._copy = copy
        self._session = session
        self._tell = tell
        self.progress = Progress()
        self._real = copy.table.to_metadata(MetaData(), schema="public")
        self._fresh = copy.table.to_metadata(MetaData(), schema="pg_temp")
        self._spoilt: set[str] = set()
        """Keys of which a record cannot be applied: the topic may no longer hold what their row came from."""

    async def run(self, kafka_bootstrap: str) -> None:
        """Read the topic, and put what came of it in the copy's place. ``TopicIsEmpty`` where that would lose it."""
        name = self._copy.name
        async with WholeTopic.opened(self._copy.projection.topic.name, kafka_bootstrap) as topic:
            async with self._session.begin():
                await self._session.execute(
                    text(f'create temporary table "{name}" (like public."{name}" including all)')
                )
            while await self._read_on(topic) > NEAR:
                pass
            await self._until_taken_over(topic)
        await self._tell(self.progress)

    async def _read_on(self, topic: WholeTopic) -> int:
        """Read to what is now the end; returns how many records that were."""
        before = self.progress.records
        async for records in topic.to_its_end():
            async with self._session.begin():
                await self._keep(records)
            await self._tell(self.progress)
        return self.progress.records - before

    async def _until_taken_over(self, topic: WholeTopic) -> None:
        for attempt in range(1, TRIES + 1):
            before = await topic.positions()
            try:
                async with self._session.begin():
                    await self._take_over(topic)
                return
            except (DBAPIError, TimeoutError) as error:
                busy = isinstance(error, TimeoutError) or sqlstate(error) in {LOCK_NOT_AVAILABLE, *RETRIED}
                if attempt == TRIES or not busy:
                    raise
                topic.go_back(before)
                await asyncio.sleep(PAUSE_S)

    async def _take_over(self, topic: WholeTopic) -> None:
        """In one transaction. The lock is the one that also keeps out who would lock a row; reading goes on."""
        await self._session.execute(text(f'lock table public."{self._copy.name}" in exclusive mode'))
        async with asyncio.timeout(LOCKED_AT_MOST_S):
            last = [records async for records in topic.to_its_end()]
        for records in last:
            await self._keep(records)
        if self._copy.projection.forget:
            await self._copy.projection.forget(self._session)
        if not self.progress.records and await self._session.scalar(select(exists(select(self._real)))):
            raise TopicIsEmpty
        gone: Any = await self._session.execute(self._what_is_not_there())
        written: Any = await self._session.execute(self._what_differs())
        self.progress.changed = gone.rowcount + written.rowcount

    def _what_is_not_there(self) -> Delete:
        key = self._real.c[self._copy.key]
        there = exists().where(self._fresh.c[self._copy.key] == key)
        return delete(self._real).where(~there, cast(key, Text).not_in(self._spoilt))

    def _what_differs(self) -> Insert:
        """Only rows that differ are written, so that nobody who waits for a row finds it gone."""
        names = self._real.columns.keys()
        row = insert(self._real).from_select(names, select(self._fresh).where(self._acted()))
        differs = tuple_(*self._real.c).is_distinct_from(tuple_(*row.excluded))
        return row.on_conflict_do_update(
            index_elements=[self._copy.key],
            set_={name: row.excluded[name] for name in names},
            where=(self._real.c.sequence <= row.excluded.sequence) & differs,
        )

    def _acted(self) -> ColumnElement[bool]:
        """What a policy keeps may not be newer than what it has acted on."""
        if self._copy.acted_by is None:
            return true()
        return exists().where(
            seen.c.reaction == self._copy.acted_by,
            seen.c.topic == self._copy.projection.topic.name,
            seen.c.key == cast(self._fresh.c[self._copy.key], Text),
            seen.c.sequence >= self._fresh.c.sequence,
        )

    async def _keep(self, records: list[Any]) -> None:
        received = [one for record in records if (one := self._read(record))]
        self.progress.records += len(records)
        if received and not await self._kept(newest_of_each(received)):
            for one in received:
                if not await self._kept([one]):
                    self._spoil(one.key)

    def _read(self, record: Any) -> Received[Any] | None:
        try:
            return receive(record, self._copy.projection.state)[0]
        except Exception:  # noqa: BLE001 - bytes can be wrong in any way; the projection has quarantined it
            self._spoil(shown_key(record.key))
            return None

    def _spoil(self, key: str) -> None:
        self.progress.unreadable += 1
        self._spoilt.add(key)

    async def _kept(self, received: list[Received[Any]]) -> bool:
        try:
            async with self._session.begin_nested():
                await self._copy.projection.keep(self._session, received)
        except Exception as error:
            if is_environment(error):
                raise
            return False
        return True
