"""The courses of members, workers, vacancies, placements and preparations, as their events tell them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from tests.storm.courses import follow
from tests.storm.history import Command
from tests.storm.verdicts import Record, Verdict

MEMBER = {
    "member.applied": "member.apply",
    "member.accredited": "member.accredit",
    "member.suspended": "member.suspend",
    "member.reinstated": "member.reinstate",
    "member.withdrawn": "member.withdraw",
}
PLACEMENT = {
    "placement.accepted": "placement.accept",
    "placement.selected": "placement.select",
    "placement.offered": "placement.offer",
    "placement.agreed": "placement.agree",
}
FOLLOWING = ("placement.ready", "placement.deployed", "placement.completed")
"""What a placement does after its preparation, each once."""
ASKED_OF_PREPARATIONS = {
    "preparation.facts-changed": "preparation.facts",
    "worker.departed": "preparation.depart",
    "worker.arrived": "preparation.arrive",
}
ONCE = ("preparation.opened", "worker.cleared-to-depart")


def member(subject: str, commands: Sequence[Command], events: Sequence[Record]) -> list[Verdict]:
    return follow(subject, commands, events, lambda command, event: MEMBER.get(event.type) == command.kind)


def worker(subject: str, commands: Sequence[Command], events: Sequence[Record]) -> list[Verdict]:
    """A consent that changes nothing is announced by nothing."""
    if not events or events[0].type != "worker.registered":
        return [Verdict("lost", subject, "worker without its registration")]
    registered, *later = commands
    consents, telling = set(events[0].data["consents"]), []
    if registered.said["birth_date"] != events[0].data["birth_date"]:
        return [Verdict("disagrees", subject, "registered with another birth date than was said")]
    for command in later:
        after = _after(consents, command)
        if after != consents and command.possible:
            telling.append(command)
            consents = after if command.ok else consents
    return follow(subject, telling, events[1:], _tells_consent)


def _after(consents: set[str], command: Command) -> set[str]:
    purpose = {command.said["purpose"]}
    return consents | purpose if command.said["given"] else consents - purpose


def _tells_consent(command: Command, event: Record) -> bool:
    within = command.said["purpose"] in event.data["consents"]
    return event.type == "worker.consent-changed" and within == command.said["given"]


def vacancy(subject: str, commands: Sequence[Command], events: Sequence[Record]) -> list[Verdict]:
    """Its owner's commands in their order, and between them what the law said of each revision."""
    asked = [event for before, event in _with_before(events) if _asked_of_vacancy(before, event)]
    verdicts = follow(subject, commands, asked, _fits_vacancy)
    lawful = {event.data["revision"]: said for event, said in _judged(commands, events)}
    for before, event in _with_before(events):
        if _asked_of_vacancy(before, event):
            continue
        judged = lawful.get(event.data["revision"])
        if event.type in ("vacancy.posted", "vacancy.returned") and judged != (event.type == "vacancy.posted"):
            verdicts.append(Verdict("disagrees", subject, f"{event.type} at revision {event.data['revision']}"))
    return verdicts


def _judged(commands: Sequence[Command], events: Sequence[Record]) -> list[tuple[Record, bool]]:
    by_title = {command.said["title"]: command.said.get("lawful") for command in commands if "title" in command.said}
    submitted = [event for event in events if event.type == "vacancy.submitted"]
    return [(event, bool(by_title.get(event.data["title"]))) for event in submitted]


def _with_before(events: Sequence[Record]) -> list[tuple[Record | None, Record]]:
    return [(None, event) for event in events[:1]] + list(pairwise(events))


def _asked_of_vacancy(before: Record | None, event: Record) -> bool:
    """Whether a command of the owner made it, and not the law, or an agreement."""
    if before is None or event.type in ("vacancy.submitted", "vacancy.paused", "vacancy.closed"):
        return True
    if event.type == "vacancy.posted":
        return bool(before.data["status"] == "paused")
    return event.type == "vacancy.amended" and bool(before.data["agreed"] == event.data["agreed"])


def _fits_vacancy(command: Command, event: Record) -> bool:
    if event.type in ("vacancy.submitted", "vacancy.amended"):
        return bool(command.said.get("title") == event.data["title"])
    kinds = {"vacancy.paused": "vacancy.pause", "vacancy.posted": "vacancy.resume", "vacancy.closed": "vacancy.close"}
    return kinds.get(event.type) == command.kind


def placement(subject: str, commands: Sequence[Command], events: Sequence[Record]) -> list[Verdict]:
    asked = [event for event in events if event.type not in FOLLOWING]
    return follow(subject, commands, asked, _fits_placement) + _once(subject, FOLLOWING, events)


def _fits_placement(command: Command, event: Record) -> bool:
    if command.kind == "placement.propose":
        return event.type == ("placement.accepted" if command.said["accepted"] else "placement.proposed")
    return PLACEMENT.get(event.type) == command.kind


def preparation(subject: str, commands: Sequence[Command], events: Sequence[Record]) -> list[Verdict]:
    asked = [
        event for event in events if event.type not in ONCE and (event.type != "preparation.planned" or _item(event))
    ]
    return follow(subject, commands, asked, _fits_preparation) + _once(subject, ONCE, events)


def _fits_preparation(command: Command, event: Record) -> bool:
    if event.type == "preparation.planned":
        return command.kind == "item.book" and command.said["item"] == _item(event)
    if command.kind == "item.result":
        cleared = event.type.startswith(("worker.cleared-", "worker.completed-"))
        return cleared and command.said["item"] == _item(event)
    if ASKED_OF_PREPARATIONS.get(event.type) != command.kind:
        return False
    return bool(command.said.get("facts", {}).items() <= event.data["facts"].items())


def _item(event: Record) -> str | None:
    item: str | None = event.data.get("item")
    return item


def _once(subject: str, types: Sequence[str], events: Sequence[Record]) -> list[Verdict]:
    told = [event.type for event in events]
    return [Verdict("doubled", subject, f"{one} {told.count(one)} times") for one in types if told.count(one) > 1]
