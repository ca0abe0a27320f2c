from __future__ import annotations

from decimal import Decimal
from typing import Any, get_args

import pytest

from imdi_contracts import codes
from imdi_contracts.legislation import RuleKind
from imdi_legislation.domain import effects, facts
from imdi_legislation.domain.effects import Cap, Criterion, Requirement, read_effect
from imdi_legislation.domain.fields import Invalid
from imdi_legislation.domain.money import Money
from imdi_legislation.domain.plain import plain_effect

SAR = {"amount": "1500.00", "currency": "SAR"}
ITEM = {"code": "visa", "category": "permit", "title": "Visa", "performed_by": "government"}
FEE = {"component": "service_fee", "payer": "worker"}


def test_the_vocabularies_are_those_of_the_contract() -> None:
    assert get_args(RuleKind) == effects.KINDS
    assert get_args(codes.Category) == effects.CATEGORIES
    assert set(effects.PERFORMERS) == set(get_args(codes.MemberKind)) | {"worker", "controller"}
    assert get_args(codes.Milestone) == effects.MILESTONES
    assert codes.CEFR_LEVELS == effects.LEVELS
    assert set(facts.CONTRACT) == set(codes.ContractTerms.model_fields)


@pytest.mark.parametrize(
    ("kind", "effect"),
    [
        ("bar", {"prohibits": "recruitment", "reason": "Not approved"}),
        ("criterion", {"criterion": "age", "min": 21}),
        ("criterion", {"criterion": "age", "min": 21, "max": 45}),
        ("criterion", {"criterion": "language", "language": "en", "level": "A2"}),
        ("criterion", {"criterion": "experience", "years": 2}),
        ("criterion", {"criterion": "qualification", "isced": 3}),
        ("criterion", {"criterion": "recognition", "profession": "Registered nurse"}),
        ("contract_term", {"term": "monthly_wage", "min": SAR}),
        ("contract_term", {"term": "hours_per_week", "min": 1, "max": 48}),
        ("contract_term", {"term": "retains_documents", "equals": False}),
        ("contract_term", {"term": "ticket_paid_by", "equals": "employer"}),
        ("fee", {**FEE, "cap": SAR, "includes": ["scouting"], "excludes": ["visa_fee"]}),
        ("fee", {**FEE, "cap": {"months_of_wage": "0.5"}, "includes": [], "excludes": []}),
        ("fee", {**FEE, "cap": {"amount": "0"}, "includes": [], "excludes": []}),
        ("protection", {"measure": "Bank account", "contact": "Office", "remedy": "Claim", "deadline": "P90D"}),
        (
            "requirement",
            {
                **ITEM,
                "after": ["passport"],
                "lead_days": 7,
                "validity": "P60D",
                "counted_from": "issued_on",
                "holds_at": ["visa", "departure"],
                "beyond": "P6M",
                "payer": "employer",
                "documents": ["passport copy"],
            },
        ),
    ],
)
def test_an_effect_is_read_and_written_the_same(kind: str, effect: dict[str, Any]) -> None:
    assert plain_effect(read_effect(kind, effect)) == effect


def test_an_item_that_names_no_milestone_holds_at_departure() -> None:
    for said in (ITEM, {**ITEM, "holds_at": []}):
        assert plain_effect(read_effect("requirement", said))["holds_at"] == ["departure"]


def test_a_short_requirement_has_the_usual_rest() -> None:
    assert read_effect("requirement", ITEM) == Requirement("visa", "permit", "Visa", "government")
    working = read_effect("requirement", {**ITEM, "lead_working_days": 5})
    assert isinstance(working, Requirement)
    assert (working.lead_days, working.lead_working_days) == (None, 5)


