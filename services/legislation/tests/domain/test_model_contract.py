"""The contract that the law would have its parties sign: the strictest of each term, each clause with its basis."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imdi_legislation.domain.judging import rule_on
from imdi_legislation.domain.model_contract import Clause, compose
from imdi_legislation.domain.rules import Rule

MakeRule = Callable[..., Rule]


def wage(least: str, currency: str = "SAR") -> dict[str, Any]:
    return {"term": "monthly_wage", "min": {"amount": least, "currency": currency}}


def fee(cap: dict[str, str], **other: Any) -> dict[str, Any]:
    return {"component": "service_fee", "payer": "worker", "cap": cap} | other


def composed(rule: MakeRule, kind: str, *effects: dict[str, Any]) -> list[Clause]:
    return compose(rule_on([rule(f"r{n}", effect, kind) for n, effect in enumerate(effects)], {}))


@pytest.mark.parametrize(
    ("effects", "texts"),
    [
        ([wage("1500.00"), wage("1700.00")], ["The wage is at least 1700.00 SAR in each month."]),
        (
            [wage("1500.00"), wage("400.00", "USD")],
            ["The wage is at least 1500.00 SAR in each month.", "The wage is at least 400.00 USD in each month."],
        ),
        (
            [{"term": "hours_per_week", "max": 48}, {"term": "hours_per_week", "max": 45, "min": 20}],
            ["The worker works at least 20 and at most 45 hours in a week."],
        ),
        (
            [{"term": "hours_per_day", "max": 8}, {"term": "rest_days_per_week", "min": 1}],
            ["The worker works at most 8 hours in a day.", "The worker rests on at least 1 days in each week."],
        ),
        ([{"term": "months", "equals": 24}], ["The contract runs for exactly 24 months."]),
        ([{"term": "accommodation", "equals": True}], ["The employer provides lodging."]),
        (
            [{"term": "retains_documents", "equals": False}, {"term": "retains_documents", "equals": False}],
            ["Nobody but the worker keeps the worker's passport and papers."],
        ),
        (
            [{"term": "ticket_paid_by", "equals": "employer"}, {"term": "ticket_paid_by", "equals": "worker"}],
            ["The employer pays the ticket."],
        ),
        ([{"term": "food", "equals": False}, {"term": "food", "equals": True}], ["The employer provides food."]),
    ],
)
def test_the_strictest_of_each_term(rule: MakeRule, effects: list[dict[str, Any]], texts: list[str]) -> None:
    assert [clause.text for clause in composed(rule, "contract_term", *effects)] == texts


@pytest.mark.parametrize(
    ("effects", "texts"),
    [
        ([fee({"months_of_wage": "1"}), fee({"amount": "0"})], ["For service fee the worker pays nothing."]),
        ([fee({"amount": "0", "currency": "SAR"})], ["For service fee the worker pays nothing."]),
        (
            [fee({"months_of_wage": "1"}), fee({"months_of_wage": "0.5"})],
            ["For service fee the worker pays at most 0.5 months of the wage."],
        ),
        (
            [fee({"amount": "30000", "currency": "INR"}), fee({"months_of_wage": "1"})],
            [
                "For service fee the worker pays at most 30000 INR.",
                "For service fee the worker pays at most 1 months of the wage.",
            ],
        ),
        (
            [
                fee({"amount": "0"}, includes=["visa_fee"], excludes=["lodging"]),
                fee({"months_of_wage": "1"}, includes=["scouting", "lodging"], excludes=["lodging", "visa_fee"]),
            ],
            ["For service fee, scouting, visa fee the worker pays nothing."],
        ),
    ],
)
def test_the_lowest_cap_on_all_that_counts(rule: MakeRule, effects: list[dict[str, Any]], texts: list[str]) -> None:
    assert [clause.text for clause in composed(rule, "fee", *effects)] == texts


def test_each_clause_names_the_governing_rule_and_every_basis(rule: MakeRule) -> None:
    [clause] = composed(rule, "contract_term", wage("1700.00"), wage("1500.00"))
    assert clause.governed_by["min"].code == "r0"
    assert [basis.title for basis in clause.basis] == ["Act of r0", "Act of r1"]
    assert clause.requires == {"min": {"amount": "1700.00", "currency": "SAR"}}


def test_what_hangs_on_a_fact_is_told_apart_and_what_does_not_apply_is_left_out(rule: MakeRule) -> None:
    household = 'vacancy.employer_kind == "household"'
    right = {"measure": "Assistance at any hour.", "contact": "The office in Riyadh", "remedy": "Free return"}
    rules = [
        rule("floor", wage("1500.00"), "contract_term", when=household),
        rule("cap", fee({"amount": "0"}), "fee", when=household),
        rule("hotline", right, "protection", when=household),
        rule("sure", wage("1000.00"), "contract_term"),
        rule("medical"),
    ]
    clauses = compose(rule_on(rules, {}))
    assert [(clause.clause, clause.status, clause.needs_fact) for clause in clauses] == [
        ("monthly_wage", "required", None),
        ("fee:service_fee", "unknown", "vacancy.employer_kind"),
        ("monthly_wage", "unknown", "vacancy.employer_kind"),
        ("hotline", "unknown", "vacancy.employer_kind"),
    ]
    assert clauses[-1].text == "Assistance at any hour. Free return. Contact: The office in Riyadh."
    assert [clause.clause for clause in compose(rule_on(rules, {"vacancy.employer_kind": "company"}))] == [
        "monthly_wage"
    ]


@given(st.lists(st.integers(1, 5000), min_size=1, max_size=5), st.integers(1, 5000), st.randoms(use_true_random=False))
def test_one_more_rule_never_loosens_it_and_no_order_matters(
    rule: MakeRule, floors: list[int], more: int, shuffler: Any
) -> None:
    rules = [rule(f"r{n}", wage(str(floor)), "contract_term", id=f"r{n}") for n, floor in enumerate(floors)]
    [before] = compose(rule_on(rules, {}))
    shuffled = [*rules]
    shuffler.shuffle(shuffled)
    assert compose(rule_on(shuffled, {})) == [before]
    [after] = compose(rule_on([*rules, rule("z", wage(str(more)), "contract_term")], {}))
    assert Decimal(after.requires["min"]["amount"]) == max(Decimal(before.requires["min"]["amount"]), more)
