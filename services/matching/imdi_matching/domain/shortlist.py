"""Who is listed for a vacancy, who is barred by law and why, and in which order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from imdi_matching.domain.candidates import Candidate, is_eligible, screening_facts
from imdi_matching.domain.law import Bar, Finding, Version, apply, binding, in_scope
from imdi_matching.domain.scoring import score
from imdi_matching.domain.vacancies import Terms


@dataclass(frozen=True, slots=True)
class Opening:
    """A vacancy as workers are judged for it."""

    vacancy_id: str
    terms: Terms
    owner_kind: str
    submitted_on: date


@dataclass(frozen=True, slots=True)
class Match:
    """One worker for one vacancy, with the reasons: first the law's (never scored), then the scored."""

    worker_id: str
    vacancy_id: str
    score: float
    criteria: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Barred:
    """One worker whom the law keeps from one vacancy."""

    reasons: frozenset[str]


@dataclass(frozen=True, slots=True)
class Shortlist:
    """Matches, the best first; how many the law bars, and how often for each reason."""

    matches: tuple[Match, ...]
    barred: int
    reasons: Mapping[str, int]


def laws_for(opening: Opening, rules: Iterable[Sequence[Version]], origin: str | None) -> tuple[Version, ...]:
    """The bars and criteria that bind the corridor on the vacancy's first day."""
    bound = (binding(versions, opening.terms.start_on, opening.submitted_on) for versions in rules)
    terms = opening.terms
    return tuple(law for law in bound if law and in_scope(law, origin, terms.country, terms.occupation))


def consider(candidate: Candidate, opening: Opening, laws: Iterable[Version]) -> Match | Barred | None:
    """What becomes of one worker; ``None`` where the vacancy is not for this worker at all."""
    if not is_eligible(candidate, opening.terms):
        return None
    facts = screening_facts(candidate, opening.terms, opening.owner_kind)
    judged = [said for law in laws if (said := apply(law, facts))]
    reasons = frozenset(said.reason for said in judged if isinstance(said, Bar))
    if reasons:
        return Barred(reasons)
    reached, scored = score(candidate, opening.terms)
    legal = tuple(said for said in judged if isinstance(said, Finding))
    return Match(candidate.worker_id, opening.vacancy_id, reached, legal + scored)


def compile_shortlist(verdicts: Iterable[Match | Barred | None]) -> Shortlist:
    """Order the matches: the highest score first, equals by the ids."""
    matches: list[Match] = []
    reasons: Counter[str] = Counter()
    barred = 0
    for verdict in verdicts:
        if isinstance(verdict, Match):
            matches.append(verdict)
        elif verdict:
            barred += 1
            reasons.update(verdict.reasons)
    matches.sort(key=lambda match: (-match.score, match.worker_id, match.vacancy_id))
    return Shortlist(tuple(matches), barred, dict(sorted(reasons.items())))


def shortlist(candidates: Iterable[Candidate], opening: Opening, rules: Sequence[Sequence[Version]]) -> Shortlist:
    """The shortlist of a vacancy among candidates who consented and are not agreed elsewhere."""
    laws = {origin: laws_for(opening, rules, origin) for origin in opening.terms.origins}
    return compile_shortlist(
        consider(candidate, opening, laws.get(candidate.country or "", ())) for candidate in candidates
    )
