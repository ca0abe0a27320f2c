"""A case that cannot be answered after a change of the law is set aside and told of; the others are answered."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from httpx import AsyncClient
from services.legislation.tests.conftest import MEDICAL, NOW, WAGE_FLOOR, Cases, Parliament
from sqlalchemy import select, text, update
from sqlalchemy.exc import DBAPIError
from structlog.testing import capture_logs

from imdi_common.database import Database
from imdi_common.due import DueClock
from imdi_common.mechanics import due
from imdi_legislation.actions import answer_again as following
from imdi_legislation.reactions.due import DUE
from imdi_legislation.storage.copies import Placement, Vacancy
from imdi_legislation.storage.tables import Subject

AGAIN = NOW + following.REST


async def several(session: Any, many: int) -> list[Cases]:
    made = [Cases(session) for _ in range(many)]
    for cases in made:
        await cases.open()
        await cases.vacancy()
    return made


async def spoil(session: Any, cases: Cases) -> None:
    """Copies that no judging can read."""
    await session.execute(update(Placement).where(Placement.id == UUID(cases.placement_id)).values(terms={}))
    await session.execute(update(Vacancy).where(Vacancy.id == UUID(cases.vacancy_id)).values(terms={}))


async def set_aside(session: Any) -> set[str]:
    found = select(Subject.id).where(Subject.stale, Subject.failed_at.is_not(None))
    return {str(subject_id) for subject_id in await session.scalars(found)}


async def falls_due(session: Any) -> Any:
    return await session.scalar(select(due.c.at).where(due.c.kind == "answer-again"))


async def change(parliament: Parliament) -> None:
    """Law on every preparation and every vacancy."""
    await parliament.enact(effect=MEDICAL)
    await parliament.enact("wage", "contract_term", WAGE_FLOOR | {"min": {"amount": "9000.00", "currency": "SAR"}})


async def test_the_others_are_answered_and_who_is_set_aside_is_told(session: Any, parliament: Any, told: Any) -> None:
    made = await several(session, 3)
    spoilt = made[0]
    await spoil(session, spoilt)
    await change(parliament)
    before = {kind: len(await told(kind)) for kind in ("requirements.determined", "vacancy.assessed")}
    with capture_logs() as lines:
        await following.answer_again(session, "law", NOW)
    after = {kind: (await told(kind))[number:] for kind, number in before.items()}
    answered = [event["preparation_id"] for event in after["requirements.determined"]]
    assert sorted(answered) == sorted(cases.preparation_id for cases in made[1:])
    assessed = [event["vacancy_id"] for event in after["vacancy.assessed"]]
    assert sorted(assessed) == sorted(cases.vacancy_id for cases in made[1:])
    ours = {spoilt.preparation_id: "preparation", spoilt.vacancy_id: "vacancy"}
    assert await set_aside(session) == set(ours)
    assert sorted((line["subject"], line["kind"], line["error"]) for line in lines if line["log_level"] == "error") == (
        sorted((subject, kind, "KeyError") for subject, kind in ours.items())
    )
    assert await falls_due(session) == AGAIN


async def test_one_that_rests_is_tried_again_when_it_has_rested_or_the_law_or_the_case_changes(
    session: Any, parliament: Any, told: Any
) -> None:
    [cases] = await several(session, 1)
    await spoil(session, cases)
    await change(parliament)
    await following.answer_again(session, "law", NOW)
    await following.answer_again(session, "law", AGAIN - timedelta(seconds=1))
    assert await session.scalar(select(Subject.failed_at).distinct()) == NOW
    await following.answer_again(session, "law", AGAIN)
    assert await session.scalar(select(Subject.failed_at).distinct()) == AGAIN
    assert await falls_due(session) == AGAIN + following.REST

    await parliament.enact("another", effect=MEDICAL | {"code": "another"})
    assert await set_aside(session) == {cases.vacancy_id}
    await cases.vacancy(revision=2)
    assert await set_aside(session) == set()
    before = len(await told("requirements.determined"))
    await cases.placement()
    await following.answer_again(session, "law", AGAIN)
    [event] = (await told("requirements.determined"))[before:]
    assert sorted(item["code"] for item in event["items"]) == ["another", "medical_examination"]
    assert await session.scalar(select(Subject.id).where(Subject.stale)) is None


async def test_the_whole_queue_is_worked_off_behind_several_that_fail(
    database: Database, test_database: Any, clock: Any, client: AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(following, "BATCH", 2)
    async with database.transaction() as session:
        made = sorted(await several(session, 5), key=lambda cases: cases.preparation_id)
        for cases in made[:3]:
            await spoil(session, cases)
        await change(Parliament(session))
    due_clock = DueClock("legislation", database, test_database.url, clock, DUE)
    while await due_clock.tick():
        pass
    async with database.transaction() as session:
        failing = {subject for cases in made[:3] for subject in (cases.preparation_id, cases.vacancy_id)}
        assert await set_aside(session) == failing
        assert {str(one) for one in await session.scalars(select(Subject.id).where(Subject.stale))} == failing
    assert "imdi_law_unanswered_cases 6.0" in (await client.get("/metrics")).text


async def test_what_is_the_surroundings_fault_sets_nobody_aside(database: Database) -> None:
    async with database.transaction() as session:
        await several(session, 2)
        await change(Parliament(session))
    async with database.transaction() as other, database.sessions() as session:
        await other.execute(text("lock table determination in exclusive mode"))
        await session.execute(text("set local lock_timeout = '50ms'"))
        with pytest.raises(DBAPIError):
            await following.answer_again(session, "law", NOW)
        await session.rollback()
    async with database.transaction() as session:
        assert await set_aside(session) == set()
        await following.answer_again(session, "law", NOW)
        assert await session.scalar(select(Subject.id).where(Subject.stale)) is None
