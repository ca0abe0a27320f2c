from __future__ import annotations

from decimal import Decimal

import pytest

from imdi_legislation.domain.money import Money


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
