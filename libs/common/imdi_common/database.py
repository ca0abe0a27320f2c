"""The service's own PostgreSQL: an engine, one transaction per command, and what is worth a second try."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any, TypeVar

import asyncpg
from asyncpg.exceptions import InternalClientError
from sqlalchemy import Executable, Row, Table, bindparam, func, select, types
from sqlalchemy.dialects.postgresql import ARRAY, Insert, insert
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import Mapped, Session, mapped_column

from imdi_common.election import DRIVER_ERRORS
from imdi_common.settings import ServiceSettings

RETRIED = {"40001", "40P01"}
"""Serialization failure and deadlock: the victim did nothing and may simply go again."""
ENVIRONMENT_CLASSES = {"08", "40", "53", "57"}
"""SQLSTATE classes of a database that is away, overloaded or shutting down."""
LOCK_NOT_AVAILABLE = "55P03"
ATTEMPTS = 4
GLANCE_S = 1.0
ANNOUNCED = "announced"
Result = TypeVar("Result")


async def _as_it_is(_: asyncpg.Connection) -> None:
    """A glance changes nothing of its connection: there is nothing to put back."""


class Announcing:
    """Columns of an aggregate: how many events it has announced, and the version its ETag shows."""

    event_number: Mapped[int] = mapped_column(default=0, server_default="0", sort_order=90)
    version: Mapped[int] = mapped_column(default=1, server_default="1", sort_order=91)


def sqlstate(error: BaseException) -> str:
    """The SQLSTATE of a database error, or an empty text."""
    return str(getattr(getattr(error, "orig", None), "sqlstate", None) or "")


def is_environment(error: BaseException) -> bool:
    """Whether an error is the surroundings' fault (database or broker away) and not the work's."""
    if isinstance(error, DBAPIError):
        state = sqlstate(error)
        # The driver tells a value that it cannot send by the same class as a connection that is gone.
        unsendable = isinstance(error.orig and error.orig.__cause__, ValueError | TypeError | OverflowError)
        away = isinstance(error, InterfaceError | OperationalError) and not state and not unsendable
        return away or error.connection_invalidated or state[:2] in ENVIRONMENT_CLASSES or state == LOCK_NOT_AVAILABLE
    # A server that dies while it greets us leaves the driver in a state it does not know; SQLAlchemy wraps that not.
    return isinstance(error, OSError | TimeoutError | PoolTimeout | InternalClientError)


class Database:
    """Sessions on one PostgreSQL database. ``wake`` is called after each commit that announced an event."""

    def __init__(self, url: str, *, pool_size: int = 10, name: str = "imdi", wake: Callable[[], None] | None = None):
        self._settings = {
            "application_name": name,
            "statement_timeout": "10000",
            "lock_timeout": "3000",
            "idle_in_transaction_session_timeout": "15000",
        }
        self.engine = create_async_engine(
            url,
            pool_size=pool_size,
            max_overflow=0,
            pool_timeout=2,
            connect_args={"timeout": 3, "server_settings": self._settings},
        )
        self.sessions = async_sessionmaker(self.engine, expire_on_commit=False)
        self._url = url.replace("+asyncpg", "")
        self._glances: asyncpg.Pool | None = None
        self.wake = wake or (lambda: None)

    @classmethod
    def of(cls, settings: ServiceSettings, name: str, wake: Callable[[], None] | None = None) -> Database:
        return cls(settings.database_url.get_secret_value(), pool_size=settings.pool_size, name=name, wake=wake)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncSession]:
        """One transaction: committed at the end, rolled back on any error."""
        async with self.sessions() as session:
            async with session.begin():
                yield session
            if session.info.pop(ANNOUNCED, False):
                self.wake()

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator[AsyncSession]:
        """A transaction to read in: all of its statements see what was committed when the first one began."""
        async with self.transaction() as session:
            await session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
            yield session

    async def glance(self, statement: str, *values: Any) -> asyncpg.Record | None:
        """The first row of one statement that only reads, in the driver's own text; none also where it cannot be had.

        It goes past SQLAlchemy, on one or two connections more: that halves what it takes. Whoever gets none reads in
        a transaction, which tells what is wrong.
        """
        try:
            async with asyncio.timeout(GLANCE_S):
                if self._glances is None:
                    self._glances = asyncpg.create_pool(
                        self._url, min_size=0, max_size=2, reset=_as_it_is, server_settings=self._settings
                    )
                return await (await self._glances).fetchrow(statement, *values)
        except (OSError, TimeoutError, *DRIVER_ERRORS):
            return None

    async def run(self, work: Callable[[AsyncSession], Awaitable[Result]]) -> Result:
        """Do ``work`` in one transaction; a deadlock's victim goes again, a few times."""
        for attempt in range(1, ATTEMPTS + 1):
            try:
                async with self.transaction() as session:
                    return await work(session)
            except DBAPIError as error:
                if sqlstate(error) not in RETRIED or attempt == ATTEMPTS:
                    raise
                await asyncio.sleep(random.uniform(0.005, 0.05) * attempt)  # noqa: S311 - jitter, not a secret
        raise AssertionError("unreachable")

    async def close(self) -> None:
        if self._glances:
            self._glances.terminate()
        await self.engine.dispose()


async def fetched(session: AsyncSession, statement: str, *values: Any) -> Row[Any] | None:
    """The first row of the driver's own text (``$1``, ``$2`` …), in the session's transaction.

    For the few statements of every command and record: making one of SQLAlchemy's costs several times what it runs.
    """

    def run(sync: Session) -> Row[Any] | None:
        return sync.connection().exec_driver_sql(statement, values).first()

    return await session.run_sync(run)


def upsert_newer(
    table: type[Any] | Table,
    rows: Sequence[Mapping[str, Any]],
    *,
    key: str = "id",
    sequence: str = "sequence",
) -> Executable:
    """Insert or update copies of another service's aggregates, each only where the incoming one is newer."""
    target: Table = table if isinstance(table, Table) else table.__table__
    statement = _inserting(target, rows)
    columns = {name: statement.excluded[name] for name in rows[0] if name != key}
    return statement.on_conflict_do_update(
        index_elements=[key], set_=columns, where=target.c[sequence] < statement.excluded[sequence]
    )


def _inserting(table: Table, rows: Sequence[Mapping[str, Any]]) -> Insert:
    """One array a column, so that the statement is the same text for any number of rows, and is made once.

    A column that is an array itself cannot be taken apart again by ``unnest``: such rows are written out.
    """
    columns = [table.c[name] for name in rows[0]]
    if any(isinstance(column.type, types.ARRAY) for column in columns):
        return insert(table).values(list(rows))
    arrays = [
        bindparam(f"{column.name}s", [row[column.name] for row in rows], ARRAY(column.type, dimensions=1))
        for column in columns
    ]
    given = func.unnest(*arrays).table_valued(*(column.name for column in columns)).render_derived()
    return insert(table).from_select([column.name for column in columns], select(given))
