"""Properties of design §5: more law is never looser, what is unsaid is never lawful, and no order matters."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st

from imdi_legislation.domain.breaches import Breach, Offer, find_breaches
from imdi_legislation.domain.facts import Facts
from imdi_legislation.domain.feasibility import Done
from imdi_legislation.domain.items import Item, determine_items
from imdi_legislation.domain.judging import rule_on
from imdi_legislation.domain.law import Law
from imdi_legislation.domain.money import Money
from imdi_legislation.domain.rules import Rule
from imdi_planning.calendar_days import IsWorking, weekdays
from imdi_planning.calendars import working_days
from imdi_planning.durations import duration
from imdi_planning.requirements import to_plan, valid_until

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


LEADS = st.one_of(st.integers(0, 20).map(lambda n: {"lead_days": n, "lead_working_days": None}),
                  st.integers(0, 15).map(lambda n: {"lead_days": None, "lead_working_days": n}))  # fmt: skip
ASKED = st.fixed_dictionaries({
    "validity": DURATIONS,
    "beyond": DURATIONS,
    "counted_from": st.sampled_from(["performed_on", "issued_on"]),
    "holds_at": st.lists(st.sampled_from(["visa", "departure"]), max_size=2),
    "lead": LEADS,
})  # fmt: skip
CALENDARS = st.sampled_from(["PH", "SA", "NP", "DE"]).map(working_days)


def composed(rule: MakeRule, item: MakeItem, asked: list[dict[str, Any]]) -> Item:
    effects = [{name: value for name, value in one.items() if name != "lead"} | one["lead"] for one in asked]
    [found] = determine_items(rule_on([rule(f"r{n}", item(**effect)) for n, effect in enumerate(effects)], {}))
    return found


def holds_until(found: Item, done: Done) -> date:
    return valid_until(found, done) or date.max


def must_hold_until(found: Item, departure: date) -> date:
    return duration(found.beyond).after(departure) if found.beyond else departure


@settings(max_examples=400)
@given(st.lists(ASKED, min_size=1, max_size=4), ASKED, DAYS, st.integers(0, 40), CALENDARS)
def test_one_more_rule_never_loosens_an_item_on_any_day(
    rule: MakeRule, item: MakeItem, asked: list[Any], more: Any, day: date, later: int, is_working: IsWorking
) -> None:
    before, after = composed(rule, item, asked), composed(rule, item, [*asked, more])
    done = Done(day, issued_on=day + timedelta(days=later))
    assert holds_until(after, done) <= holds_until(before, done)
    assert must_hold_until(after, day) >= must_hold_until(before, day)
    assert set(before.holds_at) <= set(after.holds_at)
    leads = [to_plan(found, None).lead for found in (before, after)]
    assert leads[1].after(day, is_working) >= leads[0].after(day, is_working)
    assert leads[1].before(day, is_working) <= leads[0].before(day, is_working)


@settings(max_examples=200)
@given(st.lists(ASKED, min_size=1, max_size=5), DAYS, CALENDARS)
def test_an_item_is_never_looser_than_any_of_its_rules(
    rule: MakeRule, item: MakeItem, asked: list[Any], day: date, is_working: IsWorking
) -> None:
    found, alone = composed(rule, item, asked), [composed(rule, item, [one]) for one in asked]
    assert holds_until(found, Done(day)) <= min(holds_until(one, Done(day)) for one in alone)
    assert must_hold_until(found, day) >= max(must_hold_until(one, day) for one in alone)
    ends = [to_plan(one, None).lead.after(day, is_working) for one in alone]
    assert to_plan(found, None).lead.after(day, is_working) == max(ends)


def about_as_long(months: int) -> st.SearchStrategy[str]:
    """Durations around so many months, of which on one day the one is longer and on another day the other."""
    days = st.integers(months * 30 - 3, months * 31 + 1).map("P{}D".format)
    return st.sampled_from([f"P{months}M", f"P{months}M1D"]) | days


@settings(max_examples=200)
@given(
    st.integers(1, 13).map(about_as_long).flatmap(lambda texts: st.lists(texts, min_size=2, max_size=4)),
    st.dates(date(2026, 1, 1), date(2029, 12, 31)),
)
@example(texts=["P4M1D", "P4M", "P121D"], start=date(2026, 1, 1))
@example(texts=["P4M", "P4M1D", "P123D"], start=date(2026, 3, 1))
def test_where_months_and_days_are_about_as_long_neither_loosens_the_other(
    rule: MakeRule, item: MakeItem, texts: list[str], start: date
) -> None:
    def asking(durations: list[str]) -> Item:
        effects = [item(validity=text, beyond=text) for text in durations]
        return determine_items(rule_on([rule(f"r{n}", effect) for n, effect in enumerate(effects)], {}))[0]

    before, after = asking(texts[1:]), asking(texts)
    for day in (start + timedelta(days=n) for n in range(31)):
        assert holds_until(after, Done(day)) <= holds_until(before, Done(day))
        assert must_hold_until(after, day) >= must_hold_until(before, day)


def test_a_rule_in_days_does_not_lengthen_one_in_months(rule: MakeRule, item: MakeItem) -> None:
    months, days = rule("a", item(validity="P2M")), rule("b", item(validity="P60D"))
    done = Done(date(2027, 1, 1))
    [before], [after] = (determine_items(rule_on(rules, {})) for rules in ([months], [months, days]))
    assert (valid_until(before, done), valid_until(after, done)) == (date(2027, 3, 1), date(2027, 3, 1))


def test_a_lead_in_working_days_does_not_shorten_one_in_days(rule: MakeRule, item: MakeItem) -> None:
    rules = [rule("a", item(lead_days=4)), rule("b", item(lead_working_days=3))]
    [found] = determine_items(rule_on(rules, {}))
    assert to_plan(found, None).lead.after(date(2027, 3, 1), weekdays) == date(2027, 3, 5)


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
