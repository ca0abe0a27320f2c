from __future__ import annotations

from typing import Any

import pytest
from pydantic import TypeAdapter

from imdi_contracts.legislation import Screen
from imdi_legislation.domain.conditions import Refused, compile_condition
from imdi_legislation.domain.screening import screen

AGE: dict[str, Any] = {"fact": "worker.age", "op": "<", "value": 30}
SEX: dict[str, Any] = {"fact": "worker.sex", "op": "==", "value": "female"}


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("worker.age < 30", AGE),
        ("worker.age != -1", {"fact": "worker.age", "op": "!=", "value": -1}),
        ("worker.facts.ecr == true", {"fact": "worker.facts.ecr", "op": "==", "value": True}),
        ("worker.facts.ecr == false", {"fact": "worker.facts.ecr", "op": "==", "value": False}),
        ("worker.language.en >= 3", {"fact": "worker.language.en", "op": ">=", "value": 3}),
        ("worker.country in ['PH', 'NP']", {"fact": "worker.country", "op": "in", "value": ["PH", "NP"]}),
        ("worker.age < 30 && worker.sex == 'female'", {"all": [AGE, SEX]}),
        ("worker.age < 30 || worker.sex == 'female' || worker.age < 30", {"any": [AGE, SEX, AGE]}),
        ("!(worker.age < 30 && worker.sex == 'female')", {"negated": {"all": [AGE, SEX]}}),
        (
            "worker.age < 30 && (worker.sex == 'female' || !(worker.age < 30))",
            {"all": [AGE, {"any": [SEX, {"negated": AGE}]}]},
        ),
    ],
)  # fmt: skip
def test_a_screening_condition_is_a_tree_of_the_contract(text: str, tree: dict[str, Any]) -> None:
    read = screen(compile_condition(text))
    assert read == tree
    adapter: TypeAdapter[Any] = TypeAdapter(Screen)
    assert adapter.dump_python(adapter.validate_python(read)) == tree


@pytest.mark.parametrize(
    ("text", "column"),
    [
        ("18 <= worker.age", 1),
        ("worker.age + 1 > 3", 12),
        ("worker.age > 3 ? true : false", 16),
        ("worker.facts.x || worker.age < 3", 13),
        ("vacancy.monthly_wage > 3", 8),
        ("placement.first_departure == true", 10),
        ("worker.sex.startsWith('f')", 22),
        ("worker.sex == worker.country", 21),
        ("worker.sex in [worker.country]", 22),
        ("worker.age in [1, 2].filter(n, n > 1)", 28),
        ("true", 1),
        ("worker.age < 30 && size(worker.sex) > 3", 24),
    ],
)
def test_anything_else_is_refused_with_its_place(text: str, column: int) -> None:
    condition = compile_condition(text)
    with pytest.raises(Refused) as refused:
        screen(condition)
    assert (refused.value.line, refused.value.column) == (1, column)
