"""How two procedures differ: steps added and removed, and what changed, attribute by attribute."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

from imdi_legislation.domain.plain import plain
from imdi_legislation.domain.procedures import Step

_AS_SETS = ("documents_in", "documents_out", "after")
"""Their order says nothing."""


@dataclass(frozen=True, slots=True)
class Changed:
    """One attribute of a step, as it was and as it is, as plain JSON."""

    attribute: str
    before: Any
    then: Any


@dataclass(frozen=True, slots=True)
class ChangedStep:
    step: str
    attributes: tuple[Changed, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    added: tuple[Step, ...]
    removed: tuple[Step, ...]
    changed: tuple[ChangedStep, ...]
    order_changed: bool
    """Whether the steps that both have are listed in another order."""

    @property
    def empty(self) -> bool:
        return not (self.added or self.removed or self.changed or self.order_changed)


def difference(before: tuple[Step, ...], then: tuple[Step, ...]) -> Difference:
    """What changes from one to the other; steps are the same where their codes are."""
    old, new = {step.code: step for step in before}, {step.code: step for step in then}
    changed = [ChangedStep(code, _attributes(old[code], new[code])) for code in old if code in new]
    return Difference(
        added=tuple(step for step in then if step.code not in old),
        removed=tuple(step for step in before if step.code not in new),
        changed=tuple(step for step in changed if step.attributes),
        order_changed=[code for code in old if code in new] != [code for code in new if code in old],
    )


def _attributes(old: Step, new: Step) -> tuple[Changed, ...]:
    names = [field.name for field in fields(Step) if _compared(old, field.name) != _compared(new, field.name)]
    return tuple(Changed(name, plain(getattr(old, name)), plain(getattr(new, name))) for name in names)


def _compared(step: Step, name: str) -> Any:
    value = getattr(step, name)
    return set(value) if name in _AS_SETS else value
