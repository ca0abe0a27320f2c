"""The whole platform, started by its own command on a home of its own, and partners who use it over HTTP."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from aiokafka import AIOKafkaConsumer
from rich.console import Console

from imdi_common.envelope import Envelope, from_record
from imdi_contracts import catalogue
from imdi_local import ports
from imdi_local.demo.journey import Journey
from imdi_local.demo.partner import Partner, Platform
from imdi_local.demo.story import Story

START_S = 240.0
STOP_S = 45.0
PORTS = 30
SERVICES = ("REGISTRY", "MATCHING", "LEGISLATION", "WORKER_PREP")


@dataclass
class Run:
    """A running platform, as its ``run.json`` tells."""

    home: Path
    process: subprocess.Popen[bytes]
    partners: dict[str, dict[str, str | None]] = field(default_factory=dict)

    @property
    def told(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((self.home / "run.json").read_text())
        return found

    @property
    def urls(self) -> dict[str, str]:
        return {name: service["url"] for name, service in self.told["services"].items()}

    def pid(self, name: str) -> int:
        told = self.told
        return int(told[name]["pid"] if name in told else told["services"][name]["pids"]["serve"])

    def kill(self, name: str) -> int:
        """SIGKILL a process; returns the number it had."""
        pid = self.pid(name)
        os.kill(pid, signal.SIGKILL)
        return pid

    def shift_clock(self, by: timedelta) -> None:
        """Let every service believe that it is so much later."""
        (self.home / "clock-offset").write_text(str(by.total_seconds()))

    def until_restarted(self, name: str, old: int, patience_s: float = 60.0) -> None:
        end = time.monotonic() + patience_s
        while self.pid(name) == old:
            assert time.monotonic() < end, f"{name} was not restarted"
            time.sleep(0.1)


def free_base() -> int:
    """A port with enough free ones behind it, by chance: another run that begins now chooses another."""
    while True:
        [base] = ports.free(1)
        if all(ports.is_free(base + offset) for offset in range(PORTS)):
            return base


@pytest.fixture(scope="session")
def run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    home = tmp_path_factory.mktemp("imdi")
    for folder in (home, *home.parents[:2]):
        folder.chmod(0o755)  # as root the database runs as a user of its own
    log = (home / "up.log").open("wb")
    command = [
        sys.executable,
        "-m",
        "imdi_local",
        "up",
        "--home",
        str(home),
        "--port-base",
        str(free_base()),
        "--no-demo",
    ]
    offset = {f"IMDI_{name}_CLOCK_OFFSET_FILE": str(home / "clock-offset") for name in SERVICES}
    process = subprocess.Popen(command, stdout=log, stderr=log, env=os.environ | offset)
    try:
        end = time.monotonic() + START_S
        while not (home / "run.json").exists():
            assert process.poll() is None, (home / "up.log").read_text()[-4000:]
            assert time.monotonic() < end, (home / "up.log").read_text()[-4000:]
            time.sleep(0.2)
        yield Run(home, process)
    finally:
        process.terminate()
        process.wait(STOP_S)
        log.close()


@pytest.fixture
def today() -> date:
    return datetime.now(UTC).date()


@pytest_asyncio.fixture
async def platform(run: Run) -> AsyncIterator[Platform]:
    async with Platform(run.urls) as opened:
        yield opened


@pytest.fixture
def steward(run: Run, platform: Platform) -> Partner:
    return Partner.of(platform, "steward", run.told["clients"]["steward"])


@pytest.fixture
def new_journey(run: Run, platform: Platform, steward: Partner, today: date) -> Iterator[Callable[[], Journey]]:
    """A journey of a new worker, with the same members each time: the lot is drawn among all there are."""
    begun: list[Journey] = []

    def begin() -> Journey:
        known = {name: Partner.of(platform, name, client) for name, client in run.partners.items()}
        begun.append(Journey(platform, steward, today, Story(Console(quiet=True)), known))
        return begun[-1]

    yield begin
    for journey in begun:
        run.partners |= {name: partner.client() for name, partner in journey.partners.items()}


@pytest.fixture
def read_topics(run: Run) -> Callable[[], Any]:
    """``await read_topics()`` → every record of every topic as (topic, envelope, raw value)."""

    async def read() -> list[tuple[str, Envelope, bytes]]:
        names = [topic.name for topic in catalogue.topics()]
        consumer = AIOKafkaConsumer(
            *names, bootstrap_servers=run.told["kafka"]["bootstrap"], auto_offset_reset="earliest", group_id=None
        )
        await consumer.start()
        ends = await consumer.end_offsets(consumer.assignment())
        found: list[tuple[str, Envelope, bytes]] = []
        for partition in consumer.assignment():
            await consumer.seek_to_beginning(partition)
        while any([await consumer.position(partition) < end for partition, end in ends.items()]):
            for records in (await consumer.getmany(timeout_ms=500)).values():
                found += [(record.topic, from_record(record.headers, record.value), record.value) for record in records]
        await consumer.stop()
        return found

    return read
