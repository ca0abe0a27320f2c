"""A small storm: a few kills and a pause under load, judged as the great one is."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from tests.storm.plan import Fault
from tests.storm.report import line, table
from tests.storm.storm import Asked, forget, fresh_folder, storm

pytestmark = pytest.mark.xdist_group("up")  # the largest groups begin first: alone, it would be the last to run
SEED = int(os.environ.get("IMDI_STORM_SEED", "20261125"))
PLAN = (
    Fault("kill", "matching serve", quiet=4),
    Fault("pause", "legislation serve", 12.0, 1),
    Fault("kill", "kafka", quiet=1),
    Fault("redelivery", "kafka", quiet=1),
    Fault("kill", "postgres", quiet=1),
    Fault("torn-link", "postgres", 2.0, 1),
    Fault("kill", "registry serve", quiet=1),
)


@pytest.mark.timeout(400)
async def test_nothing_acknowledged_is_lost_doubled_or_out_of_order_in_a_small_storm() -> None:
    folder = fresh_folder()
    asked = Asked(seed=SEED, kills=4, minutes=3, apart=False, disks=False, hands=6, plan=PLAN)
    outcome = await storm(asked, folder)
    told = f"seed {SEED}, history in {folder}\n{table(outcome)}\n{line(outcome)}\n{outcome.notes}"
    assert outcome.verdicts == [], told
    assert outcome.good, told
    assert len(outcome.done) == len(PLAN), told
    assert sum(command.ok for command in outcome.commands) > 100, told
    forget(Path(folder))
