"""How well a worker fits what the owner asks, and the vacancy what the worker asks: scored, and never decisive.

Sex, age and nationality are not among the inputs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from imdi_matching.domain.candidates import Candidate, level_number, primary
from imdi_matching.domain.law import Finding, Outcome
from imdi_matching.domain.occupations import SAME_UNIT_GROUP, nearest, years_in
from imdi_matching.domain.vacancies import Terms

WEIGHTS: Mapping[str, float] = {
    "occupation": 0.20,
    "skills_essential": 0.25,
    "skills_optional": 0.10,
    "language": 0.15,
    "experience": 0.15,
    "destination": 0.05,
    "wage": 0.05,
    "availability": 0.05,
}
"""What each criterion weighs where it is asked for; a score is the mean over those, between 0 and 1."""
ENOUGH_YEARS = 5
"""More years than these in the occupation say no more."""
READY_DAYS = 30
"""Who is available this long before the start has all the time that a preparation usually takes."""


@dataclass(frozen=True, slots=True)
class _Mark:
    """How far (0 to 1) a criterion is met, and how that is told."""

    degree: float
    outcome: Outcome
    detail: str


def score(candidate: Candidate, terms: Terms) -> tuple[float, tuple[Finding, ...]]:
    """A score between 0 and 1, to four decimals, and its reasons; criteria that nobody asks for are left out."""
    marks = {name: mark for name, rate in _RATES.items() if (mark := rate(candidate, terms))}
    total = sum(WEIGHTS[name] for name in marks)
    reached = sum(WEIGHTS[name] * mark.degree for name, mark in marks.items())
    findings = tuple(Finding(name, mark.outcome, WEIGHTS[name], mark.detail) for name, mark in marks.items())
    return round(reached / total, 4), findings


def _occupation(candidate: Candidate, terms: Terms) -> _Mark:
    near = nearest(candidate.occupations, terms.occupation)
    same = near == SAME_UNIT_GROUP
    detail = f"in {terms.occupation}" if same else f"in the minor group {terms.occupation[:3]}"
    return _Mark(near, "met" if same else "trainable", detail)


def _skills(held: frozenset[str], wanted: frozenset[str]) -> _Mark | None:
    if not wanted:
        return None
    have = len(held & wanted)
    return _Mark(have / len(wanted), "met" if have == len(wanted) else "trainable", f"{have} of {len(wanted)}")


def _language(candidate: Candidate, terms: Terms) -> _Mark | None:
    if not terms.languages:
        return None
    degrees = list(_language_degrees(candidate, terms))
    below = sorted(language for language, degree in degrees if degree < 1)
    detail = f"below the level asked in {', '.join(below)}" if below else "at the levels asked"
    return _Mark(sum(degree for _, degree in degrees) / len(degrees), "trainable" if below else "met", detail)


def _language_degrees(candidate: Candidate, terms: Terms) -> Iterator[tuple[str, float]]:
    for language, level in terms.languages:
        held = level_number(candidate.languages.get(primary(language)))
        yield language, min(held / level_number(level), 1.0)


def _experience(candidate: Candidate, terms: Terms) -> _Mark:
    years = years_in(candidate.occupations, terms.occupation)
    return _Mark(min(years / ENOUGH_YEARS, 1.0), "met" if years else "not_met", f"{years} years in {terms.occupation}")


def _destination(candidate: Candidate, terms: Terms) -> _Mark | None:
    if not candidate.destinations:
        return None
    wished = terms.country in candidate.destinations
    return _Mark(float(wished), "met" if wished else "not_met", f"{terms.country} is {'' if wished else 'not '}wished")


def _wage(candidate: Candidate, terms: Terms) -> _Mark | None:
    """Whether the worker's own floor is reached; one in another currency cannot be compared and asks nothing."""
    floor = candidate.wage_floor
    if floor is None or floor.currency != terms.wage.currency:
        return None
    reached = terms.wage.amount >= floor.amount
    return _Mark(float(reached), "met" if reached else "not_met", "the wage is " + ("enough" if reached else "too low"))


def _availability(candidate: Candidate, terms: Terms) -> _Mark:
    spare = (terms.start_on - candidate.available_from).days
    return _Mark(min(max(spare, 0) / READY_DAYS, 1.0), "met", f"available {spare} days before the start")


_RATES: Mapping[str, Callable[[Candidate, Terms], _Mark | None]] = {
    "occupation": _occupation,
    "skills_essential": lambda candidate, terms: _skills(candidate.skills, terms.essential_skills),
    "skills_optional": lambda candidate, terms: _skills(candidate.skills, terms.optional_skills),
    "language": _language,
    "experience": _experience,
    "destination": _destination,
    "wage": _wage,
    "availability": _availability,
}
