"""The facts that a rule's ``when`` may read: their full dotted names and types, and which of them screen.

Dates are strings ``YYYY-MM-DD``, money is int minor units, a language level is 0 (none) to 6 (C2).
"""

from __future__ import annotations

import re
from typing import Literal

FactType = Literal["bool", "int", "string"]
FactValue = bool | int | str
Facts = dict[str, FactValue]
"""Known facts by full name; a fact that is not known is left out, never null."""

CONTRACT: dict[str, FactType] = {
    "months": "int",
    "hours_per_week": "int",
    "hours_per_day": "int",
    "rest_days_per_week": "int",
    "annual_leave_days": "int",
    "accommodation": "bool",
    "food": "bool",
    "retains_documents": "bool",
    "ticket_paid_by": "string",
}
"""The fields of a vacancy's contract, which are also its regulated terms beside ``monthly_wage``."""

_SCREENING: dict[str, FactType] = {
    "worker.age": "int",
    "worker.sex": "string",
    "worker.nationality": "string",
    "worker.country": "string",
    "worker.experience_years": "int",
    "worker.isced": "int",
    "vacancy.occupation": "string",
    "vacancy.destination": "string",
    "vacancy.currency": "string",
    "vacancy.employer_kind": "string",
    "vacancy.owner_kind": "string",
}
_OTHERS: dict[str, FactType] = {
    "vacancy.monthly_wage": "int",
    **{f"vacancy.contract.{field}": kind for field, kind in CONTRACT.items()},
    "placement.departure_on": "string",
    "placement.first_departure": "bool",
}
_LISTED = _SCREENING | _OTHERS
_LANGUAGE = re.compile(r"worker\.language\.[a-z]{2,3}")
_ANSWER = re.compile(r"worker\.facts\.[a-z][a-z0-9_]{0,63}")


def is_fact(name: str) -> bool:
    return name in _LISTED or bool(_LANGUAGE.fullmatch(name)) or is_answer(name)


def is_answer(name: str) -> bool:
    """Whether it is ``worker.facts.<name>``, whose type the rules that read it decide."""
    return bool(_ANSWER.fullmatch(name))


def type_of(name: str) -> FactType:
    """The type of a fact of the table; an answer's is not here."""
    return "int" if _LANGUAGE.fullmatch(name) else _LISTED[name]


def is_screening(name: str) -> bool:
    """Whether matching holds it as a column."""
    return name in _SCREENING or bool(_LANGUAGE.fullmatch(name)) or is_answer(name)


def asks_the_worker(name: str) -> bool:
    return name.startswith("worker.")


def type_of_value(value: FactValue) -> FactType:
    return "bool" if isinstance(value, bool) else "int" if isinstance(value, int) else "string"


def sample(name: str, kind: FactType) -> FactValue:
    """A likely value, to try a condition with before it becomes law."""
    likely: Facts = {
        "worker.sex": "female",
        "worker.nationality": "PH",
        "worker.country": "PH",
        "vacancy.occupation": "5322",
        "vacancy.destination": "SA",
        "vacancy.currency": "SAR",
        "vacancy.employer_kind": "household",
        "vacancy.owner_kind": "employer",
        "vacancy.contract.ticket_paid_by": "employer",
        "placement.departure_on": "2027-03-01",
    }
    by_type: dict[FactType, FactValue] = {"bool": False, "int": 0, "string": "text"}
    return likely.get(name, by_type[kind])
