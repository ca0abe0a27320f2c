from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imdi_matching.domain.law import Bar, Finding, Version, apply, binding, in_scope
from imdi_matching.domain.screening import Compare, Fact

FIRST = date(2026, 1, 1)
BASIS = ({"instrument": "SA-PH-2013", "title": "Agreement", "provision": "art. 3"},)


def version(number: int = 1, **changes: Any) -> Version:
    values: dict[str, Any] = {
        "id": f"v{number}",
        "code": "age",
        "version": number,
        "kind": "criterion",
        "origins": ("PH",),
        "destinations": ("SA",),
        "occupations": ("53",),
        "screen": None,
        "effect": {"criterion": "age", "min": 24, "max": 45},
        "basis": BASIS,
        "effective_from": FIRST,
        "effective_until": None,
        "opened_after": False,
        "replaces": None,
    }
    return Version(**(values | changes))


OLD = version(1, effective_until=date(2026, 12, 31))
NEW = version(2, effective_from=date(2027, 1, 1), replaces="v1")
SPARING = version(2, effective_from=date(2027, 1, 1), replaces="v1", opened_after=True)
ENDED = replace(SPARING, effective_until=date(2027, 5, 31))
NEWEST = version(3, effective_from=date(2027, 6, 1), replaces="v2", opened_after=True)


@pytest.mark.parametrize(
    ("versions", "on", "opened_on", "expected"),
    [
        ([OLD, NEW], date(2026, 12, 31), date(2026, 11, 1), "v1"),
        ([OLD, NEW], date(2027, 1, 1), date(2026, 11, 1), "v2"),
        ([OLD], date(2027, 1, 1), date(2026, 11, 1), None),
        ([OLD, NEW], date(2025, 12, 31), date(2025, 11, 1), None),
        ([OLD, SPARING], date(2027, 3, 1), date(2026, 12, 31), "v1"),
        ([OLD, SPARING], date(2027, 3, 1), date(2027, 1, 1), "v2"),
        ([SPARING], date(2027, 3, 1), date(2026, 12, 31), None),
        ([OLD, ENDED, NEWEST], date(2027, 7, 1), date(2027, 6, 1), "v3"),
        ([OLD, ENDED, NEWEST], date(2027, 7, 1), date(2027, 5, 31), "v2"),
        ([OLD, ENDED, NEWEST], date(2027, 7, 1), date(2026, 5, 31), "v1"),
        ([], date(2027, 7, 1), date(2026, 5, 31), None),
    ],
)
def test_which_version_binds(versions: list[Version], on: date, opened_on: date, expected: str | None) -> None:
    bound = binding(versions, on, opened_on)
    assert (bound.id if bound else None) == expected


@given(st.integers(0, 900), st.integers(0, 900))
def test_a_case_is_never_bound_by_law_that_spares_it(opened: int, judged: int) -> None:
    on, opened_on = FIRST + timedelta(judged), FIRST + timedelta(opened)
    bound = binding([OLD, ENDED, NEWEST], on, opened_on)
    assert bound is not None
    assert bound.effective_from <= on
    assert not bound.opened_after or opened_on >= bound.effective_from


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, True),
        ({"origins": ("*",), "destinations": ("*",), "occupations": ("*",)}, True),
        ({"origins": ("NP",)}, False),
        ({"destinations": ("KW", "QA")}, False),
        ({"occupations": ("9", "5322")}, True),
        ({"occupations": ("532",)}, True),
        ({"occupations": ("5321",)}, False),
    ],
)
def test_what_a_scope_reaches(changes: dict[str, Any], expected: bool) -> None:
    assert in_scope(version(**changes), "PH", "SA", "5322") is expected


def criterion(name: str, **effect: Any) -> Version:
    return version(effect={"criterion": name} | effect)


@pytest.mark.parametrize(
    ("law", "facts", "expected"),
    [
        (criterion("age", min=24), {"worker.age": 24}, "met"),
        (criterion("age", max=45), {"worker.age": 45}, "met"),
        (criterion("age", min=24), {}, "missing_evidence"),
        (criterion("language", language="en", level="B1"), {"worker.language.en": 3}, "met"),
        (criterion("language", language="en", level="B1"), {"worker.language.en": 2}, "trainable"),
        (criterion("language", language="en", level="B1"), {}, "trainable"),
        (criterion("experience", years=2), {"worker.experience_years": 2}, "met"),
        (criterion("experience", years=2), {"worker.experience_years": 1}, "not_met"),
        (criterion("qualification", isced=3), {"worker.isced": 3}, "met"),
        (criterion("qualification", isced=3), {"worker.isced": 2}, "not_met"),
        (criterion("qualification", isced=3), {}, "missing_evidence"),
        (criterion("recognition", profession="nurse"), {}, "recognition_pending"),
    ],
)
def test_what_a_criterion_says(law: Version, facts: dict[str, Fact], expected: str) -> None:
    said = apply(law, facts)
    assert isinstance(said, Finding)
    assert said.outcome == expected
    assert said.criterion == law.effect["criterion"]
    assert said.weight is None
    assert said.basis == BASIS


@pytest.mark.parametrize("age", [23, 46, 0])
def test_a_known_age_outside_of_the_range_bars(age: int) -> None:
    assert apply(version(), {"worker.age": age}) == Bar("age")


WOMEN = Compare("worker.sex", "==", "female")


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"worker.sex": "female", "worker.age": 20}, Bar("age")),
        ({"worker.sex": "male", "worker.age": 20}, None),
    ],
)
def test_a_criterion_concerns_those_it_names(facts: dict[str, Fact], expected: Bar | None) -> None:
    assert apply(version(screen=WOMEN), facts) == expected


def test_an_unknown_condition_is_missing_evidence_that_names_the_fact() -> None:
    said = apply(version(screen=WOMEN), {"worker.age": 20})
    assert isinstance(said, Finding)
    assert (said.outcome, said.detail) == ("missing_evidence", "depends on worker.sex")


BAN = {"prohibits": "recruitment", "reason": "women_below_24"}


@pytest.mark.parametrize(
    ("effect", "facts", "expected"),
    [
        (BAN, {"worker.sex": "female"}, Bar("women_below_24")),
        (BAN, {"worker.sex": "male"}, None),
        (BAN | {"prohibits": "departure"}, {"worker.sex": "female"}, None),
    ],
)
def test_a_recruitment_bar_that_is_true_bars(effect: dict[str, Any], facts: dict[str, Fact], expected: object) -> None:
    assert apply(version(kind="bar", effect=effect, screen=WOMEN), facts) == expected


def test_an_unknown_bar_is_missing_evidence() -> None:
    said = apply(version(kind="bar", effect=BAN, screen=WOMEN), {})
    assert isinstance(said, Finding)
    assert (said.criterion, said.outcome, said.detail) == ("recruitment", "missing_evidence", "depends on worker.sex")


def test_a_bar_without_a_condition_bars_everyone() -> None:
    assert apply(version(kind="bar", effect=BAN), {}) == Bar("women_below_24")
