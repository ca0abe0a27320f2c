from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imdi_matching.domain.offers import falls_below
from imdi_matching.domain.vacancies import Money

amounts = st.decimals("0", "1000000", places=3)


@pytest.mark.parametrize(
    ("amount", "currency", "expected"),
    [
        ("1600.00", "SAR", False),
        ("1600", "SAR", False),
        ("1599.99", "SAR", True),
        ("2000", "SAR", False),
        ("99999", "PHP", True),
    ],
)
def test_an_offer_against_1600_riyal(amount: str, currency: str, expected: bool) -> None:
    assert falls_below(Money(Decimal(amount), currency), Money(Decimal("1600.00"), "SAR")) is expected


@given(amounts, amounts)
def test_of_two_wages_at_most_one_falls_below_the_other(one: Decimal, other: Decimal) -> None:
    first, second = Money(one, "SAR"), Money(other, "SAR")
    assert not (falls_below(first, second) and falls_below(second, first))
    assert not falls_below(first, first)
