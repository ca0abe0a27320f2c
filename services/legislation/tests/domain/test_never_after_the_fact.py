"""What bound on a day stays so: versions and retirements that begin later change no answer for the days before them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from imdi_legislation.domain.law import Law
from imdi_legislation.domain.rules import Rule, binding
from imdi_legislation.domain.succession import DAY, Overlap, is_ended_by, replaced_by

MakeRule = Callable[..., Rule]
FIRST = date(2028, 2, 20)
"""The days drawn lie around 29 February 2028."""
OFFSETS = st.integers(0, 24)
DAYS = OFFSETS.map(lambda days: FIRST + timedelta(days=days))
CASES = st.lists(st.tuples(st.sampled_from(["SA", "QA", "DE"]), DAYS, DAYS), min_size=1, max_size=12)
SCOPES = st.sampled_from(["SA", "QA", "GCC", "*"])
ACTIVATIONS = st.tuples(DAYS, st.none() | OFFSETS, st.booleans(), SCOPES)
"""The first day, how many days later the last is, whether it spares open cases, its destinations."""


@dataclass(frozen=True, slots=True)
class Standing:
    """An activated version, as ``domain.succession`` asks of it."""

    rule: Rule
    status: str = "active"

    @property
    def number(self) -> int:
        return self.rule.version

    @property
    def effective_from(self) -> date:
        return self.rule.begins

    @property
    def effective_until(self) -> date | None:
        return self.rule.ends


Code = list[Standing]


def activated(versions: Code, new: Rule) -> Code | None:
    """The versions of a code with a new one, None where it overlaps a later one."""
    try:
        before = replaced_by(versions, new.begins, new.ends)
    except Overlap:
        return None
    if before is None:
        return [*versions, Standing(new)]
    ends = new.begins - DAY if is_ended_by(before, new.begins) else before.rule.ends
    ended = replace(before, rule=replace(before.rule, ends=ends))
    kept = [ended if version is before else version for version in versions]
    return [*kept, Standing(replace(new, replaces=before.rule.id))]


def retired(versions: Code, on: date) -> Code:
    """The versions, of which the active one that binds on that day ends before it."""
    return [
        Standing(replace(one.rule, ends=on - DAY), "retired")
        if one.status == "active" and one.rule.in_force(on)
        else one
        for one in versions
    ]


def answers(versions: Code, cases: Any) -> list[Any]:
    """What binds each case, by the one code and by the law as it is asked."""
    rules = [version.rule for version in versions]
    law = Law(1, rules, {})
    found = [binding(rules, on, opened) for _, on, opened in cases]
    asked = [law.binding("PH", to, "5322", on, opened) for to, on, opened in cases]
    return [(bound and bound.id, [one.id for one in lawful]) for bound, lawful in zip(found, asked, strict=True)]


def begun(rule: MakeRule, number: int, said: tuple[date, int | None, bool, str]) -> Rule:
    begins, length, spares, destinations = said
    ends = None if length is None else begins + timedelta(days=length)
    return rule(
        "a", id=f"v{number}", version=number, begins=begins, ends=ends, opened_after=spares, destinations=destinations
    )


@given(st.lists(ACTIVATIONS | DAYS, min_size=1, max_size=8), CASES)
def test_later_law_changes_no_answer_for_an_earlier_day(rule: MakeRule, changes: list[Any], cases: Any) -> None:
    versions: Code = []
    for number, change in enumerate(changes, 1):
        if isinstance(change, date):
            first, changed = change, retired(versions, change)
        else:
            first, changed = change[0], activated(versions, begun(rule, number, change)) or versions
        past = [case for case in cases if case[1] < first]
        assert answers(changed, past) == answers(versions, past)
        versions = changed


@given(st.lists(ACTIVATIONS, max_size=6), ACTIVATIONS, CASES)
def test_from_its_first_day_a_new_version_binds_all_that_it_does_not_spare(
    rule: MakeRule, earlier: list[Any], last: Any, cases: Any
) -> None:
    versions: Code = []
    for number, change in enumerate(earlier, 1):
        versions = activated(versions, begun(rule, number, change)) or versions
    new = begun(rule, len(earlier) + 1, last)
    changed = activated(versions, new)
    if changed is None:
        return
    rules = [version.rule for version in changed]
    for _, on, opened in cases:
        if new.in_force(on) and (opened >= new.begins or not new.opened_after):
            bound = binding(rules, on, opened)
            assert bound is not None
            assert bound.id == new.id


@given(ACTIVATIONS, DAYS, CASES)
def test_a_retired_rule_binds_until_the_day_before_and_then_no_more(
    rule: MakeRule, said: Any, on: date, cases: Any
) -> None:
    only = begun(rule, 1, said)
    left = [version.rule for version in retired([Standing(only)], on)]
    for _, judged, opened in cases:
        bound = only.in_force(judged) and (opened >= only.begins or not only.opened_after)
        stays = not only.in_force(on) or judged < on
        assert bool(binding(left, judged, opened)) is (bound and stays)


def test_a_version_taken_back_before_it_began_is_in_nobodys_way(rule: MakeRule) -> None:
    summer = date(2027, 6, 1)
    first = Standing(rule("a", id="v1", ends=summer - DAY))
    [second] = retired([Standing(rule("a", id="v2", version=2, begins=summer))], summer)
    spring = rule("a", id="v3", version=3, begins=date(2027, 3, 1))
    changed = activated([first, second], spring)
    assert changed is not None
    rules = [version.rule for version in changed]
    bound = [binding(rules, on, on) for on in (spring.begins - DAY, spring.begins, summer - DAY, summer)]
    assert [found and found.id for found in bound] == ["v1", "v3", "v3", "v3"]
