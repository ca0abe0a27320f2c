"""Work from Nepal to Qatar: what the pack allows, forbids and demands."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from services.legislation.tests.packs.conftest import KATHMANDU_DOHA as TO_DOHA
from services.legislation.tests.packs.conftest import Ask

WAGE, NO_ROOM, NO_FOOD, NEITHER = "qa-wage", "qa-wage-without-lodging", "qa-wage-without-food", "qa-wage-without-both"
IN_A_HOUSEHOLD = replace(
    TO_DOHA,
    occupation="5152",
    contract={
        "accommodation": True, "food": True, "hours_per_day": 10, "rest_days_per_week": 1, "annual_leave_days": 21,
    },
)  # fmt: skip


@pytest.mark.parametrize(
    ("wage", "given_to_the_worker", "broken"),
    [
        ("1000 QAR", {}, []),
        ("999.99 QAR", {}, [WAGE]),
        ("1000 USD", {}, [WAGE]),
        (None, {}, [WAGE]),
        ("1500 QAR", {"accommodation": False}, []),
        ("1499.99 QAR", {"accommodation": False}, [NO_ROOM]),
        ("1300 QAR", {"food": False}, []),
        ("1299.99 QAR", {"food": False}, [NO_FOOD]),
        ("1800 QAR", {"accommodation": False, "food": False}, []),
        ("1799.99 QAR", {"accommodation": False, "food": False}, [NEITHER]),
        ("1299.99 QAR", {"accommodation": False, "food": False}, [NEITHER, NO_FOOD, NO_ROOM]),
        ("1000 QAR", {"accommodation": None, "food": None}, []),
    ],
)
def test_the_minimum_wage(ask: Ask, wage: str | None, given_to_the_worker: dict[str, Any], broken: list[str]) -> None:
    told = ask(TO_DOHA, wage=wage, contract=given_to_the_worker)
    assert told.broken == [(code, "monthly_wage") for code in broken]
    assert all([basis.instrument for basis in breach.basis] == ["QA-17-2020"] for breach in told.breaches)


def test_what_the_wage_hangs_on_is_asked_for(ask: Ask) -> None:
    told = ask(TO_DOHA, contract={"accommodation": None, "food": None})
    unknown = {term.rule.code: term.needs_fact for term in told.requirements.terms if term.status == "unknown"}
    assert unknown == {
        NO_ROOM: "vacancy.contract.accommodation",
        NO_FOOD: "vacancy.contract.food",
        NEITHER: "vacancy.contract.accommodation",
    }


@pytest.mark.parametrize(
    ("term", "value", "code"),
    [
        ("hours_per_day", 11, "qa-domestic-hours"),
        ("hours_per_day", None, "qa-domestic-hours"),
        ("rest_days_per_week", 0, "qa-domestic-rest-day"),
        ("rest_days_per_week", None, "qa-domestic-rest-day"),
        ("annual_leave_days", 20, "qa-domestic-leave"),
        ("annual_leave_days", None, "qa-domestic-leave"),
        ("accommodation", None, "qa-domestic-accommodation"),
        ("food", None, "qa-domestic-food"),
    ],
)
def test_the_terms_of_domestic_work(ask: Ask, term: str, value: Any, code: str) -> None:
    assert ask(IN_A_HOUSEHOLD).broken == []
    told = ask(IN_A_HOUSEHOLD, contract={term: value})
    assert told.broken == [(code, term)]
    assert told.breach(code).found == value
    assert [basis.instrument for basis in told.breach(code).basis] == ["QA-15-2017"]
    assert ask(IN_A_HOUSEHOLD, occupation="7112", contract={term: value}).broken == []


@pytest.mark.parametrize("term", ["accommodation", "food"])
def test_a_household_gives_room_and_food_whatever_it_pays(ask: Ask, term: str) -> None:
    told = ask(IN_A_HOUSEHOLD, wage="5000 QAR", contract={term: False})
    assert told.broken == [(f"qa-domestic-{term}", term)]


@pytest.mark.parametrize(
    ("age", "stands"), [(17, "not_met"), (18, "met"), (60, "met"), (61, "not_met"), (None, "unknown")]
)
def test_the_age_of_domestic_workers(ask: Ask, age: int | None, stands: str) -> None:
    told = ask(IN_A_HOUSEHOLD, sex="male", **({} if age is None else {"age": age}))
    assert told.criteria["qa-domestic-age"] == (stands, "worker.age" if age is None else None)
    assert "qa-domestic-age" not in ask(TO_DOHA, age=30).criteria


@pytest.mark.parametrize(
    ("sex", "status"), [("female", "barred"), ("male", "not_applicable"), ("unspecified", "not_applicable")]
)
def test_women_are_not_sent_to_households(ask: Ask, sex: str, status: str) -> None:
    told = ask(IN_A_HOUSEHOLD, sex=sex, age=30)
    assert told.bars == {"np-qa-domestic-recruitment": status, "np-qa-domestic-departure": status}
    assert told.broken == []
    assert ask(TO_DOHA, sex=sex, age=30).bars == {}


def test_without_the_sex_it_is_asked_for(ask: Ask) -> None:
    told = ask(IN_A_HOUSEHOLD)
    assert {bar.rule.code: (bar.status, bar.needs_fact) for bar in told.requirements.bars} == {
        "np-qa-domestic-recruitment": ("unknown", "worker.sex"),
        "np-qa-domestic-departure": ("unknown", "worker.sex"),
    }
    assert told.broken == []


@pytest.mark.parametrize(("on", "barred"), [(date(2017, 8, 30), False), (date(2017, 8, 31), True)])
def test_the_bar_binds_from_its_day(ask: Ask, on: date, barred: bool) -> None:
    assert bool(ask(IN_A_HOUSEHOLD, on=on, sex="female").bars) is barred


@pytest.mark.parametrize(
    ("pays", "broken"),
    [
        ({"service_fee": "10000 NPR"}, []),
        ({"service_fee": "10000.01 NPR"}, ["np-service-charge"]),
        ({"visa_fee": "1 NPR"}, ["np-free-visa-ticket"]),
        ({"air_ticket": "0 NPR"}, []),
        ({"social_security": "2595 NPR"}, []),
        ({"social_security": "2595.01 NPR"}, ["np-qa-social-security-cap"]),
        ({"welfare_fund": "1500.01 NPR"}, ["np-welfare-fund-cap"]),
        ({"insurance": "4900 NPR"}, []),
    ],
)
def test_what_a_worker_may_be_charged(ask: Ask, pays: dict[str, str], broken: list[str]) -> None:
    assert [code for code, _ in ask(TO_DOHA, pays=pays).broken] == broken


@pytest.mark.parametrize(
    ("code", "performed_by", "validity", "holds_at", "payer"),
    [
        ("passport", "controller", None, ("departure",), "worker"),
        ("medical_examination", "medical_provider", "P30D", ("visa", "departure"), "worker"),
        ("employment_contract", "employer", None, ("departure",), "employer"),
        ("orientation", "training_provider", None, ("departure",), None),
        ("insurance", "insurer", None, ("departure",), "worker"),
        ("welfare_fund", "government", None, ("departure",), "worker"),
        ("social_security", "government", None, ("departure",), "worker"),
        ("biometrics", "government", None, ("visa",), None),
        ("visa", "government", None, ("departure",), "employer"),
        ("exit_permit", "government", None, ("departure",), None),
    ],
)
def test_every_item(
    ask: Ask, code: str, performed_by: str, validity: str | None, holds_at: tuple[str, ...], payer: str | None
) -> None:
    items = ask(TO_DOHA).items
    item = items[code]
    assert len(items) == 10
    assert (item.status, item.performed_by, item.validity) == ("required", performed_by, validity)
    assert (item.holds_at, item.payer) == (holds_at, payer)


@given(st.integers(0, 250_000), st.booleans(), st.booleans())
def test_an_offer_is_lawful_exactly_within_the_bounds(ask: Ask, wage: int, room: bool, food: bool) -> None:
    told = ask(TO_DOHA, wage=f"{wage / 100:.2f} QAR", contract={"accommodation": room, "food": food})
    lowest = 100_000 + (0 if room else 50_000) + (0 if food else 30_000)
    assert bool(told.broken) is (wage < lowest)
