"""A change of the law that touches thousands of open cases: all are answered, and live answers never wait for them."""

from __future__ import annotations

import asyncio
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from services.legislation.tests.conftest import MEDICAL, NOW, Cases, Parliament
from sqlalchemy import func, select, text

from imdi_common.database import Database
from imdi_common.due import DueClock
from imdi_common.mechanics import due, outbox
from imdi_legislation.actions import answer_again as following
from imdi_legislation.reactions.due import DUE
from imdi_legislation.storage.tables import Determination, Subject

MANY = 2_000
MULTIPLY = """
    insert into {table} ({columns})
    select {values} from {table} t, generate_series(1, {many}) n
"""


async def multiply(session: Any, table: str, ids: list[str]) -> None:
    """Many like the one row there is, each with ids of its own, the same for the same number."""
    named = [name for (name,) in await session.execute(
        text("select column_name from information_schema.columns where table_name = :table"), {"table": table}
    )]  # fmt: skip
    values = [f"md5(t.{name}::text || n)::uuid" if name in ids else f"t.{name}" for name in named]
    columns = ", ".join(named)
    await session.execute(text(MULTIPLY.format(table=table, columns=columns, values=", ".join(values), many=MANY)))


@pytest.fixture
async def touched(database: Database) -> Cases:
    """Thousands of preparations, answered, and then touched by a new rule; one of them is a worker's here."""
    async with database.transaction() as session:
        cases = Cases(session)
        await cases.open()
        await multiply(session, "worker_copy", ["id"])
        await multiply(session, "profile_copy", ["id"])
        await multiply(session, "placement_copy", ["id", "worker_id"])
        await multiply(session, "preparation_copy", ["id", "placement_id", "worker_id"])
        await multiply(session, "subject", ["id"])
    async with database.transaction() as session:
        await Parliament(session).enact(effect=MEDICAL)
        assert await session.scalar(select(func.count()).where(Subject.stale)) == MANY + 1
    return cases


@pytest.mark.timeout(300)
async def test_a_live_revision_is_answered_while_a_backlog_is_worked_off(
    database: Database, touched: Cases, test_database: Any, clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(following, "MOST_WAITING", 10 * MANY)  # nothing relays here
    due_clock = DueClock("legislation", database, test_database.url, clock, DUE)
    batches = 0

    async def work_off() -> None:
        nonlocal batches
        while await due_clock.tick():
            batches += 1

    working = asyncio.create_task(work_off())
    waited = []
    for revision in range(2, 6):
        before = batches
        async with database.transaction() as session:
            await touched.on(session).preparation(revision=revision, departure_on=f"2027-03-0{revision}")
        waited.append(batches - before)
        assert not working.done()
    assert max(waited) <= 3, waited
    async with asyncio.timeout(250):
        await working
    async with database.transaction() as session:
        assert await session.scalar(select(func.count()).where(Subject.stale)) == 0
        counted = select(func.count()).select_from(outbox).where(outbox.c.type == "org.imdi.requirements.determined.v1")
        assert await session.scalar(counted) == 1 + MANY + 4
        newest = select(Determination).where(Determination.subject_id == UUID(touched.preparation_id))
        last = (await session.scalars(newest.order_by(Determination.revision.desc()).limit(1))).one()
    assert (last.revision, last.judged_on) == (5, date(2027, 3, 5))
    assert [item["code"] for item in last.outcome["items"]] == ["medical_examination"]
    assert batches >= MANY // following.BATCH


async def test_no_more_is_announced_than_the_relay_keeps_up_with(
    session: Any, parliament: Any, cases: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    await cases.open()
    await parliament.enact(effect=MEDICAL)
    waiting = await session.scalar(select(func.count()).select_from(outbox).where(outbox.c.published_at.is_(None)))
    monkeypatch.setattr(following, "MOST_WAITING", waiting)
    await following.answer_again(session, "law", NOW)
    assert await session.scalar(select(Subject.stale)) is True
    assert await session.scalar(select(due.c.at).where(due.c.kind == "answer-again")) == NOW + following.PAUSE
    monkeypatch.setattr(following, "MOST_WAITING", waiting + 1)
    await following.answer_again(session, "law", NOW)
    assert await session.scalar(select(Subject.stale)) is False
