"""Work from Bangladesh to Saudi Arabia: what the pack allows, forbids and demands."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from services.legislation.tests.packs.conftest import DHAKA_RIYADH as TO_RIYADH
from services.legislation.tests.packs.conftest import Ask

WAGE, REST, HOURS, PASSPORT = (
    "bd-sa-domestic-wage", "sa-domestic-rest-day", "sa-domestic-hours", "sa-domestic-documents",
)  # fmt: skip
COST, WOMEN, DOMESTIC = "bd-sa-migration-cost", "bd-sa-women-free", "sa-domestic-fee"
ON_A_SITE = replace(TO_RIYADH, occupation="7126", contract={})


@pytest.mark.parametrize(
    ("wage", "found"),
    [("800 SAR", "lawful"), ("799.99 SAR", "799.99"), ("800 BDT", None), (None, None), ("1500 SAR", "lawful")],
)
def test_the_wage_floor_of_domestic_work(ask: Ask, wage: str | None, found: str | None) -> None:
    told = ask(TO_RIYADH, wage=wage)
    assert ask(ON_A_SITE, wage=wage).broken == []
    if found == "lawful":
        assert told.broken == []
        return
    assert told.broken == [(WAGE, "monthly_wage")]
    assert told.breach(WAGE).found == found
    assert [basis.instrument for basis in told.breach(WAGE).basis] == ["BD-SA-2015"]


@pytest.mark.parametrize(
    ("term", "value", "code"),
    [
        ("hours_per_day", 11, HOURS),
        ("hours_per_day", None, HOURS),
        ("rest_days_per_week", 0, REST),
        ("rest_days_per_week", None, REST),
        ("retains_documents", True, PASSPORT),
        ("retains_documents", None, PASSPORT),
    ],
)
def test_the_terms_of_domestic_work(ask: Ask, term: str, value: Any, code: str) -> None:
    told = ask(TO_RIYADH, contract={term: value})
    assert told.broken == [(code, term)]
    assert told.breach(code).found == value
    assert told.breach(code).basis[0].instrument == "SA-DOMESTIC-REGULATION"


@pytest.mark.parametrize(
    ("sex", "age", "saudi", "bangladesh"),
    [
        ("female", 20, "not_met", "not_met"),
        ("female", 21, "met", "not_met"),
        ("female", 24, "met", "not_met"),
        ("female", 25, "met", "met"),
        ("female", 45, "met", "met"),
        ("female", 46, "met", "not_met"),
        ("male", 20, "not_met", "not_applicable"),
        ("male", 21, "met", "not_applicable"),
        ("male", 60, "met", "not_applicable"),
    ],
)
def test_ages_in_domestic_work(ask: Ask, sex: str, age: int, saudi: str, bangladesh: str) -> None:
    told = ask(TO_RIYADH, sex=sex, age=age)
    assert told.criteria == {"sa-domestic-age": (saudi, None), "bd-sa-domestic-age": (bangladesh, None)}
    assert ask(ON_A_SITE, sex=sex, age=age).criteria == {}


def test_what_is_unknown_is_asked_for(ask: Ask) -> None:
    told = ask(TO_RIYADH)
    assert told.criteria == {
        "sa-domestic-age": ("unknown", "worker.age"),
        "bd-sa-domestic-age": ("unknown", "worker.sex"),
    }
    assert {fee.rule.code: fee.needs_fact for fee in told.requirements.fees if fee.status == "unknown"} == {
        WOMEN: "worker.sex"
    }


@pytest.mark.parametrize(
    ("pays", "broken"),
    [
        ({}, []),
        ({"migration_cost": "165000 BDT"}, []),
        ({"migration_cost": "165000.01 BDT"}, [COST]),
        ({"service_fee": "100000 BDT", "air_ticket": "65000 BDT"}, []),
        ({"service_fee": "100000 BDT", "air_ticket": "65001 BDT"}, [COST]),
        ({"service_fee": "1 SAR"}, [COST]),
        ({"service_fee": "0 SAR"}, []),
        ({"welfare_fund": "3500 BDT"}, []),
        ({"welfare_fund": "3500.01 BDT"}, ["bd-welfare-fund-cap"]),
        ({"insurance": "1975 BDT"}, []),
        ({"insurance": "1976 BDT"}, ["bd-insurance-cap"]),
        ({"service_fee": "161500 BDT", "welfare_fund": "3500 BDT"}, []),
        ({"service_fee": "161501 BDT", "welfare_fund": "3500 BDT"}, [COST]),
    ],
)
def test_what_a_man_may_be_charged(ask: Ask, pays: dict[str, str], broken: list[str]) -> None:
    for known in ({}, {"sex": "male"}):
        assert [code for code, _ in ask(ON_A_SITE, pays=pays, **known).broken] == broken


@pytest.mark.parametrize("component", ["service_fee", "placement_fee", "migration_cost", "air_ticket", "visa_fee"])
def test_a_woman_is_charged_nothing(ask: Ask, component: str) -> None:
    assert ask(ON_A_SITE, pays={component: "0 BDT"}, sex="female").broken == []
    told = ask(ON_A_SITE, pays={component: "1 BDT"}, sex="female")
    assert told.broken == [(WOMEN, "fee:service_fee")]
    assert told.breaches[0].required == {"max": {"amount": "0", "currency": "BDT"}}


@pytest.mark.parametrize(
    "component", ["service_fee", "recruitment_cost", "work_permit_fee", "air_ticket", "transfer_fee"]
)
def test_a_domestic_worker_is_charged_nothing_for_the_recruitment(ask: Ask, component: str) -> None:
    assert ask(TO_RIYADH, pays={component: "1 BDT"}, sex="male").broken == [(DOMESTIC, "fee:service_fee")]
    assert ask(TO_RIYADH, pays={"welfare_fund": "3500 BDT", "insurance": "1975 BDT"}, sex="female").broken == []


@pytest.mark.parametrize(
    ("code", "performed_by", "validity", "holds_at", "payer"),
    [
        ("passport", "controller", None, ("visa", "departure"), "worker"),
        ("emigrant_registration", "worker", None, ("departure",), None),
        ("medical_examination", "medical_provider", "P30D", ("visa", "departure"), "worker"),
        ("police_clearance", "government", None, ("visa",), "employer"),
        ("employment_contract", "recruitment_agency", None, ("departure",), None),
        ("orientation", "training_provider", None, ("departure",), None),
        ("skill_training", "training_provider", None, ("departure",), None),
        ("welfare_fund", "government", None, ("departure",), "worker"),
        ("insurance", "insurer", None, ("departure",), "worker"),
        ("visa", "government", None, ("departure",), "employer"),
        ("exit_permit", "government", None, ("departure",), None),
    ],
)
def test_every_item_of_domestic_work(
    ask: Ask, code: str, performed_by: str, validity: str | None, holds_at: tuple[str, ...], payer: str | None
) -> None:
    items = ask(TO_RIYADH).items
    assert len(items) == 11
    item = items[code]
    assert (item.status, item.performed_by, item.validity) == ("required", performed_by, validity)
    assert (item.holds_at, item.payer) == (holds_at, payer)


def test_the_longest_training_governs_and_the_others_are_shown(ask: Ask) -> None:
    training = ask(TO_RIYADH).items["skill_training"]
    assert (training.lead_days, training.confidence) == (30, "disputed")
    assert [source.value for source in training.disputed] == [30, 21]


@pytest.mark.parametrize(
    ("occupation", "tested"),
    [("7126", True), ("7127", True), ("7212", True), ("7411", True), ("7412", True), ("7125", False), ("9112", False)],
)
def test_which_trades_are_tested_before_the_visa(ask: Ask, occupation: str, tested: bool) -> None:
    items = ask(ON_A_SITE, occupation=occupation).items
    assert ("skill_test" in items) is tested
    assert not {"skill_training", "police_clearance"} & set(items)
    if tested:
        assert items["skill_test"].holds_at == ("visa",)


@pytest.mark.parametrize(
    ("on", "code", "binds"),
    [
        (date(2015, 2, 9), WAGE, False),
        (date(2015, 2, 10), WAGE, True),
        (date(2016, 8, 28), COST, False),
        (date(2016, 8, 29), COST, True),
        (date(2025, 10, 21), HOURS, False),
        (date(2025, 10, 22), HOURS, True),
    ],
)
def test_a_rule_binds_from_its_first_day(ask: Ask, on: date, code: str, binds: bool) -> None:
    assert (code in {rule.code for rule in ask(TO_RIYADH, on=on).requirements.rules}) is binds


@given(st.integers(0, 200_000), st.integers(0, 24), st.integers(0, 7), st.booleans())
def test_an_offer_is_lawful_exactly_within_the_bounds(ask: Ask, wage: int, hours: int, rest: int, keeps: bool) -> None:
    told = ask(
        TO_RIYADH,
        wage=f"{wage / 100:.2f} SAR",
        contract={"hours_per_day": hours, "rest_days_per_week": rest, "retains_documents": keeps},
    )
    bounds = {WAGE: wage < 80_000, HOURS: hours > 10, REST: rest < 1, PASSPORT: keeps}
    assert {code for code, _ in told.broken} == {code for code, broken in bounds.items() if broken}
