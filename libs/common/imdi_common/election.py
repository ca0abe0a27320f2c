"""One holder at a time, by a session advisory lock that a frozen holder loses."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from typing import Any, TypeVar

import asyncpg

from imdi_common.meanwhile import meanwhile

Connection = Any
"""An asyncpg connection; asyncpg ships no types."""

DRIVER_ERRORS = (asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError)
"""What a connection of the driver's own raises; the last where the server dies while it greets us."""
IDLE_LIMIT_MS = 10_000
"""A holder that has been silent for so long is cut off by the server, and its lock is free."""
PATIENCE_S = 1.0
HEARTBEAT_S = 1.0
Result = TypeVar("Result")


def lock_number(name: str) -> int:
    """The 64-bit key of an advisory lock, from its name."""
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], signed=True)


async def holding(connection: Connection, work: Awaitable[Result]) -> Result:
    """Await ``work`` while using the connection every second, so that only a frozen holder loses the lock."""
    return await meanwhile(work, HEARTBEAT_S, lambda: connection.execute("select 1"))


@asynccontextmanager
async def elected(database_url: str, name: str) -> AsyncIterator[Connection]:
    """Wait until this process holds the lock ``name``; yields the connection that holds it.

    The holder must use the connection at least every few seconds, and write through it: once the server has cut
    it off, nothing more can be written by it.
    """
    connection = await asyncpg.connect(
        database_url.replace("+asyncpg", ""),
        timeout=3,
        command_timeout=10,
        server_settings={
            "application_name": name,
            "idle_session_timeout": str(IDLE_LIMIT_MS),
            "idle_in_transaction_session_timeout": str(IDLE_LIMIT_MS),
        },
    )
    try:
        # Asking again, and not waiting in the server, keeps the connection from being idle.
        while not await connection.fetchval("select pg_try_advisory_lock($1)", lock_number(name)):  # noqa: ASYNC110 - no event tells of a lock
            await asyncio.sleep(PATIENCE_S)
        yield connection
    finally:
        connection.terminate()
