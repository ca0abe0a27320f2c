from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imdi_matching.domain.vacancies import (
    ALLOWED_IN,
    JUDGED,
    Money,
    Status,
    Terms,
    amendment,
    assessed,
    changed,
    opening,
    reopens,
)

STATUSES: tuple[Status, ...] = get_args(Status)
CAREGIVER = Terms(
    title="Domestic caregiver",
    occupation="5322",
    employer_name="Al Amal",
    employer_kind="household",
    country="SA",
    place="Riyadh",
    origins=frozenset({"PH"}),
    positions=2,
    wage=Money(Decimal("1600.00"), "SAR"),
    contract=frozenset({("months", 24), ("retains_documents", False)}),
    worker_pays=frozenset({("service_fee", Money(Decimal(0), "PHP"))}),
    languages=frozenset({("en", "A2")}),
    essential_skills=frozenset(),
    optional_skills=frozenset(),
    start_on=date(2027, 3, 1),
    closes_on=date(2027, 1, 31),
)
OTHERWISE: dict[str, Any] = {
    "title": "Caregiver",
    "occupation": "5321",
    "employer_name": "Other",
    "employer_kind": "company",
    "country": "KW",
    "place": "Jeddah",
    "origins": frozenset({"PH", "NP"}),
    "positions": 3,
    "wage": Money(Decimal(1500), "SAR"),
    "contract": frozenset({("months", 12)}),
    "worker_pays": frozenset(),
    "languages": frozenset({("ar", "A1")}),
    "essential_skills": frozenset({"http://data.europa.eu/esco/skill/1"}),
    "optional_skills": frozenset({"http://data.europa.eu/esco/skill/2"}),
    "start_on": date(2027, 4, 1),
    "closes_on": date(2027, 2, 28),
}


@pytest.mark.parametrize("term", list(OTHERWISE))
def test_each_term_is_seen_to_change_alone(term: str) -> None:
    assert changed(CAREGIVER, replace(CAREGIVER, **{term: OTHERWISE[term]})) == {term}


def test_nothing_changes_by_writing_an_amount_otherwise() -> None:
    assert not changed(CAREGIVER, replace(CAREGIVER, wage=Money(Decimal(1600), "SAR")))


@pytest.mark.parametrize("term", list(OTHERWISE))
def test_a_judged_change_of_a_posted_vacancy_submits_it_again_and_any_other_amends(term: str) -> None:
    expected = "resubmitted" if term in JUDGED else "amended"
    assert amendment("posted", frozenset({term}), breached=False) == expected


@pytest.mark.parametrize(
    ("status", "differing", "breached", "expected"),
    [
        ("returned", {"title"}, True, "resubmitted"),
        ("returned", set(), True, "nothing"),
        ("paused", {"title"}, False, "amended"),
        ("paused", {"wage"}, False, "resubmitted"),
        ("submitted", {"wage"}, False, "resubmitted"),
        ("submitted", {"positions"}, False, "amended"),
        ("filled", {"positions"}, False, "amended"),
        ("filled", {"positions"}, True, "refused"),
        ("filled", {"wage"}, False, "refused"),
        ("closed", {"title"}, False, "refused"),
        ("expired", {"title"}, False, "refused"),
        ("expired", set(), False, "refused"),
    ],
)
def test_what_an_amendment_does(status: Status, differing: set[str], breached: bool, expected: str) -> None:
    assert amendment(status, frozenset(differing), breached=breached) == expected


@pytest.mark.parametrize(
    ("agreed", "positions", "held", "expected"),
    [(0, 1, False, "posted"), (0, 1, True, "paused"), (1, 1, False, "filled"), (1, 1, True, "filled")],
)
def test_where_a_lawful_vacancy_stands(agreed: int, positions: int, held: bool, expected: Status) -> None:
    assert opening(agreed, positions, held=held) == expected


@pytest.mark.parametrize(
    ("status", "lawful", "expected"),
    [
        ("submitted", True, "posted"),
        ("submitted", False, "returned"),
        ("posted", True, "posted"),
        ("posted", False, "returned"),
        ("paused", True, "paused"),
        ("paused", False, "returned"),
        ("returned", True, "posted"),
        ("returned", False, "returned"),
        ("filled", True, "filled"),
        ("filled", False, "filled"),
        ("closed", True, "closed"),
        ("expired", False, "expired"),
    ],
)
def test_where_an_assessment_leads(status: Status, lawful: bool, expected: Status) -> None:
    assert assessed(status, lawful=lawful, opening="posted") == expected


@given(st.sampled_from(STATUSES), st.booleans(), st.sampled_from(["posted", "paused", "filled"]))
def test_no_unlawful_vacancy_becomes_posted(status: Status, lawful: bool, where: Status) -> None:
    after = assessed(status, lawful=lawful, opening=where)
    assert lawful or after not in ("posted", "paused")


@given(st.sampled_from(STATUSES))
def test_what_is_over_stays_over(status: Status) -> None:
    if status in ("closed", "expired"):
        assert not any(status in allowed for allowed in ALLOWED_IN.values())


@pytest.mark.parametrize(
    ("status", "breached", "today", "expected"),
    [
        ("filled", False, date(2027, 1, 30), True),
        ("filled", False, date(2027, 1, 31), True),
        ("filled", False, date(2027, 2, 1), False),
        ("filled", True, date(2027, 1, 1), False),
        ("closed", False, date(2027, 1, 1), False),
        ("paused", False, date(2027, 1, 1), False),
    ],
)
def test_when_a_filled_vacancy_reopens(status: Status, breached: bool, today: date, expected: bool) -> None:
    assert reopens(status, breached=breached, closes_on=date(2027, 1, 31), today=today) is expected