@pytest.mark.parametrize(
    ("kind", "effect", "fields"),
    [
        ("bar", {}, ["prohibits", "reason"]),
        ("bar", {"prohibits": "everything", "reason": " "}, ["prohibits", "reason"]),
        ("bar", {"prohibits": "departure", "reason": "x", "until": "2027"}, ["until"]),
        ("criterion", {"criterion": "age"}, ["min"]),
        ("criterion", {"criterion": "age", "min": 30, "max": 20}, ["max"]),
        ("criterion", {"criterion": "age", "min": "21"}, ["min", "min"]),
        ("criterion", {"criterion": "age", "min": True}, ["min", "min"]),
        ("criterion", {"criterion": "language", "language": "English", "level": "A7"}, ["language", "level"]),
        ("criterion", {"criterion": "experience", "isced": 3}, ["years", "isced"]),
        ("criterion", {"criterion": "qualification", "isced": 9}, ["isced"]),
        ("criterion", {"criterion": ["age"]}, ["criterion", "profession"]),
        ("contract_term", {"term": "monthly_wage"}, ["min"]),
        ("contract_term", {"term": "monthly_wage", "min": 1500}, ["min"]),
        ("contract_term", {"term": "monthly_wage", "min": {"amount": 1500, "currency": "SAR"}}, ["min"]),
        ("contract_term", {"term": "monthly_wage", "min": {"amount": "1e3", "currency": "SAR"}}, ["min"]),
        ("contract_term", {"term": "monthly_wage", "min": {"amount": "NaN", "currency": "SAR"}}, ["min"]),
        ("contract_term", {"term": "monthly_wage", "min": {"amount": "1", "currency": "XQQ"}}, ["min.currency"]),
        ("contract_term", {"term": "monthly_wage", "min": SAR, "max": {"amount": "9", "currency": "USD"}}, ["max"]),
        ("contract_term", {"term": "monthly_wage", "min": SAR, "max": {"amount": "9", "currency": "SAR"}}, ["max"]),
        ("contract_term", {"term": "monthly_wage", "min": {"amount": "1", "currency": ["SAR"]}}, ["min.currency"]),
        ("contract_term", {"term": "monthly_wage", "min": {"amount": "\uff11", "currency": "SAR"}}, ["min"]),
        ("contract_term", {"term": "hours_per_week", "min": 60, "max": 48}, ["max"]),
        ("contract_term", {"term": "food", "min": 1}, ["equals", "min"]),
        ("contract_term", {"term": "food", "equals": 1}, ["equals"]),
        ("contract_term", {"term": "hours_per_week", "max": 48.5}, ["max"]),
        ("contract_term", {"term": "ticket_paid_by", "equals": "nobody"}, ["equals"]),
        ("contract_term", {"term": "pension", "min": 1}, ["term", "min"]),
        ("fee", {**FEE, "cap": {"amount": "10"}}, ["cap"]),
        ("fee", {**FEE, "cap": {"months_of_wage": 1}}, ["cap"]),
        ("fee", {**FEE, "cap": "0"}, ["cap"]),
        ("fee", {**FEE, "cap": {"amount": "0", "currency": ["SAR"]}}, ["cap.currency"]),
        ("fee", {"component": "Service fee", "payer": "employer", "cap": SAR}, ["component", "payer"]),
        ("fee", {**FEE, "cap": SAR, "includes": "all"}, ["includes"]),
        ("protection", {"contact": "x"}, ["measure"]),
        ("requirement", {}, ["code", "category", "title", "performed_by"]),
        ("requirement", {**ITEM, "category": "other", "performed_by": "me"}, ["category", "performed_by"]),
        ("requirement", {**ITEM, "validity": "60 days", "beyond": 6}, ["validity", "beyond"]),
        ("requirement", {**ITEM, "validity": "P\uff16\uff10D"}, ["validity"]),
        ("requirement", {**ITEM, "lead_days": -1}, ["lead_days"]),
        ("requirement", {**ITEM, "lead_days": 1, "lead_working_days": 1}, ["lead_working_days"]),
        ("requirement", {**ITEM, "after": ["visa"]}, ["after"]),
        ("requirement", {**ITEM, "holds_at": ["tomorrow"], "counted_from": "birth"}, ["counted_from", "holds_at"]),
        ("requirement", {**ITEM, "after": None, "documents": [""]}, ["documents"]),
    ],
)
def test_each_field_that_is_wrong_is_named(kind: str, effect: dict[str, Any], fields: list[str]) -> None:
    with pytest.raises(Invalid) as invalid:
        read_effect(kind, effect)
    assert [error.field.removeprefix("effect.") for error in invalid.value.errors] == fields


@pytest.mark.parametrize(
    ("criterion", "value", "met"),
    [
        (Criterion("age", min=21, max=45), 21, True),
        (Criterion("age", min=21, max=45), 45, True),
        (Criterion("age", min=21, max=45), 20, False),
        (Criterion("age", max=45), 46, False),
        (Criterion("language", language="en", level="B1"), 3, True),
        (Criterion("language", language="en", level="B1"), 2, False),
        (Criterion("experience", years=2), 2, True),
        (Criterion("qualification", isced=4), 3, False),
        (Criterion("recognition", profession="nurse"), True, True),
        (Criterion("recognition", profession="nurse"), False, False),
    ],
)
def test_criteria_include_their_bounds(criterion: Criterion, value: int | bool, met: bool) -> None:
    assert criterion.met_by(value) is met


def test_a_criterion_names_its_fact() -> None:
    assert Criterion("age").fact == "worker.age"
    assert Criterion("language", language="en").fact == "worker.language.en"
    assert Criterion("recognition", profession="Registered Nurse").fact == "worker.facts.recognised_registered_nurse"
    assert facts.is_answer(Criterion("recognition", profession="Nurse (EU)").fact)


def test_caps() -> None:
    wage = Money(Decimal("1600.00"), "SAR")
    assert Cap().limit(None, "PHP") == Money(Decimal(0), "PHP")
    assert Cap(wage).limit(None, "PHP") == wage
    assert Cap(months_of_wage=Decimal("0.5")).limit(wage, "PHP") == Money(Decimal("800.000"), "SAR")
    assert Cap(months_of_wage=Decimal(1)).limit(None, "PHP") is None
