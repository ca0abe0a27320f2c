"""``python -m tests.storm``: one storm, its table, its line of JSON; 1 where anything was wrong."""

from __future__ import annotations

import argparse
import signal
import sys
from pathlib import Path
from random import SystemRandom

import uvloop
from tests.storm.report import Outcome, line, table
from tests.storm.storm import Asked, forget, fresh_folder, sabotaged, storm

SHOWN = 40
GREAT = 200
"""Kills of a great storm: it also shows that its checker would have found out every sabotage."""


def main() -> int:
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # so that the platform ends with the storm
    words = _words()
    seed = words.seed if words.seed is not None else SystemRandom().randrange(10**6)
    away = words.broker_away if words.broker_away is not None else min(600.0, words.minutes * 60 / 4)
    asked = Asked(
        seed=seed,
        kills=words.kills,
        minutes=words.minutes,
        acknowledged=words.kills * 250 if words.acknowledged is None else words.acknowledged,
        away_s=away,
        apart=not words.together,
        disks=not words.no_disks,
    )
    print(f"storm: seed {seed}, {words.kills} kills, at most {words.minutes:g} minutes", flush=True)
    if words.sabotage:
        return 0 if _caught(asked, words.sabotage) else 1
    outcome = _run(asked)
    great = words.kills >= GREAT and words.sabotages is None
    for name in _switches() if great or words.sabotages == "all" else []:
        outcome.sabotage_total += 1
        outcome.sabotage_caught += _caught(asked, name)
    print(table(outcome))
    print(line(outcome), flush=True)
    return 0 if outcome.good else 1


def _run(asked: Asked) -> Outcome:
    folder = fresh_folder()
    print(f"storm: home, logs and history in {folder}", flush=True)
    outcome = uvloop.run(storm(asked, folder))
    for note in outcome.notes:
        print(f"  {note}")
    for verdict in outcome.verdicts[:SHOWN]:
        print(f"  {verdict.kind.upper()} {verdict.subject}: {verdict.why}")
    if len(outcome.verdicts) > SHOWN:
        print(f"  … and {len(outcome.verdicts) - SHOWN} more")
    if outcome.good:
        forget(folder)
    return outcome


def _caught(asked: Asked, name: str) -> bool:
    """Whether a platform that breaks one promise is found out."""
    outcome = _run(sabotaged(asked, name))
    kinds = sorted({verdict.kind for verdict in outcome.verdicts})
    print(f"sabotage {name}: {'caught: ' + ', '.join(kinds) if kinds else 'NOT CAUGHT'}", flush=True)
    return bool(kinds)


def _switches() -> list[str]:
    sys.path.insert(0, str(Path(__file__).with_name("sabotage")))
    from switches import SWITCHES  # type: ignore[import-not-found]  # noqa: PLC0415 - it is no package: it lies on a path

    return list(SWITCHES)


def _words() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make storm ARGS=…", description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int)
    parser.add_argument("--minutes", type=float, default=40.0, help="the storm ends then, whatever is left of its plan")
    parser.add_argument("--acknowledged", type=int, help="go on until so many are, within the minutes; 250 for a kill")
    parser.add_argument("--broker-away", type=float, help="seconds; a quarter of the minutes, at most 600")
    parser.add_argument("--together", action="store_true", help="one process per service, not one per role")
    parser.add_argument("--no-disks", action="store_true", help="no small disks, so none that is full")
    parser.add_argument("--sabotage", help="run a short storm on a platform with this switch: it must be caught")
    parser.add_argument("--sabotages", choices=["all", "none"], help="each switch in turn; a great storm does all")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
