"""Rules for the tables of cases."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from itertools import count
from typing import Any

import pytest

from imdi_legislation.domain.conditions import compile_condition
from imdi_legislation.domain.effects import read_effect
from imdi_legislation.domain.rules import Basis, Rule
from imdi_legislation.domain.scope import Scope

MakeRule = Callable[..., Rule]
ITEM = {
    "code": "medical_examination",
    "category": "medical",
    "title": "Medical examination",
    "performed_by": "medical_provider",
}


@pytest.fixture(scope="session")
def item() -> Callable[..., dict[str, Any]]:
    """A requirement's effect, with what a case changes."""

    def make(**changed: Any) -> dict[str, Any]:
        return ITEM | changed

    return make


@pytest.fixture(scope="session")
def rule() -> MakeRule:
    """An activated rule: a requirement from PH to SA unless a case says otherwise."""
    numbers = count(1)

    def make(code: str = "rule", effect: dict[str, Any] | None = None, kind: str = "requirement", **said: Any) -> Rule:
        where = [said.pop(name, default) for name, default in (("origins", "PH"), ("destinations", "SA"))]
        when = said.pop("when", None)
        return Rule(
            id=said.pop("id", f"id-{code}-{next(numbers)}"),
            code=code,
            version=said.pop("version", 1),
            kind=kind,
            scope=Scope(tuple(where[0].split()), tuple(where[1].split()), tuple(said.pop("occupations", "*").split())),
            condition=compile_condition(when) if when else None,
            effect=read_effect(kind, effect or ITEM),
            basis=(Basis(f"instrument-{code}", f"Act of {code}", "art. 1"),),
            begins=said.pop("begins", date(2020, 1, 1)),
            **said,
        )

    return make
