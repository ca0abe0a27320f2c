"""Following a feed over HTTP: a caller asks for what is new, and may wait for it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Annotated, Any
from uuid import UUID

from annotated_types import Interval
from sqlalchemy.ext.asyncio import AsyncSession

from imdi_common.door import Door
from imdi_common.paging import Cursor, Limit
from imdi_common.shapes import Shape, UtcTime

PAUSE_S = 0.1
"""Between two looks while a caller waits for news."""


class Following(Shape):
    """The query of a feed."""

    after: Cursor = None
    wait: Annotated[float, Interval(ge=0, le=30)] = 0
    """Seconds to wait for news."""
    limit: Limit = 200


class Change(Shape):
    """What every feed says of an event."""

    cursor: str
    event_id: UUID
    type: str
    sequence: int
    at: UtcTime


Page = dict[str, Any]
Read = Callable[[AsyncSession, str | None, int], Awaitable[Page]]
"""Reads the changes after a cursor, so many at most."""


async def follow(door: Door, asked: Following, read: Read) -> Page:
    """The changes after the cursor asked for; where there are none yet, the caller is kept waiting as it wished."""
    loop = asyncio.get_running_loop()
    end = loop.time() + asked.wait
    while True:
        async with door.reading() as session:
            page = await read(session, asked.after, asked.limit)
        if page["items"] or loop.time() >= end or door.runtime.stopping:
            return page
        await asyncio.sleep(PAUSE_S)
