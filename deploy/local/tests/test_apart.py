"""``imdi up --apart`` with stand-ins: a process for each role, restarted alone; and links on the way to the servers."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from aiokafka.admin import AIOKafkaAdminClient

from imdi_common.process import ROLES as THEIRS
from imdi_local.links import Links
from imdi_local.ports import free, is_free
from imdi_local.processes import started
from imdi_local.surroundings import ROLES
from imdi_local.trouble import Trouble

pytestmark = pytest.mark.xdist_group("up")
STAND_IN = Path(__file__).with_name("stand_in.py")
OFFSETS = (0, 1, 2, 3, 4, 10, 20, 21, 22)
Eventually = Callable[[Callable[[], bool], float], None]


class Apart:
    """One ``imdi up --apart``, whose services reach the servers by links."""

    def __init__(self, folder: Path) -> None:
        self.home = folder / "home"
        self.notes = folder / "notes"
        self.notes.mkdir()
        self.base = next(base for base in iter(lambda: free(1)[0], 0) if all(is_free(base + each) for each in OFFSETS))
        self.links = free(2)
        environment = os.environ | {
            "STAND_IN_NOTES": str(self.notes),
            "IMDI_LINK_POSTGRES": str(self.links[0]),
            "IMDI_LINK_KAFKA": str(self.links[1]),
        }
        command = [sys.executable, str(STAND_IN), "up", str(self.home), str(self.base), "apart"]
        with (folder / "output").open("wb") as output:
            self.process = subprocess.Popen(command, env=environment, stdout=output, stderr=output)

    def run_json(self) -> dict[str, Any]:
        try:
            found: dict[str, Any] = json.loads((self.home / "run.json").read_text())
        except FileNotFoundError:
            return {}
        return found

    def pids(self, service: str) -> dict[str, int]:
        found: dict[str, int] = self.run_json()["services"][service]["pids"]
        return found

    def told(self, service: str, role: str) -> dict[str, str]:
        found: dict[str, str] = json.loads((self.notes / f"{service}.{role}.json").read_text())["told"]
        return found


@pytest.fixture(scope="module")
def apart(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Apart]:
    platform = Apart(tmp_path_factory.mktemp("apart"))
    yield platform
    platform.process.terminate()
    platform.process.wait(60)


@pytest.fixture
def up(apart: Apart, eventually: Eventually) -> Apart:
    eventually(lambda: bool(apart.run_json()), 60)
    return apart


def test_roles_are_those_of_a_service() -> None:
    assert ROLES == THEIRS


def test_each_role_is_a_process_of_its_own(up: Apart) -> None:
    pids = up.pids("matching")
    assert tuple(pids) == ROLES
    assert len(set(pids.values())) == len(ROLES)
    assert all(started(pid) for pid in pids.values())
    assert set(up.pids("portal")) == {"serve"}


def test_a_killed_role_comes_back_alone(up: Apart, eventually: Eventually) -> None:
    before = up.pids("legislation")
    os.kill(before["relay"], signal.SIGKILL)
    eventually(lambda: up.pids("legislation")["relay"] != before["relay"], 15)
    assert up.pids("legislation") | {"relay": before["relay"]} == before


def test_services_are_told_of_the_links_and_the_migrator_is_not(up: Apart) -> None:
    told = up.told("registry", "api")
    assert f"127.0.0.1:{up.links[0]}/" in told["DATABASE_URL"]
    assert told["KAFKA_BOOTSTRAP"] == f"127.0.0.1:{up.links[1]}"
    assert f"127.0.0.1:{up.base + 10}/" in up.told("registry", "migrate")["MIGRATOR_DATABASE_URL"]


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while some := await reader.read(65536):
        writer.write(some)
    writer.close()


async def test_who_comes_by_the_link_is_told_to_stay_on_it(up: Apart) -> None:
    async def link(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        to, back = await asyncio.open_connection("127.0.0.1", up.base + 22)
        await asyncio.gather(_pass_on(reader, back), _pass_on(to, writer))

    server = await asyncio.start_server(link, "127.0.0.1", up.links[1])
    admin = AIOKafkaAdminClient(bootstrap_servers=f"127.0.0.1:{up.links[1]}")
    await admin.start()
    try:
        [broker] = (await admin.describe_cluster())["brokers"]
    finally:
        await admin.close()
        server.close()
    assert broker["port"] == up.links[1]


@pytest.mark.parametrize("said", ["http", "0", "65536", "-1"])
def test_a_link_that_is_no_port_is_told(said: str) -> None:
    with pytest.raises(Trouble, match="IMDI_LINK_KAFKA is no port"):
        Links.of({"IMDI_LINK_KAFKA": said})


def test_no_links_are_none() -> None:
    assert Links.of({}) == Links()
