"""``python -m tests.abuse``: what no client should send, to every operation; one JSON line, and 1 where it did harm."""

from __future__ import annotations

import argparse
import asyncio
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.console import Console
from tests.abuse.fuzz import Verdict, fuzz, line

from imdi_local import ports
from imdi_local.demo.journey import Journey
from imdi_local.demo.partner import Partner, Platform
from imdi_local.demo.story import Story

START_S = 300.0


async def abuse(told: dict[str, Any], requests: int, seed: int) -> Verdict:
    """Walk one journey, so that there are objects to reach; then send."""
    async with Platform({name: service["url"] for name, service in told["services"].items()}) as platform:
        steward = Partner.of(platform, "steward", told["clients"]["steward"])
        journey = Journey(platform, steward, datetime.now(UTC).date(), Story(Console(quiet=True)), {})
        async for _ in journey.steps():
            pass
        partners = list(journey.partners.values())
        return await fuzz(told, [steward, *partners], ids_of(journey), requests=requests, seed=seed, measured=True)


def ids_of(journey: Journey) -> dict[str, list[str]]:
    """What exists, by the name that paths have for it."""
    members = [partner.member_id for partner in journey.partners.values() if partner.member_id]
    return {
        "worker_id": [journey.worker_id],
        "vacancy_id": [journey.vacancy_id],
        "placement_id": [journey.placement_id],
        "preparation_id": [journey.preparation_id],
        "member_id": members,
        "code": ["medical", "orientation", "contract"],
    }


@contextmanager
def running(home: Path | None) -> Iterator[dict[str, Any]]:
    """What ``run.json`` tells of the platform on that home, or of one that is started for this alone."""
    if home:
        yield json.loads((home / "run.json").read_text())
        return
    with tempfile.TemporaryDirectory(prefix="imdi-abuse-") as folder:
        Path(folder).chmod(0o755)  # as root the database runs as a user of its own
        [base] = ports.free(1)
        command = [sys.executable, "-m", "imdi_local", "up", "--home", folder, "--port-base", str(base), "--no-demo"]
        with (Path(folder) / "up.log").open("wb") as log:
            process = subprocess.Popen(command, stdout=log, stderr=log)
        try:
            told, end = Path(folder) / "run.json", time.monotonic() + START_S
            while not told.exists():
                if process.poll() is not None or time.monotonic() > end:
                    sys.exit((Path(folder) / "up.log").read_text()[-4000:])
                time.sleep(0.2)
            yield json.loads(told.read_text())
        finally:
            process.terminate()
            process.wait(90)


def main() -> None:
    parser = argparse.ArgumentParser(description="Malformed requests to every operation of every service.")
    parser.add_argument("--requests", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=20261125)
    parser.add_argument("--home", type=Path, help="of a platform that runs; else one is started")
    asked = parser.parse_args()
    with running(asked.home) as told:
        began = time.monotonic()
        verdict = asyncio.run(abuse(told, asked.requests, asked.seed))
        for fault in verdict.faults[:20]:
            print(fault, file=sys.stderr)
        print(line(verdict, asked.requests, asked.seed, time.monotonic() - began))
    sys.exit(0 if verdict.holds else 1)


if __name__ == "__main__":
    main()
