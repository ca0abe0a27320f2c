"""The law and the answers on it, in the order in which they commit."""

from __future__ import annotations

import asyncio
from typing import Any

from services.legislation.tests.conftest import MEDICAL, Cases, Parliament
from sqlalchemy import select

from imdi_common.database import Database
from imdi_legislation.storage.law import change_law, hold_law, raise_epoch, read_law
from imdi_legislation.storage.tables import LawState, Subject


async def test_a_change_of_law_waits_for_the_answers_under_way_and_sees_them(database: Database, told: Any) -> None:
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
