from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imdi_legislation.domain.durations import parse_duration
from imdi_legislation.domain.money import Money


@pytest.mark.parametrize(
    ("text", "began", "last"),
    [
        ("P60D", date(2027, 1, 1), date(2027, 3, 2)),
        ("P6M", date(2026, 8, 31), date(2027, 2, 28)),
        ("P1M", date(2024, 1, 31), date(2024, 2, 29)),
        ("P1Y", date(2024, 2, 29), date(2025, 2, 28)),
        ("P2W", date(2027, 1, 1), date(2027, 1, 15)),
        ("P1M1D", date(2027, 1, 31), date(2027, 3, 1)),
        ("P0D", date(2027, 1, 1), date(2027, 1, 1)),
    ],
)
def test_it_holds_through_its_last_day(text: str, began: date, last: date) -> None:
    assert parse_duration(text).after(began) == last


@pytest.mark.parametrize("text", ["", "P", "60D", "P1H", "PT1H", "P1.5M", "p60d", "P-1D", "P60D ", "P999999D", "P1D1M"])
def test_anything_else_is_no_duration(text: str) -> None:
    with pytest.raises(ValueError, match="whole"):
        parse_duration(text)


@pytest.mark.parametrize(("shorter", "longer"), [("P60D", "P2M"), ("P2M", "P62D"), ("P90D", "P3M"), ("P51W", "P1Y")])
def test_durations_are_ranked_by_their_mean_length(shorter: str, longer: str) -> None:
    assert parse_duration(shorter).length < parse_duration(longer).length


def test_a_year_is_twelve_months() -> None:
    assert parse_duration("P1Y").length == parse_duration("P12M").length


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.integers(0, 48), st.integers(0, 400))
def test_more_never_ends_earlier(began: date, months: int, days: int) -> None:
    last = parse_duration(f"P{months}M{days}D").after(began)
    assert began <= last <= parse_duration(f"P{months + 1}M{days}D").after(began)
    assert last < parse_duration(f"P{months}M{days + 1}D").after(began)


@pytest.mark.parametrize(
    ("amount", "currency", "minor"),
    [
        ("1500.00", "SAR", 150_000),
        ("60", "KWD", 60_000),
        ("200000", "JPY", 200_000),
        ("1.999", "SAR", 199),
        ("0", "PHP", 0),
    ],
)
def test_money_in_minor_units_is_never_rounded_up(amount: str, currency: str, minor: int) -> None:
    assert Money(Decimal(amount), currency).minor == minor
