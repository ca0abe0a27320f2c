"""A rule: one activated version of it, and which version binds a case."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from imdi_legislation.domain.conditions import Answer, Condition
from imdi_legislation.domain.effects import Effect
from imdi_legislation.domain.facts import Facts
from imdi_legislation.domain.scope import Scope

CONFIDENCE = ("primary", "secondary", "disputed")
"""Strongest first."""


ASSESSED = ("bar", "contract_term", "fee")
REQUIRED = ("bar", "criterion", "requirement", "protection")
"""Kinds of rules by which vacancies are assessed, and by which preparations are answered."""


@dataclass(frozen=True, slots=True)
class Reference:
    id: str
    code: str
    version: int


@dataclass(frozen=True, slots=True)
class Basis:
    """Where a rule stands in the law: the instrument's id and title, and the provision."""

    instrument: str
    title: str
    provision: str | None


@dataclass(frozen=True, slots=True)
class Source:
    """One of the sources that disagree on an attribute of a rule's effect."""

    attribute: str
    value: Any
    basis: tuple[Basis, ...]
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """One activated version of a rule code; it binds from ``begins`` to ``ends``, both days included."""

    id: str
    code: str
    version: int
    kind: str
    scope: Scope
    condition: Condition | None
    effect: Effect
    basis: tuple[Basis, ...]
    begins: date
    ends: date | None = None
    opened_after: bool = False
    """It binds only the cases opened on or after ``begins``."""
    replaces: str | None = None
    """The id of the version that its activation ended."""
    confidence: str = "secondary"
    disputed: tuple[Source, ...] = ()

    @property
    def reference(self) -> Reference:
        return Reference(self.id, self.code, self.version)

    def in_force(self, on: date) -> bool:
        return self.begins <= on and (self.ends is None or on <= self.ends)

    def ask(self, facts: Facts) -> Answer:
        """Whether the rule applies; without a condition it does."""
        return self.condition.ask(facts) if self.condition else Answer(True)


def binding(versions: Sequence[Rule], on: date, opened: date) -> Rule | None:
    """The version of one code that binds a case judged ``on`` a day and ``opened`` on another.

    It is the version in force on that day; where that one spares the case, the version it replaced, and so on back,
    each as if it had not ended.
    """
    by_id = {version.id: version for version in versions}
    bound = next((version for version in versions if version.in_force(on)), None)
    while bound is not None and bound.opened_after and opened < bound.begins:
        bound = by_id.get(bound.replaces or "")
    return bound
