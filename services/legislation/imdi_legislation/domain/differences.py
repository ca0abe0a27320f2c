"""What differs between two versions of a rule, or a rule in a pack and the law: attribute by attribute."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_WHOLES = ("scope", "effect", "effective")
_COMPARED = (
    "when", "basis", "transition", "confidence", "verified_on", "verified_by", "disputed", "source", "note",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Difference:
    """One attribute by its dotted name (``effect.validity``), and what it says in each; None where it is not said."""

    attribute: str
    before: Any
    after: Any


def differences(before: Mapping[str, Any] | None, after: Mapping[str, Any]) -> list[Difference]:
    """Between two rules as they are shown: scope, condition, effect, basis, period, sources; not who and when."""
    earlier, later = _attributes(before or {}), _attributes(after)
    names = [*later, *(name for name in earlier if name not in later)]
    pairs = [(name, earlier.get(name), later.get(name)) for name in names]
    return [Difference(name, one, other) for name, one, other in pairs if one != other]


def _attributes(rule: Mapping[str, Any]) -> dict[str, Any]:
    parts = {f"{whole}.{name}": value for whole in _WHOLES for name, value in (rule.get(whole) or {}).items()}
    return parts | {name: rule.get(name) for name in _COMPARED}
