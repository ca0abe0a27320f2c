"""Each verdict of the checker, shown by the smallest run that deserves it; and an honest run, which deserves none."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from tests.storm.checker import judge
from tests.storm.history import Command
from tests.storm.verdicts import Evidence, Record

M, W, V, P, A = "member-1", "worker-1", "vacancy-1", "placement-1", "agency-1"
CASE, LAW = "preparation-1", "requirements-1"
Break = Callable[[Evidence], Evidence]


def command(number: int, kind: str, subject: str | None, **said: Any) -> Command:
    return Command(id=number, kind=kind, subject=subject, key=str(number), said=said, outcome="ok")


def record(topic: str, key: str, sequence: int, what: str, **data: Any) -> Record:
    return Record(f"imdi.{topic}", key, f"{key}/{sequence}", what, sequence, data)


def vacancy(sequence: int, what: str, status: str, revision: int = 1, agreed: int = 0, title: str = "a") -> Record:
    state = {"status": status, "revision": revision, "title": title, "agreed": agreed}
    return record("matching.vacancies", V, sequence, what, **state)


def publicly(event: Record) -> Record:
    return replace(event, topic="imdi.matching.published-vacancies")


def placement(sequence: int, status: str) -> Record:
    state = {"status": status, "worker_id": W, "vacancy_id": V, "departure_on": "2027-01-01"}
    return record("matching.placements", P, sequence, f"placement.{status}", **state)


def case(sequence: int, what: str, status: str, item: str | None = None) -> Record:
    state = {"status": status, "revision": 1, "placement_id": P, "requirements_id": LAW, "departure_on": "2027-01-01"}
    return record("worker-prep.preparations", CASE, sequence, what, **state, item=item, facts={})


def worker(sequence: int, what: str, *consents: str) -> Record:
    state = {"status": "registered", "controller_id": A, "consents": list(consents), "birth_date": "1990-01-01"}
    return record("registry.workers", W, sequence, what, **state)


POSTED = vacancy(2, "vacancy.posted", "posted")
PAUSED = vacancy(3, "vacancy.paused", "paused")
RESUMED = vacancy(4, "vacancy.posted", "posted")
FILLED = vacancy(5, "vacancy.filled", "filled", agreed=1)
COURSE = [
    command(1, "member.apply", M),
    command(2, "member.accredit", M),
    command(3, "worker.register", W, birth_date="1990-01-01"),
    command(4, "profile.claim", W, years=3),
    command(5, "worker.consent", W, purpose="preparation", given=True),
    command(6, "vacancy.submit", V, title="a", lawful=True),
    command(7, "vacancy.pause", V),
    command(8, "vacancy.resume", V),
    command(9, "placement.propose", P, accepted=True),
    command(10, "placement.select", P),
    command(11, "placement.offer", P),
    command(12, "placement.agree", P),
    command(13, "item.result", CASE, item="passport"),
]
RECORDS = [
    record("registry.members", M, 1, "member.applied", status="applied"),
    record("registry.members", M, 2, "member.accredited", status="accredited"),
    worker(1, "worker.registered", "matching"),
    worker(2, "worker.consent-changed", "matching", "preparation"),
    record("matching.profiles", W, 1, "profile.live", status="live", occupations=[{"isco": "5322", "years": 3}]),
    vacancy(1, "vacancy.submitted", "submitted"),
    record("legislation.assessments", V, 1, "vacancy.assessed", answers={"revision": 1}),
    *(each for event in (POSTED, PAUSED, RESUMED, FILLED) for each in (event, publicly(event))),
    placement(1, "accepted"),
    placement(2, "selected"),
    placement(3, "offered"),
    placement(4, "agreed"),
    case(1, "preparation.opened", "opened"),
    record("legislation.requirements", CASE, 1, "requirements.determined", answers={"revision": 1}),
    case(2, "preparation.planned", "planned"),
    case(3, "worker.cleared-documents", "cleared", "passport"),
    case(4, "worker.cleared-to-depart", "cleared"),
    placement(5, "ready"),
]
HONEST = Evidence(
    commands=COURSE,
    records=RECORDS,
    members={M: {"status": "accredited"}},
    workers={W: {"status": "registered", "controller_id": A, "consents": ["preparation", "matching"]}},
    profiles={W: {"status": "live"}},
    vacancies={V: FILLED.data},
    placements={P: placement(5, "ready").data},
    preparations={CASE: case(4, "", "cleared").data},
    requirements={LAW: {}},
    changes=[
        {"event_id": event.event_id, "vacancy_id": V, "sequence": event.sequence}
        for event in (POSTED, PAUSED, RESUMED, FILLED)
    ],
)


def without(number: int, topic: str) -> Break:
    """The topic's event of that number never came."""

    def broken(run: Evidence) -> Evidence:
        return replace(run, records=[r for r in run.records if not (r.sequence == number and r.topic.endswith(topic))])

    return broken


