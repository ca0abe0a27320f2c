"""Feeds: what a service has announced on one topic, read from its outbox in the order of its publication.

A cursor is a ``published_position``: gapless, and given only once an event is published, so nobody who follows it
misses an event that was committed late.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from sqlalchemy import ColumnElement, select, true
from sqlalchemy.ext.asyncio import AsyncSession

from imdi_common.mechanics import outbox, publication
from imdi_common.paging import decode_cursor, encode_cursor
from imdi_common.problems import Problem
from imdi_contracts.event import Topic

LARGEST = 2**63 - 1
Tell = Callable[[str, dict[str, Any]], dict[str, Any]]
"""What a feed says of an event, by its type and its data."""


async def published_position(session: AsyncSession) -> int:
    """How far this service's events are published; 0 before the first. Readers in one database go by it."""
    return await session.scalar(select(publication.c.last)) or 0


async def changes(
    session: AsyncSession,
    topic: Topic,
    after: str | None,
    limit: int,
    tell: Tell,
    *,
    restart: str,
    among: ColumnElement[bool] | None = None,
) -> dict[str, Any]:
    """The changes after a cursor (none: from the beginning); ``next`` is the last cursor, repeated without news.

    ``among`` narrows the outbox to what the caller may follow. 410 for a cursor older than what is kept: the caller
    reads what there is at ``restart``, then goes on after the cursor that the problem names.
    """
    last = decode_cursor(after, _position, field="after")[0] if after else 0
    await _demand_kept(session, last, restart)
    found = (
        select(outbox)
        .where(outbox.c.topic == topic.name, outbox.c.published_position > last)
        .where(outbox.c.published_at.is_not(None), true() if among is None else among)
        .order_by(outbox.c.published_position)
        .limit(limit)
    )
    items = [_change(row, tell) for row in (await session.execute(found)).mappings()]
    return {"items": items, "next": items[-1]["cursor"] if items else after}


def _position(text: str) -> int:
    position = int(text)
    if not 0 <= position <= LARGEST:
        raise ValueError("is no position")
    return position


async def _demand_kept(session: AsyncSession, last: int, restart: str) -> None:
    forgotten = await session.scalar(select(publication.c.forgotten)) or 0
    if last < forgotten:
        detail = "What followed this cursor is kept no longer: read what there is, then go on after the cursor given."
        raise Problem("cursor-expired", 410, detail, snapshot=restart, after=encode_cursor(forgotten))


def _change(row: Any, tell: Tell) -> dict[str, Any]:
    return {
        "cursor": encode_cursor(row["published_position"]),
        "event_id": row["event_id"],
        "type": row["type"],
        "sequence": row["sequence"],
        "at": row["recorded_at"],
        **tell(row["type"], json.loads(row["body"])),
    }
