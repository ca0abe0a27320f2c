from __future__ import annotations

import itertools
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imdi_contracts.matching import Breach as ToldBreach
from imdi_legislation.domain.breaches import Breach, Offer, find_breaches, over_origins
from imdi_legislation.domain.judging import rule_on
from imdi_legislation.domain.money import Money
from imdi_legislation.domain.plain import plain
from imdi_legislation.domain.rules import Rule

MakeRule = Callable[..., Rule]


def money(amount: str, currency: str = "SAR") -> Money:
    return Money(Decimal(amount), currency)


WAGE = money("1600.00")
SAR_1500 = {"amount": "1500.00", "currency": "SAR"}


def judge(offer: Offer, *rules: Rule, facts: dict[str, Any] | None = None) -> list[Breach]:
    return find_breaches(rule_on(rules, facts or {}), offer, "PH")


@pytest.mark.parametrize(
    ("wage", "bounds", "found"),
    [
        (money("1500.00"), {"min": SAR_1500}, "lawful"),
        (money("1500"), {"equals": SAR_1500}, "lawful"),
        (money("1499.99"), {"min": SAR_1500}, "1499.99"),
        (money("1200.00"), {"min": SAR_1500}, "1200.00"),
        (money("1600.00"), {"max": SAR_1500}, "1600.00"),
        (money("9999.00", "USD"), {"min": SAR_1500}, None),
        (None, {"min": SAR_1500}, None),
    ],
)
def test_a_wage_against_its_bounds(
    rule: MakeRule, wage: Money | None, bounds: dict[str, Any], found: str | None
) -> None:
    floor = rule("wage", {"term": "monthly_wage", **bounds}, "contract_term")
    breaches = judge(Offer(wage), floor)
    if found == "lawful":
        assert breaches == []
    else:
        [breach] = breaches
        assert (breach.term, breach.found, breach.required) == ("monthly_wage", found, bounds)
        assert breach.rule == floor.reference
        told = ToldBreach.model_validate(plain(breach)).model_dump(mode="json")
        assert told["required"] == bounds


@pytest.mark.parametrize(
    ("effect", "said", "breaks"),
    [
        ({"term": "hours_per_week", "max": 48}, {"hours_per_week": 48}, False),
        ({"term": "hours_per_week", "max": 48}, {"hours_per_week": 49}, True),
        ({"term": "hours_per_week", "max": 48}, {}, True),
        ({"term": "rest_days_per_week", "min": 1}, {"rest_days_per_week": 0}, True),
        ({"term": "months", "min": 12, "max": 24}, {"months": 25}, True),
        ({"term": "retains_documents", "equals": False}, {"retains_documents": False}, False),
        ({"term": "retains_documents", "equals": False}, {"retains_documents": True}, True),
        ({"term": "retains_documents", "equals": False}, {}, True),
        ({"term": "ticket_paid_by", "equals": "employer"}, {"ticket_paid_by": "worker"}, True),
    ],
)
def test_terms_of_the_contract(rule: MakeRule, effect: dict[str, Any], said: dict[str, Any], breaks: bool) -> None:
    breaches = judge(Offer(WAGE, said), rule("term", effect, "contract_term"))
    assert [breach.found for breach in breaches] == ([said.get(effect["term"])] if breaks else [])


def test_a_rule_that_does_not_apply_or_is_unknown_is_no_breach(rule: MakeRule) -> None:
    effect = {"term": "food", "equals": True}
    rules = [rule("no", effect, "contract_term", when="vacancy.occupation == '5322'")]
    assert judge(Offer(WAGE), *rules, facts={"vacancy.occupation": "8160"}) == []
    assert judge(Offer(WAGE), *rules) == []
    assert len(judge(Offer(WAGE), *rules, facts={"vacancy.occupation": "5322"})) == 1


def fee(rule: MakeRule, code: str, cap: Any, includes: str = "", excludes: str = "", **said: Any) -> Rule:
    effect = {"component": "service_fee", "payer": "worker", "cap": cap}
    return rule(code, effect | {"includes": includes.split(), "excludes": excludes.split()}, "fee", **said)


ZERO, MONTH, NPR = {"amount": "0"}, {"months_of_wage": "1"}, {"amount": "10000", "currency": "NPR"}


