"""A worker as matching sees one: pseudonymous legal facts from registry, and what the profile claims."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from imdi_matching.domain.occupations import Experience, nearest, years_in
from imdi_matching.domain.screening import LANGUAGE, Fact
from imdi_matching.domain.vacancies import Money, Terms

CEFR = ("A1", "A2", "B1", "B2", "C1", "C2")


@dataclass(frozen=True, slots=True)
class Candidate:
    worker_id: str
    birth_date: date | None
    sex: str | None
    nationality: str | None
    country: str | None
    occupations: tuple[Experience, ...]
    skills: frozenset[str]
    languages: Mapping[str, str]
    """The highest CEFR level of each language, by its primary subtag."""
    isced: int | None
    """The highest ISCED 2011 level among the qualifications stated; ``None`` where none is."""
    available_from: date
    destinations: frozenset[str]
    """Where the worker wishes to go; empty is anywhere."""
    wage_floor: Money | None
    facts: Mapping[str, Fact]


def level_number(level: str | None) -> int:
    """A CEFR level as a fact: 0 for none, 1 for A1 … 6 for C2."""
    return 0 if level is None else CEFR.index(level) + 1


def primary(language: str) -> str:
    """The language of a BCP 47 tag, whatever script or region it names: ``en`` of ``en-GB``. The law knows no other."""
    return language.split("-", maxsplit=1)[0]


def spoken(stated: Iterable[tuple[str, str]]) -> dict[str, str]:
    """The highest level stated of each language."""
    highest: dict[str, str] = {}
    for language, level in stated:
        code = primary(language)
        highest[code] = max(level, highest.get(code, level), key=level_number)
    return highest


def age_on(birth_date: date, day: date) -> int:
    """Completed years; who was born on 29 February completes one on 1 March of a common year."""
    return day.year - birth_date.year - ((day.month, day.day) < (birth_date.month, birth_date.day))


def is_eligible(candidate: Candidate, terms: Terms) -> bool:
    """Whether a vacancy is for this worker at all: its country, an occupation near enough, available by the start."""
    return (
        candidate.country in terms.origins
        and nearest(candidate.occupations, terms.occupation) > 0
        and candidate.available_from <= terms.start_on
    )


def screening_facts(candidate: Candidate, terms: Terms, owner_kind: str) -> dict[str, Fact]:
    """The screening facts of a worker for a vacancy, ages on its first day; the unknown left out.

    What a profile claims of a recognition is none: that is the authority's to say (``domain.recognition``).
    """
    age = None if candidate.birth_date is None else age_on(candidate.birth_date, terms.start_on)
    known: dict[str, Fact | None] = {
        "worker.age": age,
        "worker.sex": candidate.sex,
        "worker.nationality": candidate.nationality,
        "worker.country": candidate.country,
        "worker.experience_years": years_in(candidate.occupations, terms.occupation),
        "worker.isced": candidate.isced,
        "vacancy.occupation": terms.occupation,
        "vacancy.destination": terms.country,
        "vacancy.currency": terms.wage.currency,
        "vacancy.employer_kind": terms.employer_kind,
        "vacancy.owner_kind": owner_kind,
    }
    known |= {f"{LANGUAGE}{language}": level_number(level) for language, level in candidate.languages.items()}
    known |= {f"worker.facts.{name}": value for name, value in candidate.facts.items() if not is_decided(name)}
    return {name: value for name, value in known.items() if value is not None}


def is_decided(name: str) -> bool:
    """Whether of ``worker.facts.<name>`` an authority decides: ``recognised_<profession>``, ``recognition_…``."""
    return name.startswith(("recognised_", "recognition_"))
