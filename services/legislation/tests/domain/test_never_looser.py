"""Properties of design §5: more law is never looser, what is unsaid is never lawful, and no order matters."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from imdi_legislation.domain.breaches import Breach, Offer, find_breaches
from imdi_legislation.domain.facts import Facts
from imdi_legislation.domain.items import determine_items, length
from imdi_legislation.domain.judging import rule_on
from imdi_legislation.domain.law import Law
from imdi_legislation.domain.money import Money
from imdi_legislation.domain.rules import Rule

MakeRule = Callable[..., Rule]
MakeItem = Callable[..., dict[str, Any]]
FEES = ("service_fee", "visa_fee", "scouting")
AMOUNTS = st.decimals(0, 5000, places=2)
DAYS = st.dates(date(2026, 1, 1), date(2028, 12, 31))
DURATIONS = st.one_of(st.none(), st.integers(1, 400).map("P{}D".format), st.integers(1, 24).map("P{}M".format))


def judge(offer: Offer, rules: list[Rule]) -> list[Breach]:
    return find_breaches(rule_on(rules, {}), offer, "PH")


@st.composite
def caps(draw: st.DrawFn) -> dict[str, Any]:
    amount = draw(AMOUNTS)
    cap = draw(st.sampled_from([{"amount": "0"}, {"months_of_wage": "1"}, {"amount": str(amount), "currency": "SAR"}]))
    return {"component": "service_fee", "payer": "worker", "cap": cap}


@given(st.lists(caps(), max_size=4), caps(), st.dictionaries(st.sampled_from(FEES), AMOUNTS), AMOUNTS)
def test_one_more_cap_never_makes_a_fee_lawful(
    rule: MakeRule, before: list[dict[str, Any]], more: dict[str, Any], paid: dict[str, Decimal], wage: Decimal
) -> None:
    rules = [rule(f"r{n}", effect, "fee", id=f"r{n}") for n, effect in enumerate(before)]
    offer = Offer(Money(wage, "SAR"), {}, tuple((name, Money(amount, "SAR")) for name, amount in paid.items()))
    broken = {breach.rule.code for breach in judge(offer, rules)}
    assert broken <= {breach.rule.code for breach in judge(offer, [*rules, rule("z", more, "fee")])}


@given(st.lists(caps(), max_size=4), st.sampled_from(["SAR", "PHP", "JPY", "KWD"]), st.booleans())
def test_zero_is_lawful_under_every_cap_in_any_currency(
    rule: MakeRule, effects: list[dict[str, Any]], currency: str, waged: bool
) -> None:
    rules = [rule(f"r{n}", effect, "fee") for n, effect in enumerate(effects)]
    wage = Money(Decimal(1500), "SAR") if waged else None
    assert judge(Offer(wage, {}, (("service_fee", Money(Decimal("0.00"), currency)),)), rules) == []


@given(AMOUNTS, AMOUNTS, st.sampled_from(["0.5", "1", "1.5", "2"]))
def test_months_of_wage_are_exact(rule: MakeRule, wage: Decimal, fee: Decimal, months: str) -> None:
    effect = {"component": "service_fee", "payer": "worker", "cap": {"months_of_wage": months}}
    offer = Offer(Money(wage, "SAR"), {}, (("service_fee", Money(fee, "SAR")),))
    assert bool(judge(offer, [rule("cap", effect, "fee")])) is (fee > wage * Decimal(months))


@given(st.sampled_from(["min", "max", "equals"]), st.integers(0, 200), st.integers(0, 200) | st.none())
def test_a_term_is_lawful_only_where_it_is_said_and_within(
    rule: MakeRule, bound: str, limit: int, said: int | None
) -> None:
    term = rule("term", {"term": "hours_per_week", bound: limit}, "contract_term")
    breaches = judge(Offer(None, {} if said is None else {"hours_per_week": said}), [term])
    lawful = said is not None and {"min": said >= limit, "max": said <= limit, "equals": said == limit}[bound]
    assert [breach.found for breach in breaches] == ([] if lawful else [said])


@given(
    st.lists(st.tuples(DURATIONS, st.integers(0, 60), st.sampled_from(["visa", "departure"])), min_size=1, max_size=5)
)
def test_an_item_is_as_strict_as_its_strictest_rule(
    rule: MakeRule, item: MakeItem, drawn: list[tuple[str | None, int, str]]
) -> None:
    rules = [
        rule(f"r{n}", item(validity=validity, lead_days=lead, holds_at=[holds]))
        for n, (validity, lead, holds) in enumerate(drawn)
    ]
    [found] = determine_items(rule_on(rules, {}))
    lengths = [length(validity) for validity, _, _ in drawn if validity]
    assert (length(found.validity) if found.validity else None) == (min(lengths) if lengths else None)
    assert found.lead_days == max(lead for _, lead, _ in drawn)
    assert set(found.holds_at) == {holds for _, _, holds in drawn}


@given(
    st.lists(st.sampled_from([None, "worker.age >= 18", "worker.age < 18", "worker.isced > 3"]), min_size=1, max_size=5)
)
def test_an_item_is_required_if_any_rule_applies_else_unknown_if_any_is(
    rule: MakeRule, item: MakeItem, conditions: list[str | None]
) -> None:
    known: Facts = {"worker.age": 30}
    rules = [rule(f"r{n}", item(), when=when) for n, when in enumerate(conditions)]
    [found] = determine_items(rule_on(rules, known))
    applies = {None, "worker.age >= 18"} & set(conditions)
    unknown = "worker.isced > 3" in conditions
    assert found.status == ("required" if applies else "unknown" if unknown else "not_applicable")
    assert found.needs_fact == ("worker.isced" if unknown else None)


@given(st.lists(st.tuples(DAYS, st.booleans()), min_size=1, max_size=5, unique_by=lambda drawn: drawn[0]), DAYS, DAYS)
def test_one_version_at_most_binds_and_never_one_of_a_later_day(
    rule: MakeRule, drawn: list[tuple[date, bool]], on: date, opened: date
) -> None:
    starts = sorted(drawn)
    ends = [begins - timedelta(days=1) for begins, _ in starts[1:]]
    versions = [
        rule("a", id=f"v{n}", begins=begins, ends=end, opened_after=spares, replaces=f"v{n - 1}" if n else None)
        for n, ((begins, spares), end) in enumerate(zip(starts, [*ends, None], strict=True))
    ]
    bound = Law(1, versions, {}).binding("PH", "SA", "5322", on, opened)
    assert len(bound) <= 1
    assert all(version.begins <= on and (not version.opened_after or opened >= version.begins) for version in bound)
    if not any(spares for _, spares in starts):
        assert bool(bound) is (on >= starts[0][0])
