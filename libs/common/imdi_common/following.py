"""Following a feed over HTTP: a caller asks for what is new and may wait for it, or is told it as it happens."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Annotated, Any
from uuid import UUID

from annotated_types import Interval
from fastapi import Response
from fastapi.responses import StreamingResponse
from fastapi.sse import KEEPALIVE_COMMENT, format_sse_event
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from imdi_common.door import Door
from imdi_common.paging import Cursor, Limit
from imdi_common.problems import Problem
from imdi_common.shapes import Shape, UtcTime
from imdi_common.telemetry import logger

EVENT_STREAM = "text/event-stream"
PAUSE_S = 0.1
"""Between two looks while a caller waits for news."""
STILL_S = 5.0
"""After so long, whoever is told nothing hears that the line is open, and whoever may hear no more is cut off."""
BATCH = 200


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
        await door.runtime.load.rest(PAUSE_S)


async def stream(door: Door, after: str | None, read: Read, shape: type[Change]) -> Response:
    """The changes after a cursor as server-sent events, each with its cursor as ``id``, until the caller leaves.

    A caller that comes back says by ``Last-Event-ID`` where it was. It is cut off when its token or its standing ends,
    when the process stops, and when the database is away; then it comes back and nothing is lost.
    """
    after = door.request.headers.get("last-event-id") or after
    async with door.reading() as session:
        page = await read(session, after, BATCH)
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(_events(door, page, read, shape), headers=headers, media_type=EVENT_STREAM)


async def _events(door: Door, page: Page, read: Read, shape: type[Change]) -> AsyncIterator[bytes]:
    runtime, authorization, loop = door.runtime, door.request.headers.get("authorization"), asyncio.get_running_loop()
    yield KEEPALIVE_COMMENT
    checked = loop.time()
    try:
        while True:
            for item in page["items"]:
                yield format_sse_event(data_str=shape(**item).model_dump_json(), id=item["cursor"])
            if runtime.stopping:
                return
            if loop.time() - checked > STILL_S:
                await runtime.verifier.actor(authorization)
                yield KEEPALIVE_COMMENT
                checked = loop.time()
            if not page["items"]:
                await door.runtime.load.rest(PAUSE_S)
            async with door.reading() as session:
                page = await read(session, page["next"], BATCH)
    except (Problem, SQLAlchemyError, OSError) as end:
        logger().info("stream_ended", reason=type(end).__name__)