def besides(*more: Record) -> Break:
    return lambda run: replace(run, records=[*run.records, *more])


def in_place_of(old: Record, new: Record) -> Break:
    return lambda run: replace(run, records=[new if one == old else one for one in run.records])


def swapped(first: Record, second: Record) -> Break:
    def broken(run: Evidence) -> Evidence:
        return replace(
            run, records=[second if one == first else first if one == second else one for one in run.records]
        )

    return broken


def also_asked(*more: Command) -> Break:
    return lambda run: replace(run, commands=[*run.commands, *more])


def showing(**documents: Any) -> Break:
    return lambda run: replace(run, **documents)


def unknown(number: int) -> Break:
    """The answer to a command never came."""

    def broken(run: Evidence) -> Evidence:
        made = [replace(one, outcome="unknown") if one.id == number else one for one in run.commands]
        return replace(run, commands=made)

    return broken


def test_an_honest_run_has_no_verdict() -> None:
    assert judge(HONEST) == []


@pytest.mark.parametrize(
    "harmless",
    [
        besides(RECORDS[0]),
        besides(POSTED, PAUSED),
        unknown(2),
        also_asked(replace(command(14, "member.suspend", M), outcome="unknown")),
        also_asked(replace(command(14, "vacancy.pause", V), outcome="fail")),
        also_asked(command(14, "worker.consent", W, purpose="matching", given=True)),
        also_asked(replace(command(14, "vacancy.submit", None, title="b", lawful=True), outcome="unknown")),
    ],
    ids=[
        "an event twice", "two events again, in their order", "an unknown in effect", "an unknown not in effect",
        "a refusal", "a consent that changes nothing", "an unknown creation",
    ],
)  # fmt: skip
def test_what_may_be_is_no_verdict(harmless: Break) -> None:
    assert judge(harmless(HONEST)) == []


OTHER = Record("imdi.matching.vacancies", "vacancy-2", "x", "vacancy.submitted", 1, vacancy(1, "", "submitted").data)


