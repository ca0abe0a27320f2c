from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imdi_contracts.legislation import DeterminedItem
from imdi_legislation.domain.facts import Facts
from imdi_legislation.domain.items import Item, determine_items
from imdi_legislation.domain.judging import rule_on
from imdi_legislation.domain.plain import plain
from imdi_legislation.domain.rules import Basis, Rule, Source

MakeRule = Callable[..., Rule]
MakeItem = Callable[..., dict[str, Any]]
ADULT: Facts = {"worker.age": 30}
YES, NO, OPEN = "worker.age >= 18", "worker.age < 18", "worker.facts.x"


def one(rules: list[Rule], facts: Facts = ADULT) -> Item:
    [item] = determine_items(rule_on(rules, facts))
    return item


@pytest.mark.parametrize(
    ("attribute", "values", "strictest", "governs"),
    [
        ("validity", ["P60D", "P30D"], "P30D", "b"),
        ("validity", [None, "P1Y"], "P1Y", "b"),
        ("validity", ["P30D", "P60D"], "P30D", "a"),
        ("validity", ["P30D", "P3M"], "P30D", "a"),
        ("validity", ["P2M", "P59D"], "P59D", "b"),
        ("validity", ["P2M", "P62D"], "P2M", "a"),
        ("validity", ["P2M", "P60D"], "P59D", "a"),
        ("validity", ["P60D", "P2M"], "P59D", "b"),
        ("validity", ["P1M", "P30D"], "P28D", "a"),
        ("validity", ["P3M", "P90D"], "P89D", "a"),
        ("validity", ["P1Y", "P365D"], "P365D", "b"),
        ("validity", ["P1Y", "P366D"], "P1Y", "a"),
        ("validity", ["P51W", "P1Y"], "P51W", "a"),
        ("validity", ["P1M", "P1M1D"], "P28D", "a"),
        ("validity", ["P1M", "P1M3D"], "P1M", "a"),
        ("validity", ["P12M", "P1Y"], "P12M", "a"),
        ("validity", ["P300Y", "P299Y11M30D"], "P299Y11M30D", "b"),
        ("validity", ["P60D", "P60D"], "P60D", "a"),
        ("lead_days", [3, 10], 10, "b"),
        ("lead_days", [3, 0], 3, "a"),
        ("counted_from", ["issued_on", "performed_on"], "performed_on", "b"),
        ("beyond", [None, "P6M"], "P6M", "b"),
        ("beyond", ["P6M", "P3M"], "P6M", "a"),
        ("beyond", [None, "P0D"], "P0D", "b"),
        ("beyond", ["P6M", "P182D"], "P184D", "a"),
        ("beyond", ["P6M", "P184D"], "P184D", "b"),
        ("beyond", ["P181D", "P6M"], "P6M", "b"),
        ("beyond", ["P6M", "P6M1D"], "P185D", "b"),
        ("payer", ["worker", "employer"], "employer", "b"),
        ("payer", ["worker", None], "worker", "a"),
        ("payer", ["worker", "government"], "government", "b"),
        ("payer", ["government", "employer"], "employer", "b"),
    ],
)
def test_the_strictest_of_each_attribute_governs(
    rule: MakeRule, item: MakeItem, attribute: str, values: list[Any], strictest: Any, governs: str
) -> None:
    rules = [rule(code, item(**{attribute: value})) for code, value in zip("ab", values, strict=True)]
    found = one(rules)
    assert getattr(found, attribute) == strictest
    assert found.governed_by[attribute].code == governs
    assert one(rules[::-1]) == found


def test_a_rule_that_fails_does_not_hide_the_fact_that_another_needs(rule: MakeRule, item: MakeItem) -> None:
    failing = rule("a", item(), when="1 / worker.age > 0 && worker.age == 0")
    found = determine_items(rule_on([failing, rule("b", item(), when=OPEN)], {"worker.age": 0}))
    assert [(one.status, one.needs_fact) for one in found] == [("unknown", "worker.facts.x")]


def test_among_three_that_none_undercuts_the_fewest_days_hold(rule: MakeRule, item: MakeItem) -> None:
    drawn = {"a": "P2M", "b": "P60D", "c": "P61D"}
    rules = [rule(code, item(validity=validity, beyond=validity)) for code, validity in drawn.items()]
    assert (one(rules).validity, one(rules).beyond) == ("P59D", "P62D")
    shorter = one([*rules, rule("d", item(validity="P30D", beyond="P3M"))])
    assert (shorter.validity, shorter.beyond) == ("P30D", "P3M")
    assert {shorter.governed_by[name].code for name in ("validity", "beyond")} == {"d"}


@pytest.mark.parametrize(
    ("leads", "days", "working"),
    [
        ([{"lead_days": 6}, {"lead_working_days": 5}], (6, "a"), (5, "b")),
        ([{"lead_days": 4}, {"lead_working_days": 3}], (4, "a"), (3, "b")),
        ([{"lead_working_days": 3}, {"lead_days": 4}, {"lead_days": 9}, {"lead_working_days": 2}], (9, "c"), (3, "a")),
        ([{"lead_days": 0}, {"lead_working_days": 5}], None, (5, "b")),
        ([{"lead_days": 5}, {"lead_working_days": 0}], (5, "a"), None),
        ([{"lead_days": 0}, {"lead_working_days": 0}], (0, "a"), None),
        ([{"lead_working_days": 0}], None, (0, "a")),
        ([{}, {"lead_days": 2}], (2, "b"), None),
    ],
)
def test_working_days_and_calendar_days_are_both_kept(
    rule: MakeRule, item: MakeItem, leads: list[Any], days: Any, working: Any
) -> None:
    found = one([rule(code, item(**lead)) for code, lead in zip("abcd", leads, strict=False)])
    told = {"lead_days": days, "lead_working_days": working}
    assert {name: getattr(found, name) for name in told} == {name: kept and kept[0] for name, kept in told.items()}
    governing = {name: found.governed_by[name].code for name in told if name in found.governed_by}
    assert governing == {name: kept[1] for name, kept in told.items() if kept}


