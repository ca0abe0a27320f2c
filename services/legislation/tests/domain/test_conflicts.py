from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imdi_legislation.domain.conflicts import find_conflict
from imdi_legislation.domain.effects import Requirement
from imdi_legislation.domain.rules import Rule

MakeRule = Callable[..., Rule]
MakeItem = Callable[..., dict[str, Any]]


@pytest.mark.parametrize(
    ("changed", "said", "conflicts"),
    [
        ({"category": "security"}, {}, True),
        ({"performed_by": "government"}, {}, True),
        ({"title": "Another title", "validity": "P1D"}, {}, False),
        ({"code": "other_test", "category": "security"}, {}, False),
        ({"category": "security"}, {"destinations": "QA"}, False),
        ({"category": "security"}, {"destinations": "GCC"}, True),
        ({"category": "security"}, {"origins": "*", "occupations": "53"}, True),
        ({"category": "security"}, {"begins": date(2019, 1, 1), "ends": date(2019, 12, 31)}, False),
        ({"category": "security"}, {"begins": date(2030, 1, 1)}, True),
    ],
)
def test_two_rules_may_not_describe_one_item_differently(
    rule: MakeRule, item: MakeItem, changed: dict[str, Any], said: dict[str, Any], conflicts: bool
) -> None:
    found = find_conflict(rule("new"), [rule("old", item(**changed), **said)])
    assert bool(found) is conflicts
    assert found is None or found.rules == ("new", "old")


def test_a_version_does_not_conflict_with_its_own_code(rule: MakeRule, item: MakeItem) -> None:
    assert find_conflict(rule("same"), [rule("same", item(category="security"))]) is None


@pytest.mark.parametrize(
    ("transitions", "ends", "conflicts"),
    [
        ((), date(2026, 12, 31), False),
        ((False,), date(2026, 12, 31), False),
        ((True,), date(2026, 12, 31), True),
        ((True, False), date(2026, 12, 31), False),
        ((True, True), date(2026, 12, 31), True),
        ((False, True), date(2026, 12, 31), False),
        ((False,), date(2019, 12, 31), False),
        ((True,), date(2019, 12, 31), True),
    ],
)
def test_a_version_binds_on_while_those_after_it_spare_the_cases_before_them(
    rule: MakeRule, item: MakeItem, transitions: tuple[bool, ...], ends: date, conflicts: bool
) -> None:
    """Each later version says itself what the new rule says; the first ended before the new one begins."""
    chain = [rule("old", item(category="security"), id="v0", ends=ends)]
    last = date(2028, 12, 31)
    for number, spares in enumerate(transitions, start=1):
        is_last = number == len(transitions)
        chain.append(
            rule(
                "old", id=f"v{number}", replaces=f"v{number - 1}", opened_after=spares,
                begins=date(2027, number, 1), ends=None if is_last else last.replace(year=2027, month=number, day=28),
            )
        )  # fmt: skip
    new = rule("new", begins=date(2028, 1, 1))
    assert bool(find_conflict(new, chain)) is conflicts


@pytest.mark.parametrize(
    ("spares", "meets", "conflicts"),
    [
        ((True,), {}, True),
        ((False,), {}, False),
        ((True, True), {}, True),
        ((False, True), {}, False),
        ((True, False), {}, False),
        ((True,), {"ends": date(2026, 12, 31)}, False),
        ((True,), {"destinations": "QA"}, False),
    ],
)
def test_what_a_version_lets_bind_on_may_not_meet_what_came_since(
    rule: MakeRule, item: MakeItem, spares: tuple[bool, ...], meets: dict[str, Any], conflicts: bool
) -> None:
    """The first of the chain contradicts a rule that began after its end; cases that all after it spare see both."""
    other = rule("other", **{"begins": date(2026, 6, 1), **meets})
    chain = [rule("old", item(category="security"), id="v0", ends=date(2025, 12, 31))]
    for number, spared in enumerate(spares, start=1):
        begins = date(2025 + number, 1, 1)
        chain.append(rule("old", id=f"v{number}", replaces=f"v{number - 1}", opened_after=spared, begins=begins))
    *earlier, new = chain
    new = replace(new, begins=date(2027, 1, 1))
    assert bool(find_conflict(new, [other, *earlier])) is conflicts


def test_a_version_emptied_on_its_first_day_binds_nobody(rule: MakeRule, item: MakeItem) -> None:
    emptied = rule("old", item(category="security"), begins=date(2027, 1, 1), ends=date(2026, 12, 31))
    assert find_conflict(rule("new"), [emptied]) is None


def after(rule: MakeRule, item: MakeItem, code: str, *before: str, **said: Any) -> Rule:
    said = {"holds_at": ["departure"]} | said
    scope = {name: said.pop(name) for name in ("origins", "destinations") if name in said}
    return rule(f"rule-{code}", item(code=code, after=list(before), **said), **scope)


