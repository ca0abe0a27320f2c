"""The table and the last line say what was found, and a storm is good only when nothing was."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from tests.storm.history import Command
from tests.storm.nemesis import Done, silent
from tests.storm.plan import Fault
from tests.storm.probes import Recovery
from tests.storm.report import Outcome, line, p95, table
from tests.storm.verdicts import Kind, Verdict


def command(number: int, subject: str, ended: float) -> Command:
    return Command(id=number, kind="vacancy.pause", subject=subject, key="k", outcome="ok", ended=ended)


COMMANDS = [command(1, "a", 11.0), command(2, "b", 50.0), command(3, "c", 12.5)]
DONE = [
    Done(Fault("kill", "kafka"), 10.0, 11.0, Recovery(0.5, 2.0)),
    Done(Fault("pause", "postgres", 5.0), 40.0, 45.0, Recovery(1.0, 9.0)),
]


def test_commands_and_verdicts_are_told_with_the_fault_they_fell_into() -> None:
    outcome = Outcome(COMMANDS, DONE, [Verdict("lost", "a", "x"), Verdict("doubled", "b", "x")])
    rows = {cells[0]: cells[1:] for cells in (row.split() for row in table(outcome).splitlines()[1:])}
    assert rows["kill"] == ["1", "2", "1", "0", "0", "0.5", "2.0", "0"]
    assert rows["pause"] == ["1", "1", "0", "1", "0", "1.0", "9.0", "0"]
    assert rows["all"] == ["2", "3", "1", "1", "0", "1.0", "9.0", "0"]


def test_the_last_line_is_json() -> None:
    outcome = Outcome(COMMANDS, DONE, [], sabotage_caught=9, sabotage_total=9)
    assert outcome.good
    assert json.loads(line(outcome)) == {
        "kills": 1,
        "acknowledged": 3,
        "lost": 0,
        "doubled": 0,
        "inverted": 0,
        "recovery_p95_s": 9.0,
        "sabotage_caught": 9,
        "sabotage_total": 9,
    }


@pytest.mark.parametrize(
    ("kind", "counted"),
    [
        ("lost", "lost"),
        ("disagrees", "lost"),
        ("held", "lost"),
        ("doubled", "doubled"),
        ("invented", "doubled"),
        ("inverted", "inverted"),
        ("leaked", "leaked"),
    ],
)
def test_every_verdict_is_counted_and_spoils_the_storm(kind: Kind, counted: str) -> None:
    outcome = Outcome(COMMANDS, DONE, [Verdict(kind, "a", "x")])
    assert json.loads(line(outcome))[counted] == 1
    assert not outcome.good


def test_what_did_not_recover_or_was_not_caught_spoils_it_too() -> None:
    late = Done(Fault("kill", "kafka"), 1.0, 1.0, Recovery(None, None))
    assert not Outcome(COMMANDS, [late], []).good
    assert not Outcome(COMMANDS, DONE, [], sabotage_caught=8, sabotage_total=9).good


def test_readiness_that_keeps_silent_and_commands_that_are_held_up_are_told() -> None:
    away = Fault("broker-away", "kafka", 40.0)
    told = Done(away, 1.0, 41.0, Recovery(0.1, 1.0), {"kafka"}, acknowledged=9)
    assert silent([told, *DONE]) == []
    for wrong in (replace(told, seen=set()), replace(told, acknowledged=0)):
        [verdict] = silent([told, wrong])
        assert (verdict.kind, verdict.subject) == ("disagrees", "kafka")


@pytest.mark.parametrize(
    ("seconds", "expected"), [([], None), ([3.0], 3.0), (list(range(1, 101)), 95), ([1.0, 2.0, 3.0], 3.0)]
)
def test_the_95th_percentile_is_one_of_those_measured(seconds: list[float], expected: float | None) -> None:
    assert p95(seconds) == expected
