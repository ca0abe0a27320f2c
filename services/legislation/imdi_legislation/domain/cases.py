"""What a case is judged on: facts of a worker, a profile and the terms of a vacancy or placement."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from imdi_legislation.domain.effects import LEVELS
from imdi_legislation.domain.facts import Facts, FactType, FactValue, is_answer, type_of_value
from imdi_legislation.domain.money import Money

ANSWERABLE = ("placement.first_departure",)
"""Facts, beside ``worker.facts.…``, that may be answered on a preparation."""


@dataclass(frozen=True, slots=True)
class Worker:
    """The legal facts of a person; None where not known."""

    birth_date: date | None
    sex: str | None
    nationality: str | None
    country: str | None


@dataclass(frozen=True, slots=True)
class Profile:
    """What a worker can do: years by ISCO unit group, CEFR level by language, the highest ISCED, answered facts."""

    experience: Mapping[str, int]
    languages: Mapping[str, str]
    isced: int | None
    facts: Mapping[str, FactValue]


@dataclass(frozen=True, slots=True)
class Terms:
    """The terms on which a vacancy, or a placement agreed, is judged."""

    occupation: str
    destination: str
    wage: Money | None = None
    contract: Mapping[str, FactValue] = field(default_factory=dict)
    employer_kind: str | None = None
    owner_kind: str | None = None


def age(birth_date: date, on: date) -> int:
    """Full years on a day. Who was born on 29 February turns a year older on 1 March of a common year."""
    return on.year - birth_date.year - ((on.month, on.day) < (birth_date.month, birth_date.day))


def worker_facts(worker: Worker, on: date) -> Facts:
    """A person's legal facts on the day judged."""
    return _known({
        "worker.age": age(worker.birth_date, on) if worker.birth_date else None,
        "worker.sex": worker.sex,
        "worker.nationality": worker.nationality,
        "worker.country": worker.country,
    })  # fmt: skip


def profile_facts(profile: Profile, occupation: str, languages: Iterable[str]) -> Facts:
    """A profile's facts; experience in the occupation and each language asked for count 0 where it names none."""
    known = {language.split("-")[0]: 0 for language in languages}
    for language, level in profile.languages.items():
        code = language.split("-")[0]
        known[code] = max(known.get(code, 0), LEVELS.index(level) + 1)
    answers = {f"worker.facts.{name}": value for name, value in profile.facts.items()}
    return _known({
        "worker.experience_years": profile.experience.get(occupation, 0),
        "worker.isced": profile.isced,
        **{f"worker.language.{code}": level for code, level in known.items()},
        **{name: value for name, value in answers.items() if is_answer(name)},
    })  # fmt: skip


def terms_facts(terms: Terms) -> Facts:
    """The facts of a vacancy's terms."""
    return _known({
        "vacancy.occupation": terms.occupation,
        "vacancy.destination": terms.destination,
        "vacancy.currency": terms.wage.currency if terms.wage else None,
        "vacancy.monthly_wage": terms.wage.minor if terms.wage else None,
        "vacancy.employer_kind": terms.employer_kind,
        "vacancy.owner_kind": terms.owner_kind,
        **{f"vacancy.contract.{name}": value for name, value in terms.contract.items()},
    })  # fmt: skip


def answered(answers: Mapping[str, FactValue]) -> Facts:
    """Those of the facts answered on a preparation that may be answered there."""
    return {name: value for name, value in answers.items() if is_answer(name) or name in ANSWERABLE}


def rightly_typed(facts: Facts, types: Mapping[str, FactType]) -> Facts:
    """The facts without answers of another type than the law fixed: those count as not answered."""
    return {
        name: value for name, value in facts.items() if types.get(name, type_of_value(value)) == type_of_value(value)
    }


def _known(facts: Mapping[str, FactValue | None]) -> Facts:
    return {name: value for name, value in facts.items() if value is not None}