@pytest.mark.parametrize(
    ("cap", "paid", "found", "most"),
    [
        (ZERO, [("service_fee", money("0", "PHP"))], "lawful", None),
        (ZERO, [("service_fee", money("0.01", "PHP"))], "0.01", {"amount": "0", "currency": "PHP"}),
        (ZERO, [("Service-Fee", money("1", "PHP"))], "1", {"amount": "0", "currency": "PHP"}),
        (ZERO, [("service fee ", money("1", "PHP"))], "1", {"amount": "0", "currency": "PHP"}),
        (ZERO, [("Visa.Fee", money("1", "PHP"))], "lawful", None),
        (ZERO, [("other", money("100", "PHP"))], "lawful", None),
        (NPR, [("service_fee", money("10000", "NPR"))], "lawful", None),
        (NPR, [("service_fee", money("10000.5", "NPR"))], "10000.5", NPR),
        (NPR, [("service_fee", money("1", "USD"))], None, NPR),
        (NPR, [("service_fee", money("0", "USD"))], "lawful", None),
        (NPR, [("service_fee", money("6000", "NPR")), ("scouting", money("6000", "NPR"))], "12000", NPR),
        (NPR, [("service_fee", money("6000", "NPR")), ("visa_fee", money("6000", "NPR"))], "lawful", None),
        (MONTH, [("service_fee", money("1600.00"))], "lawful", None),
        (MONTH, [("service_fee", money("1600.01"))], "1600.01", {"amount": "1600.00", "currency": "SAR"}),
        (MONTH, [("service_fee", money("10", "PHP"))], None, {"amount": "1600.00", "currency": "SAR"}),
        (NPR, [], "lawful", None),
    ],
)
def test_fees_against_their_cap(rule: MakeRule, cap: Any, paid: Any, found: Any, most: Any) -> None:
    breaches = judge(Offer(WAGE, {}, tuple(paid)), fee(rule, "cap", cap, "scouting visa_fee", "visa_fee"))
    told = [(breach.term, breach.found, breach.required) for breach in breaches]
    assert told == ([] if found == "lawful" else [("fee:service_fee", found, {"max": most})])


@pytest.mark.parametrize("written", ["service_fee", "service__fee", "service_fee_"])
@pytest.mark.parametrize(("paid", "breaks"), [("Service fee", 1), ("scouting", 1), ("visa-fee", 0), ("other", 0)])
def test_a_component_is_the_same_however_the_law_writes_it(
    rule: MakeRule, written: str, paid: str, breaks: int
) -> None:
    said = {"includes": ["scouting_", "visa__fee"], "excludes": ["visa_fee_"], "payer": "worker", "cap": ZERO}
    rules = [rule("cap", said | {"component": written}, "fee"), fee(rule, "other", ZERO, excludes="visa_fee")]
    told = judge(Offer(WAGE, {}, ((paid, money("1")),)), *rules)
    assert [(breach.rule.code, breach.term) for breach in told] == [
        ("cap", "fee:service_fee"), ("other", "fee:service_fee")
    ][: 2 * breaks]  # fmt: skip


def test_months_of_a_wage_that_is_not_said_are_a_breach(rule: MakeRule) -> None:
    [breach] = judge(Offer(None, {}, (("service_fee", money("1")),)), fee(rule, "cap", MONTH))
    assert (breach.found, breach.required) == (None, {"max": MONTH})


def test_rules_on_one_component_unite_what_counts_and_each_broken_one_is_named(rule: MakeRule) -> None:
    rules = [fee(rule, "low", {"amount": "100", "currency": "PHP"}, "", "medical"), fee(rule, "high", NPR, "medical")]
    offer = Offer(WAGE, {}, (("service_fee", money("60", "PHP")), ("medical", money("60", "PHP"))))
    assert [(breach.rule.code, breach.found) for breach in judge(offer, *rules)] == [("high", None), ("low", "120")]


@pytest.mark.parametrize(
    ("when", "breaks"),
    [
        (None, True),
        ("vacancy.destination == 'SA'", True),
        ("vacancy.destination == 'IQ'", False),
        ("worker.age < 25", False),
        ("worker.country == 'PH'", False),
        ("vacancy.destination == 'SA' || worker.age < 25", False),
    ],
)
def test_only_a_recruitment_bar_that_asks_nothing_of_the_worker_is_a_breach(
    rule: MakeRule, when: str | None, breaks: bool
) -> None:
    bar = {"prohibits": "recruitment", "reason": "Not approved"}
    facts = {"vacancy.destination": "SA", "worker.country": "PH"}
    breaches = judge(Offer(WAGE), rule("bar", bar, "bar", when=when), facts=facts)
    assert [(b.term, b.found, b.reason) for b in breaches] == (
        [("recruitment", None, "Not approved")] if breaks else []
    )
    departure = rule("bar", bar | {"prohibits": "departure"}, "bar")
    assert judge(Offer(WAGE), departure, facts=facts) == []


def test_a_breach_names_all_origins_for_which_it_stands(rule: MakeRule) -> None:
    floor = rule("wage", {"term": "monthly_wage", "min": SAR_1500}, "contract_term")
    rulings = rule_on([floor], {})
    found = [breach for origin in ("PH", "NP") for breach in find_breaches(rulings, Offer(money("1")), origin)]
    [merged] = over_origins(found)
    assert merged.origins == ("NP", "PH")


@given(st.lists(st.integers(0, 2000), max_size=4), st.integers(0, 2000))
def test_one_more_rule_never_loosens(rule: MakeRule, floors: list[int], wage: int) -> None:
    rules = [
        rule(f"r{n}", {"term": "monthly_wage", "min": {"amount": str(floor), "currency": "SAR"}}, "contract_term")
        for n, floor in enumerate(floors)
    ]
    codes = [{b.rule.code for b in judge(Offer(money(str(wage))), *rules[:count])} for count in range(len(rules) + 1)]
    assert all(before <= after for before, after in itertools.pairwise(codes))
    assert codes[-1] == {f"r{n}" for n, floor in enumerate(floors) if wage < floor}
