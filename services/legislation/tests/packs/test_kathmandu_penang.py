"""Work from Nepal to Malaysia, and where Nepal does not send: what the pack allows, forbids and demands."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from services.legislation.tests.packs.conftest import KATHMANDU_PENANG as TO_PENANG
from services.legislation.tests.packs.conftest import Ask

WAGE, MONTHS, ROOM = "my-wage", "np-my-months", "np-my-accommodation"
SERVICE, TICKET = "fee:service_fee", "fee:air_ticket"


@pytest.mark.parametrize(
    ("wage", "found"),
    [
        ("1700.00 MYR", "lawful"),
        ("1700 MYR", "lawful"),
        ("1699.99 MYR", "1699.99"),
        ("1500 MYR", "1500"),
        ("1700 USD", None),
        (None, None),
    ],
)
def test_the_minimum_wage(ask: Ask, wage: str | None, found: str | None) -> None:
    told = ask(TO_PENANG, wage=wage)
    if found == "lawful":
        assert told.broken == []
        return
    assert told.broken == [(WAGE, "monthly_wage")]
    breach = told.breach(WAGE)
    assert (breach.found, breach.required) == (found, {"min": {"amount": "1700.00", "currency": "MYR"}})
    assert [basis.instrument for basis in breach.basis] == ["MY-MINIMUM-WAGES-2024"]


@pytest.mark.parametrize("occupation", ["5152", "5162", "5311", "5322", "9111"])
def test_the_minimum_wage_is_not_for_domestic_work(ask: Ask, occupation: str) -> None:
    told = ask(TO_PENANG, occupation=occupation, wage="900 MYR")
    assert told.broken == []
    assert [(found.rule.code, found.status) for found in told.requirements.terms if found.rule.code == WAGE] == [
        (WAGE, "not_applicable")
    ]


@pytest.mark.parametrize(
    ("contract", "broken"),
    [
        ({}, []),
        ({"months": 1}, []),
        ({"months": 25}, [(MONTHS, "months")]),
        ({"months": 36}, [(MONTHS, "months")]),
        ({"months": None}, [(MONTHS, "months")]),
        ({"accommodation": False}, [(ROOM, "accommodation")]),
        ({"accommodation": None}, [(ROOM, "accommodation")]),
        ({"months": 25, "accommodation": False}, [(ROOM, "accommodation"), (MONTHS, "months")]),
    ],
)
def test_the_terms_of_the_memorandum(ask: Ask, contract: dict[str, Any], broken: list[tuple[str, str]]) -> None:
    told = ask(TO_PENANG, contract=contract)
    assert told.broken == broken
    for breach in told.breaches:
        assert breach.found == contract[breach.term]
        assert [basis.instrument for basis in breach.basis] == ["NP-MY-2018"]


@pytest.mark.parametrize(
    ("pays", "broken"),
    [
        ({}, []),
        ({"service_fee": "0 NPR"}, []),
        ({"service_fee": "0 MYR", "air_ticket": "0 USD", "levy": "0 MYR"}, []),
        ({"service_fee": "1 NPR"}, [("np-my-fee", SERVICE)]),
        ({"service_fee": "10000 NPR"}, [("np-my-fee", SERVICE)]),
        ({"service_fee": "10000.01 NPR"}, [("np-my-fee", SERVICE), ("np-service-charge", SERVICE)]),
        ({"service_fee": "1 MYR"}, [("np-my-fee", SERVICE), ("np-service-charge", SERVICE)]),
        ({"medical_fee": "1 NPR"}, [("np-my-fee", SERVICE)]),
        ({"security_fee": "1 NPR"}, [("np-my-fee", SERVICE)]),
        ({"levy": "1 NPR"}, [("np-my-fee", SERVICE)]),
        ({"air_ticket": "1 NPR"}, [("np-free-visa-ticket", TICKET), ("np-my-fee", SERVICE)]),
        ({"visa_fee": "1 NPR"}, [("np-free-visa-ticket", TICKET), ("np-my-fee", SERVICE)]),
        ({"welfare_fund": "1500 NPR"}, []),
        ({"welfare_fund": "1500.01 NPR"}, [("np-welfare-fund-cap", "fee:welfare_fund")]),
        ({"welfare_fund": "1 USD"}, [("np-welfare-fund-cap", "fee:welfare_fund")]),
        ({"social_security": "2595 NPR"}, []),
        ({"social_security": "2596 NPR"}, [("np-social-security-cap", "fee:social_security")]),
        ({"insurance": "4900 NPR"}, []),
        ({"insurance": "4900.01 NPR"}, [("np-insurance-cap", "fee:insurance")]),
        ({"insurance": "5500 NPR"}, [("np-insurance-cap", "fee:insurance")]),
        ({"welfare_fund": "1500 NPR", "social_security": "2595 NPR", "insurance": "4900 NPR"}, []),
    ],
)
def test_what_a_worker_may_be_charged(ask: Ask, pays: dict[str, str], broken: list[tuple[str, str]]) -> None:
    assert ask(TO_PENANG, pays=pays).broken == sorted(broken)


@pytest.mark.parametrize(
    ("pays", "code", "found", "most", "bases"),
    [
        ({"service_fee": "5 MYR"}, "np-my-fee", "5", "0 MYR", ["NP-MY-2018", "ILO-FAIR-RECRUITMENT"]),
        ({"service_fee": "5 MYR"}, "np-service-charge", None, "10000 NPR", ["NP-FREE-VISA-2015"]),
        ({"air_ticket": "5 NPR"}, "np-free-visa-ticket", "5", "0 NPR", ["NP-FREE-VISA-2015"]),
        ({"welfare_fund": "1600 NPR"}, "np-welfare-fund-cap", "1600", "1500 NPR", ["NP-FEA-2064"]),
        ({"social_security": "2600 NPR"}, "np-social-security-cap", "2600", "2595 NPR", ["NP-FER-2064"]),
        ({"insurance": "5000 NPR"}, "np-insurance-cap", "5000", "4900 NPR", ["NP-FER-2064"]),
    ],
)
def test_a_fee_too_high_is_told_with_its_cap_and_basis(
    ask: Ask, pays: dict[str, str], code: str, found: str | None, most: str, bases: list[str]
) -> None:
    breach = ask(TO_PENANG, pays=pays).breach(code)
    amount, currency = most.split()
    assert (breach.found, breach.required) == (found, {"max": {"amount": amount, "currency": currency}})
    assert [basis.instrument for basis in breach.basis] == bases


@pytest.mark.parametrize("destination", ["AF", "IQ", "LY"])
def test_where_nepal_sends_nobody(ask: Ask, destination: str) -> None:
    told = ask(replace(TO_PENANG, destination=destination))
    assert told.bars == {"np-prohibited-departure": "barred", "np-prohibited-recruitment": "barred"}
    breach = told.breach("np-prohibited-recruitment")
    assert told.broken == [("np-prohibited-recruitment", "recruitment")]
    assert (breach.found, breach.required) == (None, {})
    assert breach.reason == "Nepal allows no foreign employment in this country, for the worker's safety"
    assert [basis.instrument for basis in breach.basis] == ["NP-DESTINATIONS", "NP-FEA-2064"]


@pytest.mark.parametrize(
    ("origin", "destination"), [("NP", "MY"), ("NP", "SA"), ("NP", "IR"), ("PH", "IQ"), ("PH", "LY"), ("BD", "AF")]
)
def test_the_bars_bind_nobody_else(ask: Ask, origin: str, destination: str) -> None:
    assert ask(replace(TO_PENANG, origin=origin, destination=destination)).bars == {}


@pytest.mark.parametrize(("on", "barred"), [(date(2019, 2, 7), False), (date(2019, 2, 8), True)])
def test_the_bars_bind_from_their_day(ask: Ask, on: date, barred: bool) -> None:
    assert bool(ask(replace(TO_PENANG, destination="IQ"), on=on).bars) is barred


@pytest.mark.parametrize(
    ("age", "nepal", "malaysia"),
    [
        (17, "not_met", "not_met"),
        (18, "met", "met"),
        (44, "met", "met"),
        (45, "met", "not_met"),
        (60, "met", "not_met"),
    ],
)
def test_ages(ask: Ask, age: int, nepal: str, malaysia: str) -> None:
    assert ask(TO_PENANG, age=age).criteria == {"np-age": (nepal, None), "my-age": (malaysia, None)}


@pytest.mark.parametrize(
    ("facts", "stands"),
    [
        ({"sex": "female", "age": 24}, ("met", None)),
        ({"sex": "female", "age": 23}, ("not_met", None)),
        ({"sex": "male", "age": 23}, ("not_applicable", None)),
        ({"sex": "male"}, ("not_applicable", None)),
        ({"sex": "unspecified", "age": 23}, ("not_applicable", None)),
        ({"age": 23}, ("unknown", "worker.sex")),
        ({"sex": "female"}, ("unknown", "worker.age")),
        ({}, ("unknown", "worker.sex")),
    ],
)
@pytest.mark.parametrize("destination", ["MY", "SA", "KW", "LB"])
def test_women_in_domestic_work(
    ask: Ask, facts: dict[str, Any], stands: tuple[str, str | None], destination: str
) -> None:
    told = ask(replace(TO_PENANG, destination=destination), occupation="9111", **facts)
    assert told.criteria["np-domestic-age"] == stands
    assert "np-domestic-age" not in ask(replace(TO_PENANG, destination=destination), **facts).criteria


def test_without_facts_each_criterion_names_what_it_needs(ask: Ask) -> None:
    assert ask(TO_PENANG).criteria == {"np-age": ("unknown", "worker.age"), "my-age": ("unknown", "worker.age")}


@pytest.mark.parametrize(
    ("code", "performed_by", "holds_at", "payer", "after"),
    [
        ("passport", "controller", ("departure",), "worker", 0),
        ("police_clearance", "government", ("visa",), "employer", 1),
        ("medical_examination", "medical_provider", ("visa", "departure"), "employer", 1),
        ("employment_contract", "employer", ("departure",), "employer", 0),
        ("orientation", "training_provider", ("departure",), None, 0),
        ("insurance", "insurer", ("departure",), "worker", 1),
        ("welfare_fund", "government", ("departure",), "worker", 1),
        ("social_security", "government", ("departure",), "worker", 1),
        ("visa", "government", ("departure",), "employer", 4),
        ("exit_permit", "government", ("departure",), None, 8),
    ],
)
def test_every_item(
    ask: Ask, code: str, performed_by: str, holds_at: tuple[str, ...], payer: str | None, after: int
) -> None:
    items = ask(TO_PENANG).items
    item = items[code]
    assert len(items) == 10
    assert (item.status, item.performed_by, item.holds_at, item.payer) == ("required", performed_by, holds_at, payer)
    assert len(item.after) == after
    assert set(item.after) <= set(items)
    assert (item.validity, bool(item.basis)) == (None, True)
    assert ("payer" in item.governed_by) is (payer is not None)


def test_to_the_gulf_the_service_charge_and_the_gulf_medical_bind(ask: Ask) -> None:
    to_doha = replace(TO_PENANG, destination="QA", wage="1000 QAR")
    assert ask(to_doha, pays={"service_fee": "10000 NPR"}).broken == []
    assert ask(to_doha, pays={"service_fee": "10001 NPR"}).broken == [("np-service-charge", SERVICE)]
    assert ask(to_doha, pays={"visa_fee": "1 NPR"}).broken == [("np-free-visa-ticket", TICKET)]
    assert ask(to_doha).items["medical_examination"].confidence == "disputed"


@given(st.integers(0, 300_000), st.integers(0, 60), st.booleans(), st.integers(0, 6000))
def test_an_offer_is_lawful_exactly_within_the_bounds(
    ask: Ask, wage: int, months: int, room: bool, insurance: int
) -> None:
    told = ask(
        TO_PENANG,
        wage=f"{wage / 100:.2f} MYR",
        contract={"months": months, "accommodation": room},
        pays={"insurance": f"{insurance} NPR"},
    )
    bounds = {WAGE: wage < 170_000, MONTHS: months > 24, ROOM: not room, "np-insurance-cap": insurance > 4900}
    assert {code for code, _ in told.broken} == {code for code, broken in bounds.items() if broken}