@pytest.mark.parametrize(
    ("kind", "why", "wrong"),
    [
        ("lost", "2 of 5 is missing", without(2, ".vacancies")),
        ("lost", "member.accredit has no event", without(2, ".members")),
        ("lost", "worker.consent has no event", without(2, ".workers")),
        ("lost", "vacancy.pause has no event", also_asked(command(14, "vacancy.pause", V))),
        ("lost", "placement.withdraw has no event", also_asked(command(14, "placement.withdraw", P))),
        ("lost", "item.result has no event", also_asked(command(14, "item.result", CASE, item="visa"))),
        ("lost", "worker without its registration", without(1, ".workers")),
        ("lost", "no assessment", without(1, ".assessments")),
        ("lost", "no determination", without(1, ".requirements")),
        ("lost", "no preparation", lambda run: replace(
            run, records=[one for one in run.records if one.key != CASE], preparations={}, requirements={})),
        ("lost", "not in the public topic", without(3, ".published-vacancies")),
        ("lost", "not in the feed", showing(changes=HONEST.changes[:-1])),
        ("lost", "its owner does not show it", showing(members={})),
        ("lost", "was never announced", showing(members=dict(HONEST.members) | {"member-2": {"status": "applied"}})),
        ("lost", "matching shows no profile", showing(profiles={})),
        ("lost", "legislation shows no such requirements", showing(requirements={})),
        ("lost", "the last claim is not announced", also_asked(command(14, "profile.claim", W, years=4))),
        ("lost", "a preparation without any event", also_asked(command(14, "preparation.facts", "preparation-2"))),
        ("doubled", "two events bear the number 3", besides(replace(PAUSED, event_id="another"))),
        ("doubled", "vacancy.paused 4 answers no command", in_place_of(RESUMED, replace(
            RESUMED, type="vacancy.paused", data=PAUSED.data))),
        ("doubled", "2 × assessment", besides(
            record("legislation.assessments", V, 2, "vacancy.assessed", answers={"revision": 1}))),
        ("doubled", "2 × determination", besides(
            record("legislation.requirements", CASE, 2, "requirements.determined", answers={"revision": 1}))),
        ("doubled", "2 preparations", besides(
            replace(case(1, "preparation.opened", "opened"), key="preparation-2", event_id="y"))),
        ("doubled", "placement.ready 2 times", besides(placement(6, "ready"))),
        ("doubled", "twice in the feed", showing(changes=[*HONEST.changes, HONEST.changes[-1]])),
        ("inverted", "2 came after 3", swapped(POSTED, PAUSED)),
        ("inverted", "feed: 2 after 3", showing(
            changes=[HONEST.changes[1], HONEST.changes[0], *HONEST.changes[2:]])),
        ("invented", "a vacancy that nobody asked for", besides(OTHER)),
        ("invented", "member.suspended 3 answers no command", besides(
            record("registry.members", M, 3, "member.suspended", status="suspended"))),
        ("invented", "member.accredited 2 answers no command", lambda run: replace(
            run, commands=[replace(one, outcome="fail") if one.id == 2 else one for one in run.commands])),
        ("invented", "a preparation without agreement", without(4, ".placements")),
        ("invented", "assessment on what is not there", besides(
            record("legislation.assessments", "vacancy-9", 1, "vacancy.assessed", answers={"revision": 1}))),
        ("invented", "in the public topic alone", besides(publicly(replace(POSTED, event_id="z", sequence=9)))),
        ("invented", "in the feed alone", showing(
            changes=[*HONEST.changes, {"event_id": "q", "vacancy_id": V, "sequence": 9}])),
        ("invented", "a claim that nobody made", lambda run: replace(
            run, commands=[one for one in run.commands if one.kind != "profile.claim"]
            + [command(14, "profile.claim", W, years=8)])),
        ("disagrees", "vacancy.posted at revision 1", lambda run: replace(run, commands=[
            replace(one, said={"title": "a", "lawful": False}) if one.kind == "vacancy.submit" else one
            for one in run.commands])),
        ("disagrees", "status is not as announced", showing(members={M: {"status": "suspended"}})),
        ("disagrees", "placement ready, preparation planned", showing(
            preparations={CASE: case(4, "", "planned").data})),
        ("disagrees", "in the public list", showing(listed=frozenset({V}))),
        ("disagrees", "consents ask for withdrawn", showing(
            workers={W: {"status": "registered", "controller_id": A, "consents": []}})),
        ("disagrees", "another birth date", lambda run: replace(run, commands=[
            replace(one, said={"birth_date": "1980-01-01"}) if one.kind == "worker.register" else one
            for one in run.commands])),
    ],
)  # fmt: skip
def test_each_wrong_is_found_and_named(kind: str, why: str, wrong: Break) -> None:
    verdicts = judge(wrong(HONEST))
    assert (kind, True) in {(verdict.kind, why in verdict.why) for verdict in verdicts}, verdicts
