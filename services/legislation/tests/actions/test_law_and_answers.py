"""The law and the answers on it, in the order in which they commit."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import uuid4

from services.legislation.tests.conftest import MEDICAL, Cases, Parliament
from sqlalchemy import func, select

from imdi_common.database import Database
from imdi_legislation.storage.law import change_law, hold_law, raise_epoch, read_law
from imdi_legislation.storage.subjects import lock_subject
from imdi_legislation.storage.tables import Determination, LawState, Subject


async def test_a_change_of_law_waits_for_the_answers_under_way_and_sees_them(database: Database) -> None:
    entered = asyncio.Event()

    async def activate() -> None:
        async with database.transaction() as session:
            parliament = Parliament(session)
            proposed = await parliament.propose(effect=MEDICAL)
            entered.set()
            await parliament.activate(proposed)

    async with database.transaction() as session:
        cases = Cases(session)
        await cases.open()
        changing = asyncio.create_task(activate())
        await entered.wait()
        held = await session.scalar(select(LawState.epoch))
        assert held == 0
    await changing
    async with database.transaction() as session:
        assert await session.scalar(select(Subject.stale)) is True
        await Parliament(session).settle()
        assert await session.scalar(select(Subject.stale)) is False
        assert await session.scalar(select(Subject.law_epoch)) == 1
        assert await session.scalar(select(Subject.event_number)) == 2


async def test_facts_that_change_while_a_preparation_is_answered_are_in_its_answer(
    database: Database, told: Any
) -> None:
    async with database.transaction() as session:
        await Parliament(session).enact("age", "criterion", {"criterion": "age", "min": 21})
        cases = Cases(session)
        await cases.worker()
        await cases.profile()
        await cases.placement()

    async def open_it() -> None:
        async with database.transaction() as session:
            await cases.on(session).preparation()
            await asyncio.sleep(0)

    async def correct_it() -> None:
        async with database.transaction() as session:
            await cases.on(session).worker(birth_date="2010-01-01")

    await asyncio.gather(open_it(), correct_it())
    async with database.transaction() as session:
        kept = list(
            await session.scalars(select(Determination).order_by(Determination.determined_at, Determination.id))
        )
    assert kept[-1].outcome["criteria"][0]["status"] == "not_met"


async def test_two_at_once_make_one_subject(database: Database) -> None:
    subject_id = uuid4()

    async def touch() -> None:
        async with database.transaction() as session:
            await lock_subject(session, subject_id, "vacancy")

    await asyncio.gather(*(touch() for _ in range(5)))
    async with database.transaction() as session:
        assert await session.scalar(select(func.count()).select_from(Subject)) == 1


async def test_answers_hold_the_law_together(database: Database) -> None:
    async with database.transaction() as one, database.transaction() as other:
        await hold_law(one)
        await hold_law(other)
        assert (await read_law(one)).epoch == (await read_law(other)).epoch


async def test_no_two_states_of_the_law_are_taken_for_each_other(database: Database) -> None:
    async with database.transaction() as session:
        before = await read_law(session)
        await change_law(session)
        assert await raise_epoch(session) == before.epoch + 1
        await session.rollback()
    async with database.transaction() as session:
        assert await read_law(session) is before
        await change_law(session)
        await raise_epoch(session)
        after = await read_law(session)
        assert after is not before
        assert after.epoch == 1
