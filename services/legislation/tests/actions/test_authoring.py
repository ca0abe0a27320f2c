"""Drafts written anew, proposals withdrawn, bars that must end, and versions that follow one another by the day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from imdi_common.problems import Problem
from imdi_legislation.actions.activate_rule import activate_rule
from imdi_legislation.actions.edit_draft import edit_draft, withdraw_proposal
from imdi_legislation.actions.propose_rule import propose_rule
from imdi_legislation.actions.retire_rule import retire_rule
from imdi_legislation.storage.law import read_law
from imdi_legislation.storage.tables import RuleVersion

NEW_YEAR = date(2027, 1, 1)
ORDER = {"prohibits": "departure", "reason": "War", "longest": "P6M"}


async def refused(deed: Any) -> Problem:
    with pytest.raises(Problem) as caught:
        await deed
    return caught.value


def anything(_: RuleVersion) -> None:
    """Whoever edits has read the draft."""


@pytest.fixture
def write(parliament: Any, body: Callable[..., dict[str, Any]]) -> Callable[..., Any]:
    """``await write(rule_id, code, kind, effect, actor, **other)``."""

    async def go(rule_id: Any, *said: Any, actor: Any = None, **other: Any) -> Any:
        told = {"basis": [{"instrument": str(parliament.instrument), "provision": "art. 9"}]} | body(*said, **other)
        return await edit_draft(
            parliament.session, rule_id, told, anything, actor or parliament.one, parliament.now + timedelta(hours=1)
        )

    return go


async def test_a_draft_is_written_anew_with_all_that_it_says(parliament: Any, write: Any) -> None:
    rule_id = await parliament.draft(when="worker.age >= 18", note="first")
    await write(rule_id, when="worker.age >= 21", effective={"from": "2026-02-01", "until": "2026-12-31"})
    version = await parliament.version(rule_id)
    assert (version.number, version.status, version.condition, version.note) == (1, "draft", "worker.age >= 21", None)
    assert (version.effective_from, version.effective_until) == (date(2026, 2, 1), date(2026, 12, 31))
    assert version.basis == [{"instrument": str(parliament.instrument), "provision": "art. 9"}]


async def test_only_a_draft_is_written_anew_and_by_those_who_may_make_it(
    parliament: Any, write: Any, of_member: Any, steward: Any
) -> None:
    rule_id = await parliament.draft()
    for stranger in (of_member(country="NP"), of_member(kind="employer"), steward):
        assert (await refused(write(rule_id, actor=stranger))).status == 403
    to_nepal = {"origins": ["NP"], "destinations": ["MY"], "occupations": ["*"]}
    assert (await refused(write(rule_id, scope=to_nepal))).status == 403
    assert [error["field"] for error in (await refused(write(rule_id, "other-code"))).errors or []] == ["code"]
    assert (await refused(write(rule_id, "sa-medical", "bar", ORDER | {"longest": None}))).slug == "kind-differs"
    assert (await refused(write(rule_id, when="worker.agee > 3"))).extra["position"] == {"line": 1, "column": 7}
    await propose_rule(parliament.session, rule_id, parliament.one)
    assert (await refused(write(rule_id))).slug == "wrong-state"
    await activate_rule(parliament.session, rule_id, None, parliament.two, parliament.now)
    assert (await refused(write(rule_id))).slug == "wrong-state"


async def test_a_proposal_is_withdrawn_and_proposed_by_another(parliament: Any, write: Any, of_member: Any) -> None:
    session, one, two = parliament.session, parliament.one, parliament.two
    rule_id = await parliament.propose()
    assert (await refused(withdraw_proposal(session, rule_id, of_member(country="NP")))).status == 403
    await withdraw_proposal(session, rule_id, two)
    assert (await refused(withdraw_proposal(session, rule_id, one))).slug == "wrong-state"
    await write(rule_id)
    await propose_rule(session, rule_id, two)
    assert (await refused(activate_rule(session, rule_id, None, two, parliament.now))).status == 403
    await activate_rule(session, rule_id, None, one, parliament.now)
    assert (await refused(withdraw_proposal(session, rule_id, one))).slug == "wrong-state"


@pytest.mark.parametrize(
    ("effective", "wrong"),
    [
        ({"from": "2027-01-01", "until": "2027-06-30"}, None),
        ({"from": "2027-01-01", "until": "2027-01-01"}, None),
        ({"from": "2027-01-01", "until": "2027-07-01"}, "effective.until"),
        ({"from": "2027-01-01"}, "effective.until"),
        ({"from": "2026-08-31", "until": "2027-02-27"}, None),
        ({"from": "2026-08-31", "until": "2027-02-28"}, "effective.until"),
    ],
)
async def test_a_bar_for_a_limited_time_must_end_in_time(parliament: Any, effective: Any, wrong: str | None) -> None:
    deed = parliament.draft("sa-order", "bar", ORDER, effective=effective)
    if wrong is None:
        assert await deed
    else:
        assert [error["field"] for error in (await refused(deed)).errors or []] == [wrong]


async def test_a_bar_for_a_limited_time_is_not_begun_earlier_and_is_renewed(session: Any, parliament: Any) -> None:
    half_year = {"from": "2027-01-01", "until": "2027-06-30"}
    rule_id = await parliament.propose("sa-order", "bar", ORDER, effective=half_year)
    deed = activate_rule(session, rule_id, date(2026, 12, 31), parliament.two, parliament.now)
    assert [error["field"] for error in (await refused(deed)).errors or []] == ["from"]
    await parliament.activate(rule_id, NEW_YEAR)
    renewed = {"from": "2027-07-01", "until": "2027-12-31"}
    await parliament.enact("sa-order", "bar", ORDER, effective=renewed)
    law = await read_law(session)
    for day, number in ((date(2027, 6, 30), 1), (date(2027, 7, 1), 2), (date(2027, 12, 31), 2)):
        assert [rule.version for rule in law.binding("PH", "SA", "5322", day, day)] == [number]
    after = date(2028, 1, 1)
    assert law.binding("PH", "SA", "5322", after, after) == []


@pytest.mark.parametrize(
    ("begins", "expected"),
    [
        (NEW_YEAR - timedelta(days=1), {-2: 1, -1: 2, 0: 2}),
        (NEW_YEAR, {-1: 1, 0: 2}),
        (NEW_YEAR + timedelta(days=1), {-1: 1, 0: None, 1: 2}),
    ],
)
async def test_a_version_may_begin_before_on_and_after_the_day_on_which_the_one_before_it_is_retired(
    session: Any, parliament: Any, begins: date, expected: dict[int, int | None]
) -> None:
    first = await parliament.enact()
    await retire_rule(session, first, NEW_YEAR, parliament.one, parliament.now)
    await parliament.enact(begins=begins)
    law = await read_law(session)
    for off, number in expected.items():
        day = NEW_YEAR + timedelta(days=off)
        found = [rule.version for rule in law.binding("PH", "SA", "5322", day, day)]
        assert found == ([] if number is None else [number])


async def test_a_rule_retired_on_its_first_day_never_bound(session: Any, parliament: Any) -> None:
    rule_id = await parliament.enact(begins=NEW_YEAR)
    await retire_rule(session, rule_id, NEW_YEAR, parliament.one, parliament.now)
    law = await read_law(session)
    assert all(law.binding("PH", "SA", "5322", NEW_YEAR + timedelta(days=off), NEW_YEAR) == [] for off in (-1, 0, 1))
    assert await parliament.enact(begins=NEW_YEAR)


async def test_the_database_lets_no_two_versions_bind_on_one_day(session: Any, parliament: Any) -> None:
    first = await parliament.enact()
    await parliament.enact(begins=NEW_YEAR)
    until = update(RuleVersion).where(RuleVersion.id == first)
    await session.execute(until.values(effective_until=NEW_YEAR - timedelta(days=1)))
    with pytest.raises(IntegrityError, match="rule_version_days"):
        await session.execute(until.values(effective_until=NEW_YEAR))


async def test_an_answer_whose_type_is_fixed_needs_no_literal_to_screen_by(parliament: Any) -> None:
    await parliament.enact("fixes", when="worker.facts.kin")
    rule_id = await parliament.enact("age", "criterion", {"criterion": "age", "min": 31}, when="worker.facts.kin in []")
    assert (await parliament.version(rule_id)).status == "active"
