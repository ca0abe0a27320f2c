"""Domestic work from Indonesia to Malaysia: what the pack allows, forbids and demands."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from services.legislation.tests.packs.conftest import SURABAYA_JOHOR as TO_JOHOR
from services.legislation.tests.packs.conftest import Ask

WAGE, REST, PASSPORT = "id-my-wage", "id-my-rest-day", "id-my-documents"
CHANNEL, WOMEN = "id-my-one-channel", "my-domestic-women"


@pytest.mark.parametrize(
    ("wage", "found"),
    [
        ("1500.00 MYR", "lawful"),
        ("1499.99 MYR", "1499.99"),
        ("1700 MYR", "lawful"),
        ("1500 IDR", None),
        (None, None),
    ],
)
def test_the_wage_floor(ask: Ask, wage: str | None, found: str | None) -> None:
    told = ask(TO_JOHOR, wage=wage)
    if found == "lawful":
        assert told.broken == []
        return
    assert told.broken == [(WAGE, "monthly_wage")]
    breach = told.breach(WAGE)
    assert (breach.found, breach.required) == (found, {"min": {"amount": "1500.00", "currency": "MYR"}})
    assert "ID-MY-2022" in {basis.instrument for basis in breach.basis}


@pytest.mark.parametrize(
    ("contract", "broken"),
    [
        ({"rest_days_per_week": 2}, []),
        ({"rest_days_per_week": 0}, [(REST, "rest_days_per_week")]),
        ({"rest_days_per_week": None}, [(REST, "rest_days_per_week")]),
        ({"retains_documents": True}, [(PASSPORT, "retains_documents")]),
        ({"retains_documents": None}, [(PASSPORT, "retains_documents")]),
    ],
)
def test_the_terms_of_the_memorandum(ask: Ask, contract: dict[str, Any], broken: list[tuple[str, str]]) -> None:
    assert ask(TO_JOHOR, contract=contract).broken == broken


@pytest.mark.parametrize(
    ("owner", "lawful"),
    [("recruitment_agency", True), ("government", True), ("employer", False), ("civil_society", False)],
)
def test_there_is_one_channel(ask: Ask, owner: str, lawful: bool) -> None:
    told = ask(TO_JOHOR, owner=owner)
    assert told.bars[CHANNEL] == ("not_applicable" if lawful else "barred")
    assert told.broken == ([] if lawful else [(CHANNEL, "recruitment")])


def test_who_publishes_is_asked_for(ask: Ask) -> None:
    [channel] = [bar for bar in ask(TO_JOHOR, owner=None).requirements.bars if bar.rule.code == CHANNEL]
    assert (channel.status, channel.needs_fact) == ("unknown", "vacancy.owner_kind")


@pytest.mark.parametrize(
    ("sex", "status"),
    [("female", "not_applicable"), ("male", "barred"), ("unspecified", "barred"), (None, "unknown")],
)
def test_malaysia_admits_women(ask: Ask, sex: str | None, status: str) -> None:
    told = ask(TO_JOHOR, age=30, **({"sex": sex} if sex else {}))
    assert told.bars[WOMEN] == status
    assert told.broken == []


@pytest.mark.parametrize(
    ("age", "indonesia", "malaysia"),
    [
        (17, "not_met", "not_met"),
        (18, "met", "not_met"),
        (20, "met", "not_met"),
        (21, "met", "met"),
        (44, "met", "met"),
        (45, "met", "not_met"),
    ],
)
def test_ages(ask: Ask, age: int, indonesia: str, malaysia: str) -> None:
    told = ask(TO_JOHOR, age=age)
    assert told.criteria == {"id-age": (indonesia, None), "my-domestic-age": (malaysia, None)}


def test_the_age_is_asked_for_and_what_the_department_says_is_shown(ask: Ask) -> None:
    told = ask(TO_JOHOR)
    assert told.criteria == {"id-age": ("unknown", "worker.age"), "my-domestic-age": ("unknown", "worker.age")}
    [age] = [found for found in told.requirements.criteria if found.rule.code == "my-domestic-age"]
    assert [(source.attribute, source.value) for source in age.disputed] == [("max", 44), ("max", 45)]


@pytest.mark.parametrize(
    "component",
    [
        "service_fee", "placement_fee", "salary_deduction", "air_ticket", "visa_fee", "training_fee", "certificate_fee",
        "medical_fee", "insurance", "social_security", "accommodation",
    ],
)  # fmt: skip
def test_a_worker_pays_nothing(ask: Ask, component: str) -> None:
    assert ask(TO_JOHOR, pays={component: "0 IDR"}).broken == []
    told = ask(TO_JOHOR, pays={component: "1 IDR"})
    assert told.broken == [("id-zero-cost", "fee:service_fee")]
    assert [basis.instrument for basis in told.breaches[0].basis] == [
        "ID-18-2017",
        "ID-BP2MI-9-2020",
        "ILO-FAIR-RECRUITMENT",
    ]


@pytest.mark.parametrize(
    ("code", "performed_by", "holds_at", "payer"),
    [
        ("passport", "controller", ("visa", "departure"), None),
        ("family_consent", "worker", ("departure",), None),
        ("skill_test", "testing_body", ("departure",), "employer"),
        ("medical_examination", "medical_provider", ("visa", "departure"), "employer"),
        ("police_clearance", "government", ("visa",), None),
        ("placement_agreement", "recruitment_agency", ("departure",), None),
        ("employment_contract", "employer", ("departure",), "employer"),
        ("orientation", "government", ("departure",), "government"),
        ("insurance", "insurer", ("departure",), "employer"),
        ("visa", "government", ("departure",), "employer"),
        ("exit_permit", "government", ("departure",), None),
    ],
)
def test_every_item(ask: Ask, code: str, performed_by: str, holds_at: tuple[str, ...], payer: str | None) -> None:
    items = ask(TO_JOHOR).items
    assert len(items) == 11
    item = items[code]
    assert (item.status, item.performed_by, item.holds_at, item.payer) == ("required", performed_by, holds_at, payer)
    assert item.basis


def test_who_pays_for_social_security_is_disputed(ask: Ask) -> None:
    item = ask(TO_JOHOR).items["insurance"]
    assert item.confidence == "disputed"
    assert [(source.attribute, source.value) for source in item.disputed] == [
        ("payer", "employer"),
        ("payer", "worker"),
    ]


@pytest.mark.parametrize(("on", "binds"), [(date(2022, 3, 31), False), (date(2022, 4, 1), True)])
def test_the_memorandum_binds_from_its_signing(ask: Ask, on: date, binds: bool) -> None:
    bound = {rule.code for rule in ask(TO_JOHOR, on=on).requirements.rules}
    assert (bound >= {WAGE, REST, PASSPORT, CHANNEL}, WAGE in bound) == (binds, binds)


def test_other_work_and_other_destinations_are_not_bound(ask: Ask) -> None:
    on_a_plantation = ask(TO_JOHOR, occupation="9211", wage="1700 MYR", owner="employer", sex="male", age=18)
    assert (on_a_plantation.broken, on_a_plantation.bars, on_a_plantation.items) == ([], {}, {})
    assert on_a_plantation.criteria == {"id-age": ("met", None)}
    assert ask(replace(TO_JOHOR, destination="SG"), wage=None).requirements.rules == []
