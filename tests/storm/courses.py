"""Whether the events of a subject are those that its commands ask for: each acknowledged one once, no other."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from tests.storm.history import Command
from tests.storm.verdicts import Kind, Record, Verdict

Fits = Callable[[Command, Record], bool]


def follow(subject: str, commands: Sequence[Command], events: Sequence[Record], fits: Fits) -> list[Verdict]:
    """Walk both in order: an acknowledged command has one event, an unknown one has one or none, a refused one none."""
    verdicts: list[Verdict] = []
    rest = [command for command in commands if command.possible]
    last: Command | None = None
    for event in events:
        place = _place(rest, event, fits)
        if place is None:
            again = last is not None and fits(last, event)
            kind: Kind = "doubled" if again else "invented"
            verdicts.append(Verdict(kind, subject, f"{event.type} {event.sequence} answers no command"))
            continue
        verdicts += _lost(subject, rest[:place])
        last, rest = rest[place], rest[place + 1 :]
    return verdicts + _lost(subject, rest)


def _place(rest: Sequence[Command], event: Record, fits: Fits) -> int | None:
    return next((place for place, command in enumerate(rest) if fits(command, event)), None)


def _lost(subject: str, commands: Sequence[Command]) -> list[Verdict]:
    return [
        Verdict("lost", subject, f"command {command.id} {command.kind} has no event")
        for command in commands
        if command.ok
    ]


def nobody_else(kind: str, creations: Sequence[Command], created: set[str]) -> list[Verdict]:
    """Of subjects that are there, all but those created for certain must be covered by creations that are unknown."""
    known = {command.subject for command in creations if command.ok}
    unknown = sum(command.outcome == "unknown" for command in creations)
    strangers = sorted(created - known)
    return [Verdict("invented", subject, f"a {kind} that nobody asked for") for subject in strangers[unknown:]]
