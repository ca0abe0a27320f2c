"""Law that begins in the past or later, replaces other law, spares open cases, or is made by two at once."""

from __future__ import annotations

import asyncio
import itertools
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from services.legislation.tests.conftest import MEDICAL, Parliament
from sqlalchemy import select

from imdi_common.database import Database
from imdi_common.mechanics import due
from imdi_common.problems import Problem
from imdi_legislation.actions.retire_rule import retire_rule
from imdi_legislation.storage.law import read_law
from imdi_legislation.storage.tables import RuleVersion

DAY = timedelta(days=1)
SPRING, SUMMER, AUTUMN = date(2027, 3, 1), date(2027, 6, 1), date(2027, 9, 1)
FLOOR: dict[str, Any] = {"term": "monthly_wage", "min": {"amount": "1700.00", "currency": "SAR"}}
CLOSED: dict[str, Any] = {"prohibits": "recruitment", "reason": "Closed"}
EFFECTS: dict[str, Any] = {
    "contract_term": FLOOR,
    "bar": CLOSED,
    "fee": {"component": "service_fee", "payer": "worker", "cap": {"amount": "0"}},
    "criterion": {"criterion": "age", "min": 21},
    "requirement": MEDICAL,
    "protection": {"measure": "Hotline"},
}


async def bound(session: Any, on: date, opened: date) -> list[int]:
    law = await read_law(session)
    return [rule.version for rule in law.binding("PH", "SA", "5322", on, opened)]


async def fallen(session: Any) -> set[tuple[str, str]]:
    rows = await session.execute(select(due.c.subject, due.c.at).where(due.c.kind == "reassess"))
    return {(subject.partition(":")[2], f"{at:%Y-%m-%d %H:%M}") for subject, at in rows}


async def test_a_chain_that_spares_open_cases_goes_back_to_the_version_each_was_opened_under(
    session: Any, parliament: Any
) -> None:
    await parliament.enact()
    for begins in (SPRING, SUMMER, AUTUMN):
        await parliament.enact(begins=begins, transition="opened_after")
    late = date(2028, 1, 1)
    assert [await bound(session, late, day) for day in (SPRING - DAY, SPRING, SUMMER - DAY, SUMMER, AUTUMN)] == [
        [1], [2], [2], [3], [4],
    ]  # fmt: skip
    assert await bound(session, SUMMER, SPRING) == [2]
    assert await bound(session, SPRING - DAY, AUTUMN) == [1]
    await parliament.enact(begins=date(2027, 12, 1))
    assert await bound(session, late, SPRING) == [5]
    assert await bound(session, date(2027, 11, 30), SPRING - DAY) == [1]


@pytest.mark.parametrize("begins", ["1800-01-01", "2999-12-31"])
@pytest.mark.parametrize("kind", EFFECTS)
async def test_a_rule_binds_from_the_first_to_the_last_day_that_can_be_said(
    session: Any, parliament: Any, kind: str, begins: str
) -> None:
    last = date(9999, 12, 31)
    rule_id = await parliament.enact("long", kind, EFFECTS[kind], effective={"from": begins, "until": f"{last}"})
    assert await bound(session, last, last) == [1]
    await retire_rule(session, rule_id, date.fromisoformat(begins), parliament.one, parliament.now)
    await parliament.enact("long", kind, EFFECTS[kind], effective={"from": begins})
    assert await bound(session, last, last) == [2]


async def test_a_retired_rule_has_no_heir_and_leaves_the_cases_that_it_spared_to_none(
    session: Any, parliament: Any
) -> None:
    first = await parliament.enact()
    await retire_rule(session, first, SPRING, parliament.one, parliament.now)
    await parliament.enact(begins=SUMMER, transition="opened_after")
    assert await bound(session, SPRING - DAY, SPRING) == [1]
    assert await bound(session, SPRING, SPRING) == []
    assert await bound(session, AUTUMN, SUMMER - DAY) == []
    assert await bound(session, AUTUMN, SUMMER) == [2]


async def test_a_version_retired_before_it_began_makes_room_for_an_earlier_one(session: Any, parliament: Any) -> None:
    await parliament.enact()
    coming = await parliament.enact(begins=SUMMER)
    await retire_rule(session, coming, SUMMER, parliament.one, parliament.now)
    await parliament.enact(begins=SPRING)
    days = (SPRING - DAY, SPRING, SUMMER - DAY, SUMMER, AUTUMN)
    assert [await bound(session, day, day) for day in days] == [[1], [3], [3], [3], [3]]


@pytest.mark.parametrize(
    ("begins", "on", "binds"),
    [
        (date(1999, 5, 10), date(1999, 5, 9), False),
        (date(1999, 5, 10), date(1999, 5, 10), True),
        (date(2026, 11, 23), date(2026, 11, 22), False),
        (date(2026, 11, 23), date(2026, 11, 23), True),
        (date(2040, 1, 1), date(2039, 12, 31), False),
        (date(2040, 1, 1), date(2040, 1, 1), True),
    ],
)
async def test_a_rule_may_be_activated_from_any_day(
    session: Any, parliament: Any, begins: date, on: date, binds: bool
) -> None:
    rule_id = await parliament.enact(begins=begins)
    assert (await parliament.version(rule_id)).effective_from == begins
    assert await bound(session, on, on) == ([1] if binds else [])


async def test_a_rule_for_a_time_binds_on_its_last_day_and_not_after(session: Any, parliament: Any) -> None:
    await parliament.enact(effective={"from": "2027-03-01", "until": "2027-05-31"})
    assert [await bound(session, on, on) for on in (SPRING - DAY, SPRING, SUMMER - DAY, SUMMER)] == [[], [1], [1], []]


