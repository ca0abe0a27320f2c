"""Whether what one service did is in effect in the others, once: answers, preparations, the public list, copies."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from tests.storm.history import Command
from tests.storm.verdicts import Evidence, Record, Verdict, of_topic

STANDING = {"cleared": "ready", "departed": "deployed", "arrived": "completed"}
"""Of a placement, by its preparation; else it is agreed."""
AFTER_AGREEMENT = ("agreed", "ready", "deployed", "completed")
PUBLISHED = "imdi.matching.published-vacancies"


def answered(
    asked: Mapping[str, Sequence[Record]], answers: Mapping[str, Sequence[Record]], what: str
) -> list[Verdict]:
    """Each revision that was announced is answered once."""
    verdicts = []
    for subject, events in asked.items():
        revisions = {event.data["revision"] for event in events}
        given = Counter(event.data["answers"]["revision"] for event in answers.get(subject, ()))
        verdicts += [Verdict("lost", subject, f"revision {one}: no {what}") for one in revisions - given.keys()]
        doubled = [one for one, times in given.items() if times > 1]
        verdicts += [Verdict("doubled", subject, f"revision {one}: {given[one]} × {what}") for one in doubled]
    strangers = answers.keys() - asked.keys()
    return verdicts + [Verdict("invented", one, f"{what} on what is not there") for one in sorted(strangers)]


def prepared(placements: Mapping[str, Sequence[Record]], preparations: Mapping[str, Sequence[Record]]) -> list[Verdict]:
    """One preparation for each placement agreed, none for any other."""
    opened = Counter(events[0].data["placement_id"] for events in preparations.values())
    agreed = {one for one, events in placements.items() if any(event.type == "placement.agreed" for event in events)}
    verdicts = [Verdict("lost", one, "agreed, and no preparation") for one in sorted(agreed - opened.keys())]
    verdicts += [Verdict("doubled", one, f"{opened[one]} preparations") for one in opened if opened[one] > 1]
    return verdicts + [Verdict("invented", one, "a preparation without agreement") for one in opened.keys() - agreed]


def published(evidence: Evidence) -> list[Verdict]:
    """The public topic holds exactly the changes of the public list, the feed the same, the list what is posted."""
    shown = of_topic(evidence.records, PUBLISHED)
    verdicts: list[Verdict] = []
    for subject, events in of_topic(evidence.records, "imdi.matching.vacancies").items():
        public = {event.event_id for event in _public(events)}
        there = {event.event_id for event in shown.get(subject, ())}
        verdicts += [Verdict("lost", subject, "not in the public topic") for _ in public - there]
        verdicts += [Verdict("invented", subject, "in the public topic alone") for _ in there - public]
    topic = {event.event_id for events in shown.values() for event in events}
    feed = Counter(change["event_id"] for change in evidence.changes)
    verdicts += [Verdict("lost", one, "not in the feed") for one in topic - feed.keys()]
    verdicts += [Verdict("invented", one, "in the feed alone") for one in feed.keys() - topic]
    verdicts += [Verdict("doubled", one, "twice in the feed") for one, times in feed.items() if times > 1]
    return verdicts + _feed_rises(evidence) + _listed(evidence)


def _public(events: Sequence[Record]) -> Iterator[Record]:
    listed = False
    for event in events:
        was, listed = (
            listed,
            event.type == "vacancy.posted" or (listed and event.type in ("vacancy.amended", "vacancy.submitted")),
        )
        if (was or listed) and event.type != "vacancy.submitted":
            yield event


def _feed_rises(evidence: Evidence) -> list[Verdict]:
    highest: dict[str, int] = {}
    verdicts = []
    for change in evidence.changes:
        subject, number = change["vacancy_id"], change["sequence"]
        if number <= highest.get(subject, 0):
            verdicts.append(Verdict("inverted", subject, f"feed: {number} after {highest[subject]}"))
        highest[subject] = max(number, highest.get(subject, 0))
    return verdicts


def _listed(evidence: Evidence) -> list[Verdict]:
    posted = {one for one, vacancy in evidence.vacancies.items() if vacancy["status"] == "posted"}
    missing = [Verdict("disagrees", one, "posted, and not in the public list") for one in posted - evidence.listed]
    return missing + [Verdict("disagrees", one, "in the public list") for one in evidence.listed - posted]


def followed(evidence: Evidence) -> list[Verdict]:
    """Each placement stands as its preparation does, and legislation shows the requirements that are applied."""
    by_placement = {one["placement_id"]: one for one in evidence.preparations.values()}
    verdicts = []
    for subject, placement in evidence.placements.items():
        preparation = by_placement.get(subject)
        if placement["status"] not in AFTER_AGREEMENT:
            continue
        if preparation is None:
            verdicts.append(Verdict("lost", subject, "worker-prep shows no preparation"))
        elif placement["status"] != STANDING.get(preparation["status"], "agreed"):
            why = f"placement {placement['status']}, preparation {preparation['status']}"
            verdicts.append(Verdict("disagrees", subject, why))
    for subject, preparation in evidence.preparations.items():
        if preparation["requirements_id"] not in evidence.requirements:
            verdicts.append(Verdict("lost", subject, "legislation shows no such requirements"))
    return verdicts


def profiles(evidence: Evidence) -> list[Verdict]:
    """A claimed profile is live while its worker consents to anything; its last event says the last claim."""
    told = of_topic(evidence.records, "imdi.matching.profiles")
    claims: dict[str, list[Command]] = {}
    for command in evidence.commands:
        if command.kind == "profile.claim" and command.possible:
            claims.setdefault(str(command.subject), []).append(command)
    verdicts = [Verdict("invented", one, "a profile that nobody claimed") for one in told.keys() - claims.keys()]
    for subject, made in claims.items():
        certain = [command for command in made if command.ok]
        if certain and subject in evidence.workers:
            verdicts += _profile(subject, made, certain, told.get(subject, ()), evidence)
    return verdicts


def _profile(
    subject: str, made: Sequence[Command], certain: Sequence[Command], events: Sequence[Record], evidence: Evidence
) -> list[Verdict]:
    expected = "live" if evidence.workers[subject]["consents"] else "withdrawn"
    document, last = evidence.profiles.get(subject), events[-1] if events else None
    if document is None:
        return [Verdict("lost", subject, "matching shows no profile")]
    if last is None:
        return [] if expected == "withdrawn" else [Verdict("lost", subject, "profile never announced")]
    verdicts = []
    if last.data["status"] != expected or (document["status"] == "live") != (expected == "live"):
        why = f"profile {document['status']}, announced {last.data['status']}, consents ask for {expected}"
        verdicts.append(Verdict("disagrees", subject, why))
    years = {occupation["years"] for event in events for occupation in event.data["occupations"]}
    claimed = {command.said["years"] for command in made}
    verdicts += [Verdict("invented", subject, "a claim that nobody made") for _ in years - claimed]
    newest = [command.said["years"] for command in made if command.id >= certain[-1].id]
    if expected == "live" and last.data["occupations"][0]["years"] not in newest:
        verdicts.append(Verdict("lost", subject, "the last claim is not announced"))
    return verdicts
