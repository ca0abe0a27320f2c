"""The plan of faults: the same from the same seed, as many kills as asked, and no more than the time allows."""

from __future__ import annotations

from typing import get_args

import pytest
from tests.storm.plan import LONGEST_PAUSE_S, RECOVERY_S, Fault, Kind, faults

TARGETS = ("kafka", "postgres", "portal serve", "registry api", "matching api", "matching relay", "worker-prep clock")


def killed(plan: list[Fault]) -> list[str]:
    return [target for fault in plan if fault.kind == "kill" for target in fault.targets]


def test_a_seed_is_a_plan() -> None:
    first, again = (faults(7, 20, 900, TARGETS, away_s=60, disks=True) for _ in range(2))
    assert first == again
    assert first != faults(8, 20, 900, TARGETS, away_s=60, disks=True)


def test_all_kinds_are_there_when_there_is_time() -> None:
    plan = faults(7, 20, 3600, TARGETS, away_s=60, disks=True)
    assert {fault.kind for fault in plan} == set(get_args(Kind))
    assert len(killed(plan)) == 20


@pytest.mark.parametrize("seconds", [0, 60, 600, 1800])
def test_other_faults_fit_the_time(seconds: float) -> None:
    plan = faults(3, 5, seconds, TARGETS, away_s=0, disks=True)
    assert sum(fault.seconds + RECOVERY_S for fault in plan if fault.kind != "kill") <= max(0, seconds)
    assert len(killed(plan)) == 5


def test_targets_are_those_given_and_pauses_reach_beyond_a_lease() -> None:
    plan = faults(5, 100, 20_000, TARGETS, away_s=10, disks=False)
    assert max(len(fault.targets) for fault in plan) == 3
    assert {target for fault in plan for target in fault.targets} - set(TARGETS) == {
        "matching",
        "registry",
        "worker-prep",
    }  # whose clock is off
    pauses = [fault.seconds for fault in plan if fault.kind == "pause"]
    assert max(pauses) > 20
    assert all(1 <= pause <= LONGEST_PAUSE_S for pause in pauses)
    assert {fault.target for fault in plan if fault.kind == "zombie-relay"} == {"matching relay"}
    assert not any(fault.kind == "disk-full" for fault in plan)
