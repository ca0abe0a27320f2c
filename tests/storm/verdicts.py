"""What the checker decides upon, and how it says what is wrong: values only."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from tests.storm.history import Command

Kind = Literal["lost", "doubled", "inverted", "invented", "disagrees", "held", "leaked"]
"""Lost: acknowledged and not in effect, or in a gap. Disagrees: a copy, or an answer, is not as its owner's events.
Held: a reaction has put a record aside. Leaked: personal data, or another's object, was shown."""
Documents = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True)
class Verdict:
    """One thing that is wrong."""

    kind: Kind
    subject: str
    why: str


@dataclass(frozen=True)
class Record:
    """One record of a topic. ``type`` is short: ``vacancy.posted``."""

    topic: str
    key: str
    event_id: str
    type: str
    sequence: int
    data: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """All that was asked, and all that can be seen from outside. Documents are by id, as their owner's HTTP shows them.

    ``records`` are in the order of their partitions.
    """

    commands: Sequence[Command] = ()
    records: Sequence[Record] = ()
    members: Documents = field(default_factory=dict)
    workers: Documents = field(default_factory=dict)
    profiles: Documents = field(default_factory=dict)
    vacancies: Documents = field(default_factory=dict)
    placements: Documents = field(default_factory=dict)
    preparations: Documents = field(default_factory=dict)
    requirements: Documents = field(default_factory=dict)
    """What legislation shows of the requirements that preparations name, by their id."""
    changes: Sequence[Mapping[str, Any]] = ()
    """The public feed, from its beginning."""
    listed: frozenset[str] = frozenset()
    """The vacancies of the public list."""


def of_topic(records: Iterable[Record], topic: str) -> dict[str, list[Record]]:
    """A topic's events by their key, exact duplicates dropped, in the order of their numbers."""
    found: dict[str, dict[str, Record]] = {}
    for record in records:
        if record.topic == topic:
            found.setdefault(record.key, {}).setdefault(record.event_id, record)
    return {key: sorted(events.values(), key=lambda one: one.sequence) for key, events in found.items()}


def by_subject(commands: Iterable[Command], prefix: str) -> dict[str, list[Command]]:
    """Commands of kinds ``<prefix>.…`` by their subject, in the order in which they were invoked."""
    found: dict[str, list[Command]] = {}
    for command in commands:
        if command.kind.startswith(prefix + ".") and command.subject:
            found.setdefault(command.subject, []).append(command)
    return found
