"""The feed while many write: whoever follows it by its cursors is told everything, once, in order."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID

from services.matching.tests.conftest import NOW, Market
from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from imdi_common.database import Database
from imdi_common.mechanics import outbox, publication
from imdi_matching.actions.pause_vacancy import pause_vacancy, resume_vacancy
from imdi_matching.queries import feed

WRITERS = 6


async def publish(session: AsyncSession) -> None:
    """Mark what is there, as the relay does once Kafka has it: positions without a gap, in the order of sending."""
    waiting = select(outbox.c.position).where(outbox.c.published_at.is_(None)).order_by(outbox.c.position)
    for position in list(await session.scalars(waiting)):
        given = update(publication).values(last=publication.c.last + 1).returning(publication.c.last)
        marks = {"published_at": func.now(), "published_position": await session.scalar(given)}
        await session.execute(update(outbox).where(outbox.c.position == position).values(marks))


async def write(database: Database) -> UUID:
    """One owner posts a vacancy, pauses it and posts it again, each in a transaction of its own."""
    async with database.transaction() as session:
        market = Market(session)
        vacancy = await market.posted()
    await database.run(lambda session: pause_vacancy(session, vacancy.id, market.owner, NOW))
    await asyncio.sleep(0)
    await database.run(lambda session: resume_vacancy(session, vacancy.id, market.owner, NOW))
    return vacancy.id


async def follow(database: Database, limit: int, until: int) -> list[dict[str, Any]]:
    """A partner that begins at the beginning and goes on from the last cursor."""
    told: list[dict[str, Any]] = []
    cursor: str | None = None
    while len(told) < until:
        async with database.transaction() as session:
            page = await feed.vacancy_changes(session, cursor, limit)
        told += page["items"]
        cursor = page["next"]
        await asyncio.sleep(0)
    return told


async def test_a_follower_misses_nothing_while_many_write(database: Database) -> None:
    writing = asyncio.gather(*(write(database) for _ in range(WRITERS)))

    async def relay() -> None:
        while not writing.done():
            await database.run(publish)
        await database.run(publish)

    until = 3 * WRITERS
    made, _, one_by_one, at_once = await asyncio.gather(
        writing, relay(), follow(database, 1, until), follow(database, 200, until)
    )
    assert one_by_one == at_once
    assert len({change["event_id"] for change in at_once}) == until
    for vacancy_id in made:
        own = [change for change in at_once if change["vacancy_id"] == str(vacancy_id)]
        assert [change["status"] for change in own] == ["posted", "paused", "posted"]
        assert [change["vacancy"] is None for change in own] == [False, True, False]
        assert [change["sequence"] for change in own] == sorted(change["sequence"] for change in own)


async def test_what_is_not_published_yet_is_told_to_nobody(database: Database) -> None:
    await write(database)
    async with database.transaction() as session:
        assert (await feed.vacancy_changes(session, None, 200))["items"] == []
        await publish(session)
        assert len((await feed.vacancy_changes(session, None, 200))["items"]) == 3