@pytest.mark.parametrize(
    ("new", "others", "circle"),
    [
        (("a", "b"), [("b", "a")], {"rule-a", "rule-b"}),
        (("a", "b"), [("b", "c"), ("c", "a")], {"rule-a", "rule-b", "rule-c"}),
        (("a", "b"), [("b", "c"), ("d", "a")], None),
        (("a", "b", "c"), [("b",), ("c", "d"), ("d", "a")], {"rule-a", "rule-c", "rule-d"}),
        (("a", "b"), [("b", "c"), ("c", "b")], None),
    ],
)
def test_prerequisites_may_not_run_in_a_circle(
    rule: MakeRule, item: MakeItem, new: Any, others: Any, circle: set[str] | None
) -> None:
    found = find_conflict(after(rule, item, *new), [after(rule, item, *other) for other in others])
    assert (set(found.rules) if found else None) == circle


def test_a_circle_across_corridors_that_never_meet_is_none(rule: MakeRule, item: MakeItem) -> None:
    new = after(rule, item, "a", "b", destinations="SA QA")
    others = [after(rule, item, "b", "c", destinations="SA"), after(rule, item, "c", "a", destinations="QA")]
    assert find_conflict(new, others) is None
    assert find_conflict(new, [others[0], after(rule, item, "c", "a", destinations="GCC")]) is not None


def test_what_must_hold_at_the_visa_comes_before_it(rule: MakeRule, item: MakeItem) -> None:
    medical = after(rule, item, "medical", "visa", holds_at=["visa"])
    assert find_conflict(medical, []) is not None
    later = after(rule, item, "stamp", "visa", holds_at=["departure"])
    assert find_conflict(later, [after(rule, item, "medical", holds_at=["visa"])]) is None
    assert find_conflict(after(rule, item, "visa", "stamp"), [later]) is not None


def test_sixty_items_each_after_all_before_it_are_looked_through_soon(rule: MakeRule, item: MakeItem) -> None:
    """There are 2^58 ways through them, none of which runs in a circle, or none within one corridor."""
    chain = [after(rule, item, f"i{n}", *(f"i{m}" for m in range(n))) for n in range(60)]
    closing = after(rule, item, "i0", "i59", destinations="QA")
    began = time.monotonic()
    assert find_conflict(chain[-1], chain[:-1]) is None
    assert find_conflict(closing, chain[1:]) is None
    assert find_conflict(replace(closing, scope=chain[0].scope), chain[1:]) is not None
    assert time.monotonic() - began < 5


CORRIDORS = st.tuples(st.sampled_from(["PH", "NP PH", "NP", "*"]), st.sampled_from(["SA", "QA SA", "QA", "GCC"]))
OCCUPATIONS = st.sampled_from(["*", "53", "5322 2", "5", "22"])
ASKED = st.tuples(st.sampled_from("abcde"), st.sets(st.sampled_from("abcde"), max_size=2), CORRIDORS, OCCUPATIONS)


@settings(max_examples=300)
@given(st.lists(ASKED, min_size=1, max_size=7))
def test_a_circle_is_one_exactly_where_some_case_is_bound_by_all_of_it(
    rule: MakeRule, item: MakeItem, asked: list[Any]
) -> None:
    new, *others = [
        rule(
            f"r{n}", item(code=code, after=sorted(before - {code}), holds_at=["departure"]),
            origins=origins, destinations=destinations, occupations=occupations,
        )
        for n, (code, before, (origins, destinations), occupations) in enumerate(asked)
    ]  # fmt: skip
    cases = product(["PH", "NP", "BD"], ["SA", "QA", "AE"], ["5322", "5311", "5111", "2211", "2111", "9111"])
    binding = [[one for one in (new, *others) if one.scope.covers(*case, new.begins)] for case in cases]
    expected = any(new in bound and circular(new, bound) for bound in binding)
    found = find_conflict(new, others)
    assert bool(found) is expected
    if found:
        assert any({one.code for one in bound} >= set(found.rules) for bound in binding)


def circular(new: Rule, bound: list[Rule]) -> bool:
    """Whether the new rule's item comes, by whatever steps, before itself."""
    before: dict[str, set[str]] = {}
    for one in bound:
        assert isinstance(one.effect, Requirement)
        before.setdefault(one.effect.code, set()).update(one.effect.after)
    assert isinstance(new.effect, Requirement)
    reached: set[str] = set()
    ahead = set(new.effect.after)
    while ahead:
        reached |= ahead
        ahead = {code for at in ahead for code in before.get(at, ())} - reached
    return new.effect.code in reached


def test_other_kinds_never_conflict(rule: MakeRule) -> None:
    assert find_conflict(rule("age", {"criterion": "age", "min": 1}, "criterion"), [rule("old")]) is None
