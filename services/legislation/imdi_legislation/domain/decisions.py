"""What an authority decides of one worker's qualification, and the facts that follow from it for a destination.

An authority's decision goes before whatever anybody claims: before the profile, and before an answer on the
preparation. A decision that has ended is no claim's licence either: the profession is then not recognised.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal, get_args

from imdi_legislation.domain.facts import Facts
from imdi_legislation.domain.fields import Reader
from imdi_legislation.domain.recognition import read_country, read_profession_code, take_over

Outcome = Literal["full", "partial", "none", "conditional"]
Kind = Literal["adaptation_period", "aptitude_test", "course"]
EXPIRED = "expired"
"""The outcome as a fact, once the last day of a decision has passed."""
_RECOGNISED, _OUTCOME = "worker.facts.recognised_", "worker.facts.recognition_"


@dataclass(frozen=True, slots=True)
class Difference:
    """In what a qualification falls short: a topic's code, and the hours that are wanting."""

    topic: str
    hours: int | None


@dataclass(frozen=True, slots=True)
class Compensation:
    """One way to make up for the differences, its length as an ISO 8601 duration or in hours."""

    kind: Kind
    duration: str | None
    hours: int | None


@dataclass(frozen=True, slots=True)
class Qualification:
    """What was judged: its title, and the country where it was awarded."""

    title: str
    country: str


@dataclass(frozen=True, slots=True)
class DecisionDraft:
    worker_id: str
    profession: str
    destination: str
    qualification: Qualification | None
    outcome: Outcome
    differences: tuple[Difference, ...]
    compensation: tuple[Compensation, ...]
    authority: str
    decided_on: date
    valid_until: date | None
    """The last day on which it holds; None: it has no end."""
    reference: str


def read_decision(data: Mapping[str, Any]) -> DecisionDraft:
    """A decision from JSON; raises ``Invalid`` naming each field that is wrong.

    A full recognition has neither differences nor compensation; a partial one says how it can be completed.
    """
    reader = Reader(data, "")
    outcome = reader.choice("outcome", get_args(Outcome))
    differences, compensation = _differences(reader), _compensation(reader)
    if outcome == "full" and (differences or compensation):
        reader.wrong("outcome", "consistent", "A full recognition has no differences and no compensation.")
    if outcome == "partial" and not compensation:
        reader.wrong("compensation", "required", "A partial recognition says what completes it.")
    if outcome == "none" and compensation:
        reader.wrong("compensation", "consistent", "What can be made up for is recognised in part.")
    decided, until = reader.day("decided_on"), reader.day("valid_until", None)
    if decided and until and until < decided:
        reader.wrong("valid_until", "order", "valid_until is not before decided_on.")
    draft = DecisionDraft(
        worker_id=reader.text("worker_id", longest=36),
        profession=read_profession_code(reader, "profession"),
        destination=read_country(reader, "destination"),
        qualification=_qualification(reader),
        outcome=outcome,
        differences=differences,
        compensation=compensation,
        authority=reader.text("authority", longest=200),
        decided_on=decided,
        valid_until=until,
        reference=reader.text("reference", longest=200),
    )
    reader.finish()
    return draft


def recognition_facts(standing: Iterable[Mapping[str, Any]], destination: str, on: date) -> Facts:
    """The facts that a worker's newest decisions make on a day, for one destination.

    ``standing``: as in the contract (``profession``, ``destination``, ``outcome``, ``valid_until`` …).
    """
    facts: Facts = {}
    for decision in standing:
        if decision["destination"] == destination:
            until = decision["valid_until"]
            ended = until is not None and date.fromisoformat(until) < on
            outcome = EXPIRED if ended else decision["outcome"]
            facts[_OUTCOME + decision["profession"]] = outcome
            facts[_RECOGNISED + decision["profession"]] = outcome == "full"
    return facts


def completed(facts: Facts) -> Facts:
    """The facts with that one of a profession's two that follows from the other, where only one is known."""
    follows: Facts = {}
    for name, value in facts.items():
        if name.startswith(_OUTCOME) and value in (*get_args(Outcome), EXPIRED):
            follows[_RECOGNISED + name.removeprefix(_OUTCOME)] = value == "full"
        elif name.startswith(_RECOGNISED) and value is True:
            follows[_OUTCOME + name.removeprefix(_RECOGNISED)] = "full"
    return follows | facts


def _differences(reader: Reader) -> tuple[Difference, ...]:
    found = []
    for number, part in enumerate(reader.parts("differences", [])):
        inner = Reader(part, f"differences.{number}")
        found.append(Difference(inner.name("topic"), inner.whole("hours", None)))
        take_over(reader, inner)
    return tuple(found)


def _compensation(reader: Reader) -> tuple[Compensation, ...]:
    found = []
    for number, part in enumerate(reader.parts("compensation", [])):
        inner = Reader(part, f"compensation.{number}")
        kind = inner.choice("kind", get_args(Kind))
        found.append(Compensation(kind, inner.duration("duration"), inner.whole("hours", None)))
        take_over(reader, inner)
    return tuple(found)


def _qualification(reader: Reader) -> Qualification | None:
    said = reader.take("qualification", None)
    if said is None:
        return None
    if not isinstance(said, Mapping):
        reader.wrong("qualification", "object", "An object of title and country.")
        return None
    inner = Reader(said, "qualification")
    found = Qualification(inner.text("title", longest=200), read_country(inner, "country"))
    take_over(reader, inner)
    return found
