"""What other sources say of one attribute of a rule's effect: which attributes and values may be recorded so."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from typing import Any

from imdi_legislation.domain.effects import LEVELS, Cap, Effect, Requirement, kind_of, read_effect
from imdi_legislation.domain.fields import FieldError, Invalid
from imdi_legislation.domain.items import DISPUTABLE
from imdi_legislation.domain.money import Money
from imdi_legislation.domain.plain import plain_effect


def dispute_error(effect: Effect, attribute: str, value: Any) -> FieldError | None:
    """What is wrong with the other value, which must be one that the effect could have.

    Of an item the strictest source governs; any other effect must state the strictest itself.
    """
    names = DISPUTABLE if isinstance(effect, Requirement) else [field.name for field in fields(effect)]
    if attribute not in names:
        return FieldError("attribute", "one_of", f"One of: {', '.join(names)}.")
    try:
        other = read_effect(kind_of(effect), _beside_lead(plain_effect(effect) | {attribute: value}, attribute))
    except Invalid:
        return FieldError("value", "value", "A value that this attribute can have.")
    theirs, ours = getattr(other, attribute), getattr(effect, attribute)
    if value is None and theirs is not None:
        return FieldError("value", "value", "A value that this attribute can have.")
    if not isinstance(effect, Requirement) and _is_stricter(attribute, theirs, ours):
        return FieldError("value", "strictest", "The effect states the strictest of all that its sources say.")
    return None


def _beside_lead(effect: dict[str, Any], attribute: str) -> dict[str, Any]:
    """A source may give a lead in the other kind of days."""
    other = {"lead_days": "lead_working_days", "lead_working_days": "lead_days"}.get(attribute)
    return {name: value for name, value in effect.items() if name != other}


def _is_stricter(attribute: str, theirs: Any, ours: Any) -> bool:
    """Whether it binds more than ours; what is in another currency cannot be told."""
    if attribute not in _RANKS or theirs is None:
        return False
    if ours is None:
        return True
    rank = _RANKS[attribute]
    return _unit(theirs) in (_unit(ours), "zero") and bool(rank(theirs) > rank(ours))


def _unit(value: Any) -> str:
    if isinstance(value, Cap):
        return "months" if value.months_of_wage is not None else _unit(value.money) if value.money else "zero"
    return value.currency if isinstance(value, Money) else ""


def _number(value: Any) -> Any:
    if isinstance(value, Cap):
        return value.months_of_wage if value.months_of_wage is not None else _number(value.money) if value.money else 0
    return value.amount if isinstance(value, Money) else value


_RANKS: dict[str, Callable[[Any], Any]] = {
    "min": _number,
    "max": lambda value: -_number(value),
    "level": LEVELS.index,
    "years": _number,
    "isced": _number,
    "cap": lambda cap: -_number(cap),
}
"""The more, the stricter."""
