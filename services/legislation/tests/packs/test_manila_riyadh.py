"""Domestic work from the Philippines to Saudi Arabia: what the pack allows, forbids and demands."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from services.legislation.tests.packs.conftest import MANILA_RIYADH as TO_RIYADH
from services.legislation.tests.packs.conftest import Ask

WAGE, REST, PASSPORT = "ph-sa-wage", "ph-sa-rest-day", "ph-sa-documents"
FEE, MONTH, EMPLOYER = "ph-domestic-fee", "ph-sa-fee-cap", "ph-employer-pays"


@pytest.mark.parametrize(
    ("wage", "found"),
    [
        ("1500.00 SAR", "lawful"),
        ("1500 SAR", "lawful"),
        ("1500.01 SAR", "lawful"),
        ("20000 SAR", "lawful"),
        ("1499.99 SAR", "1499.99"),
        ("1499.9999 SAR", "1499.9999"),
        ("0 SAR", "0"),
        ("1200.00 SAR", "1200.00"),
        ("1500.00 USD", None),
        ("99999 PHP", None),
        (None, None),
    ],
)
def test_the_wage_floor(ask: Ask, wage: str | None, found: str | None) -> None:
    told = ask(TO_RIYADH, wage=wage)
    if found == "lawful":
        assert told.broken == []
        return
    breach = told.breach(WAGE)
    assert told.broken == [(WAGE, "monthly_wage")]
    assert breach.found == found
    assert breach.required == {"min": {"amount": "1500.00", "currency": "SAR"}}
    assert [basis.instrument for basis in breach.basis] == ["PH-SA-2013"]


@pytest.mark.parametrize(
    ("contract", "broken"),
    [
        ({}, []),
        ({"rest_days_per_week": 2}, []),
        ({"rest_days_per_week": 7}, []),
        ({"rest_days_per_week": 0}, [(REST, "rest_days_per_week")]),
        ({"rest_days_per_week": None}, [(REST, "rest_days_per_week")]),
        ({"retains_documents": True}, [(PASSPORT, "retains_documents")]),
        ({"retains_documents": None}, [(PASSPORT, "retains_documents")]),
        ({"food": False, "accommodation": False, "months": 1}, []),
        (
            {"rest_days_per_week": 0, "retains_documents": True},
            [(PASSPORT, "retains_documents"), (REST, "rest_days_per_week")],
        ),
    ],
)
def test_the_terms_of_the_contract(ask: Ask, contract: dict[str, Any], broken: list[tuple[str, str]]) -> None:
    told = ask(TO_RIYADH, contract=contract)
    assert told.broken == broken
    for breach in told.breaches:
        assert breach.found == contract[breach.term]
        assert breach.basis[0].instrument == "PH-SA-2013"


SERVICE, TICKET = "fee:service_fee", "fee:air_ticket"


@pytest.mark.parametrize(
    ("pays", "broken"),
    [
        ({}, []),
        ({"service_fee": "0 SAR"}, []),
        ({"service_fee": "0.00 PHP", "air_ticket": "0 JPY"}, []),
        ({"service_fee": "0.01 SAR"}, [(FEE, SERVICE)]),
        ({"service_fee": "1500 SAR"}, [(FEE, SERVICE)]),
        ({"service_fee": "1500.01 SAR"}, [(FEE, SERVICE), (MONTH, SERVICE)]),
        ({"service_fee": "1 PHP"}, [(FEE, SERVICE), (MONTH, SERVICE)]),
        ({"placement_fee": "10 SAR"}, [(FEE, SERVICE)]),
        ({"recruitment_cost": "10 SAR"}, [(FEE, SERVICE)]),
        ({"salary_deduction": "10 SAR"}, [(FEE, SERVICE)]),
        ({"placement_fee": "800 SAR", "service_fee": "800 SAR"}, [(FEE, SERVICE), (MONTH, SERVICE)]),
        ({"air_ticket": "1 SAR"}, [(EMPLOYER, TICKET)]),
        ({"visa_fee": "1 USD"}, [(EMPLOYER, TICKET)]),
        ({"work_permit_fee": "1 PHP"}, [(EMPLOYER, TICKET)]),
        ({"processing_fee": "1 PHP"}, [(EMPLOYER, TICKET)]),
        ({"welfare_fund": "25 USD"}, [(EMPLOYER, TICKET)]),
        ({"medical_fee": "5000 PHP"}, []),
        ({"passport_fee": "1200 PHP"}, []),
        ({"air_ticket": "1 SAR", "service_fee": "1 SAR"}, [(FEE, SERVICE), (EMPLOYER, TICKET)]),
    ],
)
def test_what_a_domestic_worker_may_be_charged(ask: Ask, pays: dict[str, str], broken: list[tuple[str, str]]) -> None:
    assert ask(TO_RIYADH, pays=pays).broken == sorted(broken)


@pytest.mark.parametrize(
    ("wage", "fee", "found"),
    [
        ("2000 SAR", "2000 SAR", "lawful"),
        ("2000 SAR", "2000.01 SAR", "2000.01"),
        ("1 SAR", "1 SAR", "lawful"),
        ("2000 SAR", "2000 PHP", None),
        (None, "1 SAR", None),
        (None, "0 SAR", "lawful"),
    ],
)
def test_others_may_be_charged_one_month(ask: Ask, wage: str | None, fee: str, found: str | None) -> None:
    told = ask(TO_RIYADH, occupation="2221", wage=wage, pays={"placement_fee": fee})
    if found == "lawful":
        assert told.broken == []
        return
    breach = told.breach(MONTH)
    assert told.broken == [(MONTH, SERVICE)]
    assert breach.found == found
    assert {(basis.instrument, basis.provision) for basis in breach.basis} == {
        ("PH-DMW-DC-01-2023", None),
        ("PH-POEA-RULES-2016", "sec. 51"),
    }


def test_the_breach_of_a_zero_fee_names_every_basis(ask: Ask) -> None:
    breach = ask(TO_RIYADH, pays={"service_fee": "300 PHP"}).breach(FEE)
    assert (breach.found, breach.required) == ("300", {"max": {"amount": "0", "currency": "PHP"}})
    assert [basis.instrument for basis in breach.basis] == [
        "PH-DMW-DC-01-2023",
        "PH-POEA-RULES-2016",
        "PH-SA-2013",
        "ILO-FAIR-RECRUITMENT",
        "IOM-IRIS",
    ]
    assert all(basis.title for basis in breach.basis)


@pytest.mark.parametrize(
    ("age", "stands"),
    [
        (24, ("met", None)),
        (23, ("not_met", None)),
        (0, ("not_met", None)),
        (150, ("met", None)),
        (None, ("unknown", "worker.age")),
    ],
)
def test_the_age_of_domestic_workers(ask: Ask, age: int | None, stands: tuple[str, str | None]) -> None:
    facts = {} if age is None else {"age": age}
    assert ask(TO_RIYADH, **facts).criteria == {"ph-domestic-age": stands}


@pytest.mark.parametrize(
    ("occupation", "domestic"),
    [
        ("5152", True),
        ("5162", True),
        ("5311", True),
        ("5322", True),
        ("9111", True),
        ("5321", False),
        ("9112", False),
        ("5151", False),
        ("8322", False),
        ("2221", False),
    ],
)
def test_what_counts_as_domestic_work(ask: Ask, occupation: str, domestic: bool) -> None:
    told = ask(TO_RIYADH, occupation=occupation, wage="1 SAR", contract={"retains_documents": True}, age=20)
    assert bool(told.criteria) is domestic
    assert bool(told.broken) is domestic
    assert ("skill_test" in told.items, "insurance" in told.items) == (domestic, domestic)
    assert {"passport", "medical_examination", "visa", "exit_permit"} <= set(told.items)


@pytest.mark.parametrize(
    ("code", "performed_by", "validity", "counted_from", "holds_at", "payer"),
    [
        ("passport", "controller", None, "performed_on", ("departure",), "worker"),
        ("police_clearance", "government", "P1Y", "issued_on", ("visa", "departure"), "worker"),
        ("employment_contract", "government", None, "performed_on", ("departure",), "employer"),
        ("skill_test", "testing_body", None, "performed_on", ("departure",), "worker"),
        ("orientation", "training_provider", None, "performed_on", ("departure",), "government"),
        ("medical_examination", "medical_provider", "P30D", "performed_on", ("visa", "departure"), "worker"),
        ("welfare_fund", "government", None, "performed_on", ("departure",), "employer"),
        ("insurance", "insurer", None, "performed_on", ("departure",), "recruitment_agency"),
        ("visa", "government", None, "issued_on", ("departure",), "employer"),
        ("exit_permit", "government", "P60D", "issued_on", ("departure",), "employer"),
    ],
)
def test_every_item(
    ask: Ask,
    code: str,
    performed_by: str,
    validity: str | None,
    counted_from: str,
    holds_at: tuple[str, ...],
    payer: str,
) -> None:
    item = ask(TO_RIYADH).items[code]
    assert (item.status, item.needs_fact, item.performed_by) == ("required", None, performed_by)
    assert (item.validity, item.counted_from, item.holds_at, item.payer) == (validity, counted_from, holds_at, payer)
    assert item.basis
    assert all(basis.title for basis in item.basis)


def test_there_is_no_other_item(ask: Ask) -> None:
    assert len(ask(TO_RIYADH).items) == 10
    assert ask(TO_RIYADH).items["passport"].beyond == "P6M"


def test_the_longer_of_two_orientations_is_planned_and_both_certificates_asked(ask: Ask) -> None:
    item = ask(TO_RIYADH).items["orientation"]
    assert item.lead_days == 6
    assert item.governed_by["lead_days"].code == "ph-domestic-orientation"
    assert item.documents == ("CPDEP certificate", "PDOS certificate")
    nurse = ask(TO_RIYADH, occupation="2221").items["orientation"]
    assert (nurse.lead_days, nurse.documents) == (1, ("PDOS certificate",))


def test_a_disputed_medical_shows_all_its_sources(ask: Ask) -> None:
    item = ask(TO_RIYADH).items["medical_examination"]
    assert item.confidence == "disputed"
    assert [(source.attribute, source.value) for source in item.disputed] == [
        ("validity", "P30D"),
        ("validity", "P60D"),
        ("validity", "P90D"),
        ("validity", "P3M"),
    ]
    assert {source.rule.code for source in item.disputed} == {"gcc-medical"}
    assert all(source.basis[0].instrument == "GCC-FITNESS" for source in item.disputed)
    assert [bool(source.note) for source in item.disputed] == [False, True, True, True]
    assert item.governed_by["validity"].code == "gcc-medical"


@pytest.mark.parametrize("destination", ["AE", "BH", "KW", "OM", "QA"])
def test_the_medical_binds_across_the_gulf_but_not_the_saudi_agreement(ask: Ask, destination: str) -> None:
    told = ask(replace(TO_RIYADH, destination=destination), wage="1 AED", contract={"rest_days_per_week": 0})
    assert told.items["medical_examination"].validity == "P30D"
    assert told.broken == []
    assert "visa" not in told.items


def test_elsewhere_no_gulf_rule_binds(ask: Ask) -> None:
    told = ask(replace(TO_RIYADH, destination="MY"))
    assert not {"medical_examination", "police_clearance"} & set(told.items)
    assert told.criteria == {"ph-domestic-age": ("unknown", "worker.age")}


@pytest.mark.parametrize(
    ("on", "code", "binds"),
    [
        (date(2013, 7, 30), "ph-sa-wage", False),
        (date(2013, 7, 31), "ph-sa-wage", True),
        (date(2022, 7, 13), "ph-domestic-age", False),
        (date(2022, 7, 14), "ph-domestic-age", True),
        (date(2024, 2, 12), "gcc-medical", False),
        (date(2024, 2, 13), "gcc-medical", True),
        (date(2023, 12, 30), "ph-exit-permit", False),
        (date(2023, 12, 31), "ph-exit-permit", True),
    ],
)
def test_a_rule_binds_from_its_first_day(ask: Ask, on: date, code: str, binds: bool) -> None:
    assert (code in {rule.code for rule in ask(TO_RIYADH, on=on).requirements.rules}) is binds


@given(st.integers(0, 400_000), st.integers(0, 200_000), st.integers(0, 7), st.booleans())
def test_an_offer_is_lawful_exactly_within_the_bounds(ask: Ask, wage: int, fee: int, rest: int, keeps: bool) -> None:
    told = ask(
        TO_RIYADH,
        wage=f"{wage / 100:.2f} SAR",
        pays={"service_fee": f"{fee / 100:.2f} SAR"},
        contract={"rest_days_per_week": rest, "retains_documents": keeps},
    )
    assert {code for code, _ in told.broken} == {
        code
        for code, broken in {
            WAGE: wage < 150_000,
            REST: rest < 1,
            PASSPORT: keeps,
            FEE: fee > 0,
            MONTH: fee > wage,
        }.items()
        if broken
    }
