from __future__ import annotations

from datetime import date, timedelta

import pycountry
import pytest
from hypothesis import given
from hypothesis import strategies as st

from imdi_legislation.domain.countries import COUNTRIES, GROUPS, SOURCES, members, membership
from imdi_legislation.domain.money import CURRENCIES
from imdi_legislation.domain.scope import Scope, scope_errors

TODAY = date(2026, 11, 23)


def scope(origins: str, destinations: str = "*", occupations: str = "*") -> Scope:
    return Scope(tuple(origins.split()), tuple(destinations.split()), tuple(occupations.split()))


@pytest.mark.parametrize(
    ("bound", "origin", "destination", "occupation", "covers"),
    [
        (scope("PH", "SA", "53"), "PH", "SA", "5322", True),
        (scope("PH", "SA", "53"), "PH", "SA", "5223", False),
        (scope("PH", "SA", "5322 51"), "PH", "SA", "5152", True),
        (scope("PH", "SA"), "NP", "SA", "5322", False),
        (scope("*", "GCC"), "NP", "QA", "5322", True),
        (scope("*", "GCC"), "NP", "MY", "5322", False),
        (scope("EU", "*"), "HR", "SA", "5322", True),
        (scope("EU", "*"), "GB", "SA", "5322", False),
        (scope("ASEAN PK", "MY"), "PK", "MY", "8160", True),
    ],
)
def test_where_a_rule_binds(bound: Scope, origin: str, destination: str, occupation: str, covers: bool) -> None:
    assert bound.covers(origin, destination, occupation, TODAY) is covers


@pytest.mark.parametrize(
    ("group", "country", "last", "next_day"),
    [
        ("EU", "GB", date(2020, 1, 31), date(2020, 2, 1)),
        ("EEA", "GB", date(2020, 1, 31), date(2020, 2, 1)),
        ("EEA", "LI", date(1995, 4, 30), date(1995, 5, 1)),
        ("EEA", "HR", date(2014, 4, 11), date(2014, 4, 12)),
        ("EU", "HR", date(2013, 6, 30), date(2013, 7, 1)),
        ("ASEAN", "TL", date(2025, 10, 25), date(2025, 10, 26)),
    ],
)
def test_groups_are_dated(group: str, country: str, last: date, next_day: date) -> None:
    assert (country in members(group, last)) is not (country in members(group, next_day))


def test_groups_today() -> None:
    assert {group: len(members(group, TODAY)) for group in GROUPS} == {"GCC": 6, "EU": 27, "EEA": 30, "ASEAN": 11}
    assert all(members(group, TODAY) <= COUNTRIES for group in GROUPS)


def test_in_the_area_is_whoever_is_in_the_union_or_applies_its_law() -> None:
    assert members("EEA", TODAY) - members("EU", TODAY) == {"IS", "LI", "NO"}
    assert len(members("EEA", date(1994, 1, 1))) == 17
    assert members("EEA", date(1993, 12, 31)) == frozenset()


@pytest.mark.parametrize(
    ("on", "covers"), [(date(2013, 6, 30), False), (date(2013, 7, 1), True), (date(2026, 11, 23), True)]
)
def test_a_group_in_a_scope_binds_its_members_of_the_day(on: date, covers: bool) -> None:
    bound = scope("PH", "EU")
    assert bound.covers("PH", "HR", "2221", on) is covers
    assert ("HR" in bound.spelt_out(on).destinations) is covers
    assert bound.covers("PH", "GB", "2221", on) is (on < date(2020, 2, 1))


@pytest.mark.parametrize("group", sorted(GROUPS))
def test_the_history_of_a_group_tells_who_belongs_on_each_day(group: str) -> None:
    history = membership(group)
    days = {
        day + timedelta(days=off)
        for _, since, until in history
        for day in (since, until or TODAY)
        for off in (-1, 0, 1)
    }
    for day in days:
        within = {country for country, since, until in history if since <= day and (until is None or day <= until)}
        assert members(group, day) == within
    assert all(SOURCES[group])


def test_a_scope_is_spelt_out_for_a_day() -> None:
    assert scope("GCC PH", "*", "53").spelt_out(TODAY) == scope("AE BH KW OM PH QA SA", "*", "53")
    assert scope("GCC *", "NP").spelt_out(TODAY) == scope("*", "NP")


@pytest.mark.parametrize(
    ("one", "other", "shared"),
    [
        (scope("PH", "SA", "53"), scope("*", "GCC", "5322"), scope("PH", "SA", "5322")),
        (scope("PH", "SA", "5322"), scope("PH", "SA", "5321"), None),
        (scope("PH", "SA"), scope("PH", "MY"), None),
        (scope("PH NP", "*", "*"), scope("NP", "MY", "8"), scope("NP", "MY", "8")),
        (scope("*", "EU"), scope("*", "GB"), scope("*", "GB")),
    ],
)
def test_the_scope_that_two_rules_share(one: Scope, other: Scope, shared: Scope | None) -> None:
    assert one.meets(other) == shared
    assert other.meets(one) == shared


PLACES = st.lists(st.sampled_from(["*", "PH", "NP", "SA", "QA", "GCC", "ASEAN"]), min_size=1, max_size=3).map(tuple)
PREFIXES = st.lists(st.sampled_from(["*", "5", "53", "5322", "81"]), min_size=1, max_size=2).map(tuple)
SCOPES = st.builds(Scope, PLACES, PLACES, PREFIXES)


@given(
    SCOPES,
    SCOPES,
    st.sampled_from(["PH", "QA", "VN"]),
    st.sampled_from(["SA", "MY"]),
    st.sampled_from(["5322", "8160"]),
)
def test_what_both_cover_the_shared_scope_covers(one: Scope, other: Scope, origin: str, to: str, isco: str) -> None:
    both = one.covers(origin, to, isco, TODAY) and other.covers(origin, to, isco, TODAY)
    shared = one.meets(other)
    assert both == (shared is not None and shared.covers(origin, to, isco, TODAY))


@pytest.mark.parametrize(
    ("wrong", "fields"),
    [
        (Scope((), ("SA",), ("*",)), ["scope.origins"]),
        (scope("XX", "SA"), ["scope.origins"]),
        (scope("ph", "GCC"), ["scope.origins"]),
        (scope("PH", "NAFTA", "53222"), ["scope.destinations", "scope.occupations"]),
        (scope("PH", "SA", "5x"), ["scope.occupations"]),
        (Scope(("PH",), ("SA",), ()), ["scope.occupations"]),
        (scope("PH", "SA", "٥"), ["scope.occupations"]),
        (scope("PH GCC", "*", "5 53 5322"), []),
    ],
)
def test_what_is_wrong_with_a_scope_is_named(wrong: Scope, fields: list[str]) -> None:
    assert [error.field for error in scope_errors(wrong)] == fields


def test_the_countries_named() -> None:
    assert scope("PH *", "GCC SA").named() == {"PH", "SA"}
    assert scope("*", "EU").named() == set()


def test_the_code_lists_are_those_of_iso() -> None:
    assert {country.alpha_2 for country in pycountry.countries} == COUNTRIES
    assert {currency.alpha_3 for currency in pycountry.currencies} >= CURRENCIES
