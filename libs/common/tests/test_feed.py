"""A feed: everything once, in the order of publication, and never a gap passed over in silence."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from imdi_common import feed
from imdi_common.mechanics import outbox, publication
from imdi_common.outbox import forget_old
from imdi_common.paging import encode_cursor
from imdi_common.problems import Problem
from imdi_contracts.event import Topic

THINGS = Topic("imdi.sample.things", key="thing")


def tell(kind: str, data: dict[str, Any]) -> dict[str, Any]:
    return {"thing_id": data["thing_id"], "label": data["label"], "kind": kind}


async def read(session: AsyncSession, after: str | None = None, limit: int = 200, **more: Any) -> dict[str, Any]:
    return await feed.changes(session, THINGS, after, limit, tell, restart="/v1/things", **more)


async def publish(session: AsyncSession, *subjects: UUID) -> None:
    """Mark what is there, of these subjects first, as the relay does once Kafka has it."""
    first = outbox.c.key.in_([str(subject) for subject in subjects])
    waiting = select(outbox.c.position).where(outbox.c.published_at.is_(None)).order_by(first.desc(), outbox.c.position)
    for position in list(await session.scalars(waiting)):
        given = update(publication).values(last=publication.c.last + 1).returning(publication.c.last)
        marks = {"published_at": func.now(), "published_position": await session.scalar(given)}
        await session.execute(update(outbox).where(outbox.c.position == position).values(marks))


async def test_all_is_told_in_the_order_of_publication_and_nothing_before_it(
    session: AsyncSession, things: Any
) -> None:
    early, late = [await things.make(session, label) for label in ("early", "late")]
    assert await read(session) == {"items": [], "next": None}
    assert await feed.published_position(session) == 0
    await publish(session, late)
    page = await read(session)
    assert [item["thing_id"] for item in page["items"]] == [str(late), str(early)]
    assert page["items"][0]["kind"] == "org.imdi.thing.changed.v1"
    assert page["next"] == page["items"][-1]["cursor"] == encode_cursor(await feed.published_position(session))
    one = await read(session, limit=1)
    rest = await read(session, one["next"])
    assert one["items"] + rest["items"] == page["items"]
    assert await read(session, page["next"]) == {"items": [], "next": page["next"]}


async def test_other_topics_and_other_subjects_are_not_in_it(session: AsyncSession, things: Any) -> None:
    mine, foreign = [await things.make(session, "x", also="imdi.sample.public") for _ in range(2)]
    await publish(session)
    among = outbox.c.key == str(mine)
    assert [item["thing_id"] for item in (await read(session, among=among))["items"]] == [str(mine)]
    assert [item["thing_id"] for item in (await read(session))["items"]] == [str(mine), str(foreign)]


@pytest.mark.parametrize("after", ["x", encode_cursor(-1), encode_cursor(2**63), encode_cursor(UUID(int=7)), "WzFd"])
async def test_what_is_no_cursor_is_refused_by_its_field(session: AsyncSession, after: str) -> None:
    with pytest.raises(Problem) as refused:
        await read(session, after)
    assert (refused.value.status, (refused.value.errors or [{}])[0]["field"]) == (422, "after")


async def test_a_cursor_older_than_what_is_kept_is_gone(session: AsyncSession, things: Any) -> None:
    for label in "abc":
        await things.make(session, label)
    await publish(session)
    old, kept = [item["cursor"] for item in (await read(session))["items"]][:2]
    await session.execute(update(publication).values(forgotten=2))
    for after in (None, old):
        with pytest.raises(Problem, match="cursor-expired") as gone:
            await read(session, after)
        assert gone.value.status == 410
        assert gone.value.extra == {"snapshot": "/v1/things", "after": kept}
    assert [item["label"] for item in (await read(session, kept))["items"]] == ["c"]


async def test_what_was_published_over_a_year_ago_is_forgotten_and_its_cursors_are_gone(
    session: AsyncSession, things: Any
) -> None:
    made = [await things.make(session, label) for label in "abcd"]
    await publish(session, *made[:3])
    await things.make(session, "never published")
    ages = {made[0]: 400, made[1]: 367, made[2]: 365}
    for subject, days in ages.items():
        old = func.now() - timedelta(days=days)
        await session.execute(update(outbox).where(outbox.c.key == str(subject)).values(published_at=old))
    for _ in range(2):
        await forget_old(session)
        left = await session.scalars(select(outbox.c.sequence).order_by(outbox.c.position))
        assert len(list(left)) == 3
        assert await session.scalar(select(publication.c.forgotten)) == 2
    with pytest.raises(Problem, match="cursor-expired") as gone:
        await read(session, encode_cursor(1))
    assert [item["label"] for item in (await read(session, gone.value.extra["after"]))["items"]] == ["c", "d"]