def test_a_source_may_give_a_lead_in_the_other_kind_of_days(rule: MakeRule, item: MakeItem) -> None:
    basis = (Basis("circular", "Circular", None),)
    found = one([replace(rule("a", item(lead_days=4)), disputed=(Source("lead_working_days", 3, basis),))])
    assert (found.lead_days, found.lead_working_days, found.confidence) == (4, 3, "disputed")


def test_lists_are_united(rule: MakeRule, item: MakeItem) -> None:
    found = one([
        rule("a", item(after=["passport"], holds_at=["departure"], documents=["photo"])),
        rule("b", item(after=["contract", "passport"], holds_at=["visa"], documents=["form"])),
    ])  # fmt: skip
    assert found.after == ("contract", "passport")
    assert found.holds_at == ("visa", "departure")
    assert found.documents == ("form", "photo")
    assert [basis.instrument for basis in found.basis] == ["instrument-a", "instrument-b"]


@pytest.mark.parametrize(
    ("whens", "status", "needs", "validity"),
    [
        ([YES, YES], "required", None, "P10D"),
        ([YES, NO], "required", None, "P10D"),
        ([NO, YES], "required", None, "P20D"),
        ([OPEN, YES], "required", "worker.facts.x", "P20D"),
        ([OPEN, NO], "unknown", "worker.facts.x", "P10D"),
        ([NO, OPEN], "unknown", "worker.facts.x", "P20D"),
        ([NO, NO], "not_applicable", None, "P10D"),
        ([None, NO], "required", None, "P10D"),
    ],
)
def test_attributes_come_from_the_rules_that_apply(
    rule: MakeRule, item: MakeItem, whens: list[str | None], status: str, needs: str | None, validity: str
) -> None:
    rules = [rule("a", item(validity="P10D"), when=whens[0]), rule("b", item(validity="P20D"), when=whens[1])]
    found = one(rules)
    assert (found.status, found.needs_fact, found.validity) == (status, needs, validity)


def test_where_sources_dispute_a_value_the_strictest_governs_and_all_are_shown(rule: MakeRule, item: MakeItem) -> None:
    basis = (Basis("circular", "Circular", None),)
    made = replace(
        rule("gulf", item(validity="P60D", lead_days=2)),
        disputed=(Source("validity", "P30D", basis, "another page"), Source("lead_days", 9, basis)),
    )
    found = one([made, rule("other", item(validity="P90D"))])
    assert (found.validity, found.lead_days, found.confidence) == ("P30D", 9, "disputed")
    assert found.governed_by["validity"].code == "gulf"
    assert [(d.attribute, d.value, d.note) for d in found.disputed] == [
        ("validity", "P60D", None),
        ("validity", "P30D", "another page"),
        ("lead_days", 2, None),
        ("lead_days", 9, None),
    ]


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (["primary", "primary"], "primary"),
        (["primary", "secondary"], "secondary"),
        (["disputed", "primary"], "disputed"),
    ],
)
def test_the_weakest_confidence_is_told(rule: MakeRule, said: list[str], told: str) -> None:
    assert one([rule(code, confidence=how) for code, how in zip("ab", said, strict=True)]).confidence == told


def test_an_item_fits_the_contract(rule: MakeRule, item: MakeItem) -> None:
    found = one([rule("a", item(validity="P60D", payer="employer", after=["passport"]))])
    told = DeterminedItem.model_validate(plain(found))
    assert told.governed_by["validity"].code == "a"
    assert told.validity == "P60D"


EFFECTS = st.fixed_dictionaries({
    "validity": st.sampled_from([None, "P30D", "P2M", "P1Y"]),
    "lead_days": st.integers(0, 20),
    "counted_from": st.sampled_from(["performed_on", "issued_on"]),
    "beyond": st.sampled_from([None, "P1M", "P6M"]),
    "payer": st.sampled_from([None, "worker", "employer", "government"]),
    "after": st.lists(st.sampled_from(["passport", "visa"]), max_size=2),
    "holds_at": st.lists(st.sampled_from(["visa", "departure", "arrival"]), max_size=3),
})  # fmt: skip
CASES = st.lists(st.tuples(EFFECTS, st.sampled_from([None, YES, NO, OPEN])), min_size=1, max_size=4)


@settings(max_examples=60)
@given(CASES, st.data())
def test_the_order_of_rules_does_not_matter(rule: MakeRule, item: MakeItem, cases: Any, data: st.DataObject) -> None:
    rules = [rule(f"r{n}", item(**effect), id=f"r{n}", when=when) for n, (effect, when) in enumerate(cases)]
    assert one(data.draw(st.permutations(rules))) == one(rules)


@settings(max_examples=60)
@given(CASES, EFFECTS)
def test_one_more_rule_that_applies_never_loosens(rule: MakeRule, item: MakeItem, cases: Any, more: Any) -> None:
    rules = [rule(f"r{n}", item(**effect), when=when) for n, (effect, when) in enumerate(cases)]
    before, after = one(rules), one([*rules, rule("z", item(**more))])
    assert after.status == "required"
    if before.status == "required":
        assert set(before.after) <= set(after.after)
        assert set(before.holds_at) <= set(after.holds_at)
        assert (after.lead_days or 0) >= (before.lead_days or 0)
        assert (after.lead_working_days or 0) >= (before.lead_working_days or 0)
        assert not (after.payer == "worker" and before.payer not in ("worker", None))
        assert after.counted_from in (before.counted_from, "performed_on")
