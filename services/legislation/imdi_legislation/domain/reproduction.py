"""An answer reached anew from what was kept of it: its facts, and the versions of rules that it names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from imdi_legislation.domain.breaches import Offer
from imdi_legislation.domain.determination import assess, determine
from imdi_legislation.domain.facts import Facts
from imdi_legislation.domain.plain import canonical
from imdi_legislation.domain.rules import Rule

_TOLD_LATER = frozenset({"protections", "disputed"})
"""What answers did not tell at first: that an old one lacks it is no difference."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One place in an answer (``items.0.validity``): what it says as kept, and anew; None where it is not said."""

    path: str
    kept: Any
    found: Any


def determined_anew(rules: Sequence[Rule], facts: Facts, salt: str | None = None) -> dict[str, Any]:
    """The requirements of a preparation as they are told, and the hash of their input."""
    found = determine(rules, facts, salt)
    return found.told | {"input_hash": found.input_hash}


def assessed_anew(
    rules: Sequence[Rule], facts: Facts, offer: Offer, origins: Iterable[str], on: date
) -> dict[str, Any]:
    """The assessment of a vacancy as it is told, and the hash of its input.

    ``rules`` bound for any of the origins: each binds for those in its scope on the day judged.
    """
    where = str(facts.get("vacancy.destination")), str(facts.get("vacancy.occupation")), on
    found = assess(
        {origin: [rule for rule in rules if rule.scope.covers(origin, *where)] for origin in origins}, facts, offer
    )
    return found.told | {"input_hash": found.input_hash}


def differences(kept: Any, found: Any, path: str = "") -> list[Difference]:
    """Every place at which two answers, as JSON, differ; lists of different lengths differ as a whole."""
    if isinstance(kept, Mapping) and isinstance(found, Mapping):
        names = [*kept, *(name for name in found if name not in kept and name not in _TOLD_LATER)]
        within = [differences(kept.get(name), found.get(name), _below(path, name)) for name in names]
    elif isinstance(kept, list) and isinstance(found, list) and len(kept) == len(found):
        pairs = zip(kept, found, strict=True)
        within = [differences(one, other, _below(path, place)) for place, (one, other) in enumerate(pairs)]
    else:
        return [] if canonical(kept) == canonical(found) else [Difference(path, kept, found)]
    return [difference for each in within for difference in each]


def _below(path: str, name: object) -> str:
    return f"{path}.{name}" if path else str(name)
