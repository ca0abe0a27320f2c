"""Rules as matching holds them: which version binds, on whom, and what it makes of one worker."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from imdi_matching.domain.candidates import level_number
from imdi_matching.domain.screening import LANGUAGE, Facts, Screen, judge, look_up, needs_fact

ANY = "*"
Outcome = Literal["met", "missing_evidence", "trainable", "recognition_pending", "not_met"]


@dataclass(frozen=True, slots=True)
class Version:
    """One activated version of a rule, binding from its first day to its last, both included."""

    id: str
    code: str
    version: int
    kind: str
    origins: tuple[str, ...]
    destinations: tuple[str, ...]
    occupations: tuple[str, ...]
    """ISCO-08 prefixes."""
    screen: Screen | None
    effect: Mapping[str, Any]
    basis: tuple[Mapping[str, Any], ...]
    effective_from: date
    effective_until: date | None
    opened_after: bool
    """It binds only cases opened on or after its first day."""
    replaces: str | None
    """The id of the version that binds the cases it spares."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What a criterion, legal or wished for, says of one worker. ``weight`` is ``None`` where nothing is scored."""

    criterion: str
    outcome: Outcome
    weight: float | None
    detail: str
    basis: tuple[Mapping[str, Any], ...] = ()
    rule: Version | None = None


@dataclass(frozen=True, slots=True)
class Bar:
    """The law forbids this match; the reason is the bar's own, or the criterion that a known fact fails."""

    reason: str


def binding(versions: Iterable[Version], on: date, opened_on: date) -> Version | None:
    """The version of a rule that binds on a day a case that was opened on another.

    Where the version of the day spares the case, the one it replaced binds, and so on back, as if that had not ended.
    """
    by_id = {version.id: version for version in versions}
    bound = next((version for version in by_id.values() if _in_force(version, on)), None)
    while bound and bound.opened_after and opened_on < bound.effective_from:
        bound = by_id.get(bound.replaces) if bound.replaces else None
    return bound


def _in_force(version: Version, on: date) -> bool:
    return version.effective_from <= on and (version.effective_until is None or on <= version.effective_until)


def in_scope(version: Version, origin: str | None, destination: str, occupation: str) -> bool:
    """Whether a version reaches a corridor and an occupation."""
    return (
        (ANY in version.origins or origin in version.origins)
        and (ANY in version.destinations or destination in version.destinations)
        and any(prefix == ANY or occupation.startswith(prefix) for prefix in version.occupations)
    )


def apply(version: Version, facts: Facts) -> Bar | Finding | None:
    """What a bar or criterion in scope makes of a worker; ``None`` where it does not concern this one."""
    if version.kind == "bar" and version.effect["prohibits"] != "recruitment":
        return None  # a bar to departure binds the preparation
    applies = True if version.screen is None else judge(version.screen, facts)
    name = str(version.effect.get("criterion", "recruitment"))
    if applies is None:
        unknown = needs_fact(version.screen, facts) if version.screen else None
        return _finding(version, name, "missing_evidence", f"depends on {unknown or 'a fact that cannot be compared'}")
    if not applies:
        return None
    if version.kind == "bar":
        return Bar(str(version.effect["reason"]))
    return _CRITERIA[name](version, facts)


def _finding(version: Version, criterion: str, outcome: Outcome, detail: str) -> Finding:
    return Finding(criterion, outcome, None, detail, version.basis, version)


def _age(version: Version, facts: Facts) -> Bar | Finding:
    age = look_up(facts, "worker.age")
    if age is None:
        return _finding(version, "age", "missing_evidence", "worker.age is not known")
    low, high = version.effect.get("min"), version.effect.get("max")
    if (low is not None and int(age) < low) or (high is not None and int(age) > high):
        return Bar("age")
    return _finding(version, "age", "met", "within the ages that the law allows")


def _language(version: Version, facts: Facts) -> Finding:
    language, level = version.effect["language"], version.effect["level"]
    held = int(look_up(facts, LANGUAGE + language) or 0)
    met = held >= level_number(level)
    return _finding(version, "language", "met" if met else "trainable", f"{language} {level} is required")


def _experience(version: Version, facts: Facts) -> Finding:
    years = int(version.effect["years"])
    met = int(look_up(facts, "worker.experience_years") or 0) >= years
    return _finding(version, "experience", "met" if met else "not_met", f"{years} years are required")


def _qualification(version: Version, facts: Facts) -> Finding:
    wanted, held = int(version.effect["isced"]), look_up(facts, "worker.isced")
    if held is None:
        return _finding(version, "qualification", "missing_evidence", "worker.isced is not known")
    met = int(held) >= wanted
    return _finding(version, "qualification", "met" if met else "not_met", f"ISCED level {wanted} is required")


def _recognition(version: Version, _: Facts) -> Finding:
    return _finding(version, "recognition", "recognition_pending", f"recognition as {version.effect['profession']}")


_CRITERIA: Mapping[str, Callable[[Version, Facts], Bar | Finding]] = {
    "age": _age,
    "language": _language,
    "experience": _experience,
    "qualification": _qualification,
    "recognition": _recognition,
}
