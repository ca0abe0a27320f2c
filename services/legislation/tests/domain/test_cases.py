from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imdi_legislation.domain import cases, facts
from imdi_legislation.domain.cases import Profile, Terms, Worker, age
from imdi_legislation.domain.facts import Facts
from imdi_legislation.domain.money import Money
from imdi_legislation.domain.who_may import may_enter, may_rule

DAY = date(2027, 3, 1)


@pytest.mark.parametrize(
    ("born", "on", "years"),
    [
        (date(1996, 4, 2), date(2027, 4, 1), 30),
        (date(1996, 4, 2), date(2027, 4, 2), 31),
        (date(2004, 2, 29), date(2027, 2, 28), 22),
        (date(2004, 2, 29), date(2027, 3, 1), 23),
        (date(2004, 2, 29), date(2028, 2, 29), 24),
        (date(2027, 3, 1), date(2027, 3, 1), 0),
    ],
)
def test_age_in_full_years(born: date, on: date, years: int) -> None:
    assert age(born, on) == years


@given(st.dates(date(1940, 1, 1), date(2010, 1, 1)), st.dates(date(2020, 1, 1), date(2040, 1, 1)))
def test_a_year_later_one_is_a_year_older(born: date, on: date) -> None:
    if (on.month, on.day) != (2, 29):
        assert age(born, on.replace(year=on.year + 1)) == age(born, on) + 1


def test_a_workers_facts() -> None:
    worker = Worker(date(1996, 4, 2), "female", "NP", "PH")
    assert cases.worker_facts(worker, DAY) == {
        "worker.age": 30,
        "worker.sex": "female",
        "worker.nationality": "NP",
        "worker.country": "PH",
    }
    assert cases.worker_facts(Worker(None, None, None, "PH"), DAY) == {"worker.country": "PH"}


def test_a_profiles_facts() -> None:
    profile = Profile({"5322": 3}, {"en": "B1", "zh-Hant": "A1", "zh": "A2"}, 3, {"ecr": True, "bad name": 1})
    assert cases.profile_facts(profile, "5322", ["ar"]) == {
        "worker.experience_years": 3,
        "worker.isced": 3,
        "worker.language.en": 3,
        "worker.language.zh": 2,
        "worker.language.ar": 0,
        "worker.facts.ecr": True,
    }
    empty = cases.profile_facts(Profile({}, {}, None, {}), "5322", [])
    assert empty == {"worker.experience_years": 0}


def test_the_facts_of_terms_are_those_of_the_table() -> None:
    contract: dict[str, Any] = dict.fromkeys(facts.CONTRACT, 1)
    terms = Terms("5322", "SA", Money(Decimal("1600.00"), "SAR"), contract, "household", "employer")
    made = cases.terms_facts(terms)
    assert made["vacancy.monthly_wage"] == 160_000
    assert all(map(facts.is_fact, made))
    assert cases.terms_facts(Terms("5322", "SA")) == {"vacancy.occupation": "5322", "vacancy.destination": "SA"}


def test_only_answerable_facts_are_answers() -> None:
    answers: Facts = {"worker.facts.ecr": True, "worker.age": 50, "placement.first_departure": False}
    assert cases.answered(answers) == {"worker.facts.ecr": True, "placement.first_departure": False}


def test_an_answer_of_another_type_is_none() -> None:
    given: Facts = {"worker.facts.a": True, "worker.facts.b": 1, "worker.facts.c": "x", "worker.age": 3}
    types: dict[str, facts.FactType] = {"worker.facts.a": "int", "worker.facts.b": "int"}
    assert cases.rightly_typed(given, types) == {"worker.facts.b": 1, "worker.facts.c": "x", "worker.age": 3}


@pytest.mark.parametrize(
    ("name", "fact", "screens"),
    [
        ("worker.age", True, True),
        ("worker.language.en", True, True),
        ("worker.language.english", False, False),
        ("worker.facts.ecr_passport", True, True),
        ("worker.facts.1x", False, False),
        ("vacancy.monthly_wage", True, False),
        ("vacancy.contract.months", True, False),
        ("vacancy.contract.pension", False, False),
        ("placement.departure_on", True, False),
        ("worker.name", False, False),
    ],
)
def test_the_table_of_facts(name: str, fact: bool, screens: bool) -> None:
    assert (facts.is_fact(name), facts.is_screening(name)) == (fact, screens)


@pytest.mark.parametrize(
    ("government", "steward", "named", "levels", "may"),
    [
        ("SA", False, {"SA"}, {"national"}, True),
        ("SA", False, {"SA", "PH"}, {"bilateral"}, True),
        ("NP", False, {"SA", "PH"}, {"bilateral"}, False),
        ("SA", False, set(), {"national"}, False),
        (None, True, set(), {"national"}, True),
        (None, True, {"SA"}, {"national"}, False),
        (None, True, {"SA"}, {"international"}, True),
        (None, True, {"SA"}, {"international", "national"}, False),
        (None, False, set(), {"international"}, False),
    ],
)
def test_who_may_make_a_rule(
    government: str | None, steward: bool, named: set[str], levels: set[str], may: bool
) -> None:
    assert may_rule(government, steward, named, levels) is may


@pytest.mark.parametrize(
    ("government", "steward", "level", "parties", "may"),
    [
        ("PH", False, "national", ["PH"], True),
        ("PH", False, "bilateral", ["PH", "SA"], True),
        ("NP", False, "bilateral", ["PH", "SA"], False),
        (None, True, "bilateral", ["PH", "SA"], False),
        (None, True, "international", ["PH"], True),
        ("PH", False, "international", ["PH"], False),
        (None, True, "regional", [], True),
    ],
)
def test_who_may_enter_an_instrument(
    government: str | None, steward: bool, level: str, parties: list[str], may: bool
) -> None:
    assert may_enter(government, steward, level, parties) is may