@pytest.mark.parametrize(
    ("effective", "begins", "fits"),
    [
        ({"from": "2026-01-01", "until": "2027-02-28"}, None, True),
        ({"from": "2026-01-01", "until": "2027-03-01"}, None, False),
        ({"from": "2026-01-01"}, None, False),
        ({"from": "2026-01-01"}, SPRING, True),
        ({"from": "2026-01-01"}, SPRING - DAY, False),
        ({"from": "2026-01-01", "until": "2026-12-31"}, SPRING, None),
        ({"from": "2027-03-01"}, None, True),
        ({"from": "2027-03-02"}, None, True),
    ],
)
async def test_where_a_second_version_fits_beside_one_from_spring_on(
    parliament: Any, effective: dict[str, str], begins: date | None, fits: bool | None
) -> None:
    await parliament.enact(begins=SPRING)
    deed = parliament.enact(effective=effective, begins=begins)
    if fits:
        assert (await parliament.version(await deed)).status == "active"
        return
    with pytest.raises(Problem) as refused:
        await deed
    assert (refused.value.status, refused.value.slug) == (
        (422, "invalid-request") if fits is None else (409, "versions-overlap")
    )


async def test_two_versions_activated_at_once_are_law_one_after_the_other(database: Database) -> None:
    async with database.transaction() as session:
        parliament = Parliament(session)
        proposed = [await parliament.propose() for _ in range(3)]

    async def activate(rule_id: UUID) -> None:
        async with database.transaction() as session:
            await Parliament(session).activate(rule_id, SPRING)

    await asyncio.gather(*(activate(rule_id) for rule_id in proposed))
    async with database.transaction() as session:
        versions = list(await session.scalars(select(RuleVersion)))
        law = await read_law(session)
        assert {version.status for version in versions} == {"active"}
        assert len([version for version in versions if version.effective_until is None]) == 1
        assert len(law.binding("PH", "SA", "5322", SUMMER, SUMMER)) == 1
        assert law.epoch == 3


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
async def test_drafts_activated_from_one_day_take_each_others_place_in_any_order(
    session: Any, parliament: Any, order: tuple[int, ...]
) -> None:
    proposed = [await parliament.propose() for _ in order]
    for place in order:
        await parliament.activate(proposed[place], SPRING)
    assert await bound(session, SUMMER, SUMMER) == [order[-1] + 1]
    last = await parliament.version(proposed[order[-1]])
    assert last.replaces == proposed[order[-2]]


async def test_of_two_that_activate_or_retire_the_same_one_is_refused(database: Database) -> None:
    async with database.transaction() as session:
        rule_id = await Parliament(session).propose()

    async def activate() -> str:
        try:
            async with database.transaction() as session:
                await Parliament(session).activate(rule_id)
        except Problem as problem:
            return problem.slug
        return "done"

    async def retire() -> str:
        try:
            async with database.transaction() as session:
                parliament = Parliament(session)
                await retire_rule(session, rule_id, SUMMER, parliament.one, parliament.now)
        except Problem as problem:
            return problem.slug
        return "done"

    assert sorted(await asyncio.gather(activate(), activate(), activate())) == ["done", "wrong-state", "wrong-state"]
    assert sorted(await asyncio.gather(retire(), retire())) == ["done", "wrong-state"]


@pytest.mark.parametrize(
    ("kind", "waits"),
    [
        ("bar", True),
        ("contract_term", True),
        ("fee", True),
        ("criterion", False),
        ("requirement", False),
        ("protection", False),
    ],
)
async def test_only_what_binds_vacancies_falls_due_when_it_begins_and_ends(
    session: Any, parliament: Any, kind: str, waits: bool
) -> None:
    effective = {"from": "2026-12-01", "until": "2026-12-31"}
    await parliament.enact("rule", kind, EFFECTS[kind], effective=effective)
    both = {("begins", "2026-12-01 00:00"), ("ended", "2027-01-01 00:00")}
    assert await fallen(session) == (both if waits else set())


@pytest.mark.parametrize(
    ("begins", "until", "expected"),
    [
        ("2026-11-23", None, set()),
        ("2026-11-24", None, {("begins", "2026-11-24 00:00")}),
        ("2020-01-01", "2026-11-22", set()),
        ("2020-01-01", "2026-11-23", {("ended", "2026-11-24 00:00")}),
    ],
)
async def test_what_began_or_ended_already_falls_due_no_more(
    session: Any, parliament: Any, begins: str, until: str | None, expected: set[tuple[str, str]]
) -> None:
    await parliament.enact("wage", "contract_term", FLOOR, effective={"from": begins, "until": until})
    assert await fallen(session) == expected


async def test_a_retirement_to_come_falls_due_on_its_day(session: Any, parliament: Any) -> None:
    rule_id = await parliament.enact("wage", "contract_term", FLOOR)
    await retire_rule(session, rule_id, SPRING, parliament.one, parliament.now)
    assert await fallen(session) == {("ended", "2027-03-01 00:00")}


async def test_every_change_of_the_law_raises_the_epoch_and_what_is_refused_does_not(
    session: Any, parliament: Any
) -> None:
    rule_id = await parliament.enact()
    await parliament.draft("other")
    assert (await read_law(session)).epoch == 1
    await parliament.enact("wage", "contract_term", FLOOR)
    await retire_rule(session, rule_id, SUMMER, parliament.one, parliament.now)
    assert (await read_law(session)).epoch == 3
    with pytest.raises(Problem):
        await retire_rule(session, rule_id, SUMMER, parliament.one, parliament.now)
    assert (await read_law(session)).epoch == 3
