"""Which values other sources may be recorded with: any of an item, and of other effects none that binds more."""

from __future__ import annotations

from typing import Any

import pytest

from imdi_legislation.domain.disputes import dispute_error
from imdi_legislation.domain.effects import read_effect

AGE: dict[str, Any] = {"criterion": "age", "min": 21}
WAGE: dict[str, Any] = {"term": "monthly_wage", "min": {"amount": "1500.00", "currency": "SAR"}}
FEE: dict[str, Any] = {"component": "service_fee", "payer": "worker"}


def sar(amount: str) -> dict[str, str]:
    return {"amount": amount, "currency": "SAR"}


@pytest.mark.parametrize(
    ("kind", "effect", "attribute", "value", "wrong"),
    [
        ("criterion", AGE, "min", 20, None),
        ("criterion", AGE, "min", 22, "strictest"),
        ("criterion", AGE, "max", 45, "strictest"),
        ("criterion", AGE | {"max": 45}, "max", 46, None),
        ("criterion", AGE | {"max": 45}, "max", 44, "strictest"),
        ("criterion", AGE | {"max": 45}, "max", None, None),
        ("criterion", AGE | {"max": 45}, "max", 20, "value"),
        ("criterion", {"criterion": "language", "language": "en", "level": "B1"}, "level", "A2", None),
        ("criterion", {"criterion": "language", "language": "en", "level": "B1"}, "level", "B2", "strictest"),
        ("criterion", {"criterion": "experience", "years": 2}, "years", 3, "strictest"),
        ("criterion", {"criterion": "qualification", "isced": 3}, "isced", 2, None),
        ("contract_term", WAGE, "min", sar("1499.99"), None),
        ("contract_term", WAGE, "min", sar("1500.01"), "strictest"),
        ("contract_term", WAGE, "min", {"amount": "400", "currency": "USD"}, None),
        ("contract_term", {"term": "hours_per_week", "max": 48}, "max", 47, "strictest"),
        ("contract_term", {"term": "food", "equals": True}, "equals", False, None),
        ("fee", FEE | {"cap": sar("100")}, "cap", sar("101"), None),
        ("fee", FEE | {"cap": sar("100")}, "cap", sar("99"), "strictest"),
        ("fee", FEE | {"cap": sar("100")}, "cap", {"amount": "0"}, "strictest"),
        ("fee", FEE | {"cap": {"amount": "0"}}, "cap", sar("99"), None),
        ("fee", FEE | {"cap": {"months_of_wage": "1"}}, "cap", {"months_of_wage": "0.5"}, "strictest"),
        ("fee", FEE | {"cap": {"months_of_wage": "1"}}, "cap", sar("5"), None),
        ("fee", FEE | {"cap": sar("100")}, "cap", "much", "value"),
        ("bar", {"prohibits": "departure", "reason": "War"}, "reason", "Unrest", None),
        ("bar", {"prohibits": "departure", "reason": "War"}, "code", "x", "one_of"),
    ],
)
def test_an_effect_states_the_strictest_of_its_sources(
    kind: str, effect: dict[str, Any], attribute: str, value: Any, wrong: str | None
) -> None:
    found = dispute_error(read_effect(kind, effect), attribute, value)
    assert (found.rule if found else None) == wrong
