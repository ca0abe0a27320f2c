"""The checker: everything seen from outside, judged. Nothing here reads anything."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from tests.storm import across, subjects
from tests.storm.courses import nobody_else
from tests.storm.history import Command
from tests.storm.order import in_order
from tests.storm.verdicts import Documents, Evidence, Record, Verdict, by_subject, of_topic

Course = Callable[[str, Sequence[Command], Sequence[Record]], list[Verdict]]
MEMBERS, WORKERS = "imdi.registry.members", "imdi.registry.workers"
VACANCIES, PLACEMENTS = "imdi.matching.vacancies", "imdi.matching.placements"
ASSESSMENTS, REQUIREMENTS = "imdi.legislation.assessments", "imdi.legislation.requirements"
PREPARATIONS = "imdi.worker-prep.preparations"
CREATED = {
    "member": (MEMBERS, "member.apply", subjects.member),
    "worker": (WORKERS, "worker.register", subjects.worker),
    "vacancy": (VACANCIES, "vacancy.submit", subjects.vacancy),
    "placement": (PLACEMENTS, "placement.propose", subjects.placement),
}
SHOWN = {
    MEMBERS: ("members", ("status",)),
    WORKERS: ("workers", ("status", "controller_id", "consents")),
    VACANCIES: ("vacancies", ("status", "revision", "title", "agreed")),
    PLACEMENTS: ("placements", ("status", "worker_id", "vacancy_id", "departure_on")),
    PREPARATIONS: ("preparations", ("status", "revision", "placement_id", "requirements_id", "departure_on")),
}
"""What an owner shows over HTTP as it last announced it."""


def judge(evidence: Evidence) -> list[Verdict]:
    """Every verdict on a run that has come to rest."""
    told = {topic: of_topic(evidence.records, topic) for topic in (*SHOWN, ASSESSMENTS, REQUIREMENTS)}
    verdicts = in_order(evidence.records)
    for name, (topic, creation, course) in CREATED.items():
        verdicts += _created(name, evidence.commands, creation, told[topic], course)
    verdicts += _prepared(evidence.commands, told)
    verdicts += across.answered(told[VACANCIES], told[ASSESSMENTS], "assessment")
    verdicts += across.answered(told[PREPARATIONS], told[REQUIREMENTS], "determination")
    verdicts += across.prepared(told[PLACEMENTS], told[PREPARATIONS])
    verdicts += across.published(evidence) + across.followed(evidence) + across.profiles(evidence)
    for topic, (attribute, names) in SHOWN.items():
        verdicts += shown(told[topic], getattr(evidence, attribute), names)
    return verdicts


def _created(
    name: str,
    commands: Sequence[Command],
    creation: str,
    told: Mapping[str, Sequence[Record]],
    course: Course,
) -> list[Verdict]:
    creations = [command for command in commands if command.kind == creation]
    asked = by_subject(commands, name)
    verdicts = nobody_else(name, creations, set(told))
    for subject, deeds in asked.items():
        verdicts += course(subject, deeds, told.get(subject, ()))
    return verdicts


def _prepared(commands: Sequence[Command], told: Mapping[str, Mapping[str, Sequence[Record]]]) -> list[Verdict]:
    asked = by_subject(commands, "preparation")
    for subject, deeds in by_subject(commands, "item").items():
        asked.setdefault(subject, []).extend(deeds)
    verdicts = []
    for subject, events in told[PREPARATIONS].items():
        deeds = sorted(asked.pop(subject, []), key=lambda command: command.id)
        verdicts += subjects.preparation(subject, deeds, events)
    return verdicts + [Verdict("lost", one, "a preparation without any event") for one in sorted(asked)]


def shown(told: Mapping[str, Sequence[Record]], documents: Documents, names: Sequence[str]) -> list[Verdict]:
    """Each subject's document is as its last event says; there is no document without events, nor events without."""
    verdicts = [Verdict("lost", one, "its owner does not show it") for one in sorted(told.keys() - documents.keys())]
    verdicts += [Verdict("lost", one, "was never announced") for one in sorted(documents.keys() - told.keys())]
    for subject in told.keys() & documents.keys():
        last, document = told[subject][-1].data, documents[subject]
        differing = [name for name in names if _plain(last[name]) != _plain(document[name])]
        verdicts += [Verdict("disagrees", subject, f"{name} is not as announced") for name in differing]
    return verdicts


def _plain(value: object) -> object:
    return sorted(value) if isinstance(value, list) else value
