"""``imdi up`` with stand-ins for the services: real PostgreSQL, real Kafka, real kills."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import psutil  # type: ignore[import-untyped]
import pytest

from imdi_local.ports import free, is_free
from imdi_local.processes import started
from imdi_local.testing.servers import run

pytestmark = pytest.mark.xdist_group("up")
STAND_IN = Path(__file__).with_name("stand_in.py")
OFFSETS = (0, 1, 2, 3, 4, 10, 20, 21)
SERVICES = ("registry", "matching", "legislation", "worker-prep", "portal")
Eventually = Callable[[Callable[[], bool], float], None]


class Platform:
    """One ``imdi up`` and its home."""

    def __init__(self, folder: Path) -> None:
        self.home = folder / "home"
        self.notes = folder / "notes"
        self.notes.mkdir()
        self.base = next(base for base in iter(lambda: free(1)[0], 0) if all(is_free(base + each) for each in OFFSETS))
        self.output = folder / "output"
        self.process: subprocess.Popen[bytes] | None = None

    def begin(self, *words: str, **environment: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, str(STAND_IN), "up", str(self.home), str(self.base), *words]
        with self.output.open("ab") as output:
            settings = os.environ | {"STAND_IN_NOTES": str(self.notes)} | environment
            self.process = subprocess.Popen(command, env=settings, stdout=output, stderr=output)
        return self.process

    def end(self) -> None:
        if self.process and self.process.poll() is None:
            self.process.terminate()
            self.process.wait(60)

    def run_json(self) -> dict[str, Any]:
        try:
            found: dict[str, Any] = json.loads((self.home / "run.json").read_text())
        except FileNotFoundError:
            return {}
        return found

    def pids(self) -> dict[str, int]:
        run = self.run_json()
        pids = {name: service["pids"]["serve"] for name, service in run["services"].items()}
        return pids | {name: run[name]["pid"] for name in ("postgres", "kafka")}

    def note(self, service: str, role: str) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((self.notes / f"{service}.{role}.json").read_text())
        return found

    def said(self) -> str:
        return self.output.read_text()


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    platform = Platform(tmp_path_factory.mktemp("up"))
    platform.begin("law")
    yield platform
    platform.end()


@pytest.fixture
def up(shared: Platform, eventually: Eventually) -> Platform:
    """The platform, ready; begun again where a test before has ended it."""
    if shared.process and shared.process.poll() is not None:
        shared.begin("law")

    def ready() -> bool:
        assert shared.process
        assert shared.process.poll() is None, shared.said()
        return bool(shared.run_json())

    eventually(ready, 60)
    return shared


@pytest.fixture
def ended(shared: Platform) -> Platform:
    """The platform's home, on which nothing runs: its servers start fast."""
    shared.end()
    return shared


def test_run_json_is_as_partners_code_against(up: Platform) -> None:
    told = up.run_json()
    base = up.base
    assert (up.home / "run.json").stat().st_mode & 0o777 == 0o600
    assert set(told) == {"ready", "services", "postgres", "kafka", "clients"}
    assert told["ready"] is True
    ports = {"portal": 0, "registry": 1, "matching": 2, "legislation": 3, "worker-prep": 4}
    urls = {name: service["url"] for name, service in told["services"].items()}
    assert urls == {name: f"http://127.0.0.1:{base + offset}" for name, offset in ports.items()}
    postgres = {"host": "127.0.0.1", "port": base + 10, "data": str(up.home / "postgres")}
    assert postgres.items() <= told["postgres"].items()
    assert {"bootstrap": f"127.0.0.1:{base + 20}", "data": str(up.home / "kafka")}.items() <= told["kafka"].items()
    assert set(told["clients"]) == {"steward", "steward-2"}
    assert all(set(client) == {"client_id", "client_secret", "member_id"} for client in told["clients"].values())
    assert all(started(pid) for pid in up.pids().values())


def test_services_are_told_what_they_need_and_no_more(up: Platform) -> None:
    told = up.note("worker-prep", "serve")["told"]
    issuer = f"http://127.0.0.1:{up.base + 1}"
    assert told.pop("DATABASE_URL").startswith("postgresql+asyncpg://imdi_worker_prep_app:")
    assert len(told.pop("MASTER_KEY")) == 44
    assert told.pop("SOCKET_FD").isdecimal()
    assert told == {
        "HOST": "127.0.0.1",
        "PORT": str(up.base + 4),
        "KAFKA_BOOTSTRAP": f"127.0.0.1:{up.base + 20}",
        "ISSUER": issuer,
        "JWKS_URL": f"{issuer}/.well-known/jwks.json",
        "LOG_LEVEL": "INFO",
    }
    assert "MASTER_KEY" not in up.note("matching", "serve")["told"]
    assert up.note("matching", "migrate")["told"]["MIGRATOR_DATABASE_URL"].endswith("/imdi_matching")
    assert "SOCKET_FD" not in up.note("matching", "migrate")["told"]
    assert set(up.note("portal", "serve")["told"]) == {
        "SOCKET_FD", "HOST", "PORT", "LOG_LEVEL", "REGISTRY_URL", "MATCHING_URL", "LEGISLATION_URL", "WORKER_PREP_URL",
    }  # fmt: skip


def test_law_and_stewards_are_loaded(up: Platform) -> None:
    assert up.note("legislation", "load-packs")
    given = up.note("registry", "bootstrap")["given"]["clients"]
    assert [client["name"] for client in given] == ["steward", "steward-2"]
    known = up.run_json()["clients"]
    for client in given:
        assert client["scopes"] == ["steward", "ops"]
        assert client["client_secret"] == known[client["name"]]["client_secret"]


def test_lines_bear_their_process_and_are_kept(up: Platform) -> None:
    assert "matching     matching serve begins" in up.said()
    assert "matching serve begins" in (up.home / "logs/matching.log").read_text()
    assert "✓ Kafka" in up.said()


@pytest.mark.parametrize("name", ["matching", "portal", "postgres", "kafka"])
def test_what_is_killed_is_started_again_and_run_json_tells_it(up: Platform, eventually: Eventually, name: str) -> None:
    before = up.pids()
    os.kill(before[name], signal.SIGKILL)
    eventually(lambda: up.pids()[name] != before[name], 5)
    after = up.pids()
    assert {other for other in after if after[other] != before[other]} == {name}
    if name in SERVICES:
        url = up.run_json()["services"][name]["url"]
        eventually(lambda: answers(url), 20)
    else:
        port = up.base + {"postgres": 10, "kafka": 20}[name]
        eventually(lambda: not is_free(port), 30)


def test_a_restart_that_cannot_be_noted_is_noted_later(up: Platform, eventually: Eventually) -> None:
    before, url = up.pids()["portal"], up.run_json()["services"]["portal"]["url"]
    in_the_way = up.home / ".run.json.new"
    in_the_way.mkdir()
    os.kill(before, signal.SIGKILL)
    eventually(lambda: "run.json cannot be written" in up.said() and answers(url), 20)
    assert up.pids()["portal"] == before
    in_the_way.rmdir()
    eventually(lambda: up.pids()["portal"] != before, 5)
    assert started(up.pids()["portal"])


def answers(url: str) -> bool:
    try:
        return httpx.get(f"{url}/health/ready", trust_env=False).status_code == 200
    except httpx.TransportError:
        return False


def test_callers_of_a_killed_service_wait_for_it(up: Platform) -> None:
    url = up.run_json()["services"]["matching"]["url"]
    os.kill(up.pids()["matching"], signal.SIGKILL)
    assert httpx.get(f"{url}/health/ready", timeout=20, trust_env=False).status_code == 200


def test_services_are_restarted_one_after_another_and_run_json_tells_it(up: Platform) -> None:
    before = up.pids()
    assert imdi("restart", "matching", "portal", "--home", str(up.home)) == (0, "restarted: matching, portal\n")
    after = up.pids()
    assert {name for name in after if after[name] != before[name]} == {"matching", "portal"}
    assert not any(started(before[name]) for name in ("matching", "portal"))
    assert all(answers(up.run_json()["services"][name]["url"]) for name in SERVICES)
    assert imdi("restart", "--home", str(up.home))[0] == 0
    assert {name for name in after if up.pids()[name] != after[name]} == set(SERVICES)
    assert not (up.home / "restart.json").exists()


def test_what_cannot_be_restarted_is_told(up: Platform, tmp_path: Path) -> None:
    assert imdi("restart", "dance", "--home", str(up.home))[0] == 1
    assert imdi("restart", "--home", str(tmp_path))[0] == 1
    (up.home / "restart.json").write_text('{"services": []}')
    assert imdi("restart", "--home", str(up.home))[0] == 1
    (up.home / "restart.json").unlink()


def test_another_on_the_same_home_is_refused(up: Platform) -> None:
    said = attempt(up.home, up.base + 100)
    assert f"another imdi up runs on {up.home}" in said
    assert "imdi stop --home" in said
    assert up.process
    assert str(up.process.pid) in said


def test_ports_in_use_are_named_with_their_holder(up: Platform, tmp_path: Path) -> None:
    said = attempt(tmp_path / "other", up.base)
    assert up.process
    holders = (up.process.pid, up.pids()["registry"])  # one socket: the supervisor holds it, the service inherits it
    assert any(f"{up.base + 1} (for registry) by process {pid}" in said for pid in holders)
    assert f"{up.base + 10} (for PostgreSQL)" in said
    assert "--port-base" in said
    assert not (tmp_path / "other" / "run.json").exists()


def attempt(home: Path, base: int, *words: str, **environment: str) -> str:
    """What it says when it cannot start."""
    settings = os.environ | {"STAND_IN_NOTES": str(home)} | environment
    command = [sys.executable, str(STAND_IN), "up", str(home), str(base), *words]
    ended = subprocess.run(command, capture_output=True, text=True, env=settings, timeout=60, check=False)
    assert ended.returncode == 1, ended.stdout
    return ended.stderr


def imdi(*words: str) -> tuple[int, str]:
    command = [sys.executable, "-m", "imdi_local", *words]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=100, check=False)
    return ended.returncode, ended.stdout


def test_status_tells_what_lives(up: Platform, tmp_path: Path) -> None:
    status, said = imdi("status", "--home", str(up.home))
    assert status == 0
    assert said.endswith("ready\n")
    assert all(f"{name:<12} {pid:>8} runs" in said for name, pid in up.pids().items())
    assert imdi("status", "--home", str(tmp_path)) == (1, f"nothing runs on {tmp_path}\n")


def test_nothing_outlives_a_killed_supervisor_and_data_does(up: Platform, eventually: Eventually) -> None:
    clients = up.run_json()["clients"]
    pids = up.pids()
    everything = {*pids.values(), *(child.pid for child in psutil.Process(pids["postgres"]).children())}
    assert up.process
    up.process.kill()
    up.process.wait()
    eventually(lambda: not any(started(pid) for pid in everything), 10)
    again = up.begin("law")
    eventually(lambda: again.poll() is not None or (bool(up.run_json()) and up.pids() != pids), 60)
    assert up.run_json()["clients"] == clients
    assert run(count(up.note("matching", "migrate")["told"]["MIGRATOR_DATABASE_URL"])) == 2


async def count(url: str) -> Any:
    connection = await asyncpg.connect(url.replace("+asyncpg", ""))
    try:
        return await connection.fetchval("select count(*) from kept")
    finally:
        await connection.close()


def test_sigterm_leaves_nothing_behind(up: Platform) -> None:
    pids = up.pids()
    everything = {*pids.values(), *(child.pid for child in psutil.Process(pids["postgres"]).children())}
    assert imdi("stop", "--home", str(up.home)) == (0, "stopped\n")
    assert up.process
    assert up.process.wait(5) == 0
    assert not any(started(pid) for pid in everything)
    assert all(is_free(up.base + each) for each in OFFSETS)
    left = {path.name for path in up.home.iterdir()}
    assert left == {".lock", "kafka", "kafka.properties", "logs", "postgres", "secrets.json"}
    assert imdi("stop", "--home", str(up.home)) == (0, f"nothing runs on {up.home}\n")


def test_once_ends_by_itself_and_without_law_none_is_loaded(ended: Platform) -> None:
    (ended.notes / "legislation.load-packs.json").unlink(missing_ok=True)
    assert ended.begin("once").wait(60) == 0
    assert not (ended.notes / "legislation.load-packs.json").exists()


def test_asked_twice_it_ends_everything_at_once(ended: Platform, eventually: Eventually) -> None:
    process = ended.begin()
    eventually(lambda: bool(ended.run_json()), 60)
    pids = ended.pids()
    for each in (signal.SIGINT, signal.SIGTERM):
        process.send_signal(each)
    assert process.wait(10) == 130
    eventually(lambda: not any(started(pid) for pid in pids.values()), 10)


@pytest.mark.parametrize("deed", ["matching serve", "registry bootstrap"])
def test_a_service_that_cannot_start_ends_everything_with_its_words(ended: Platform, deed: str) -> None:
    said = attempt(ended.home, ended.base, STAND_IN_FAILS=deed, STAND_IN_NOTES=str(ended.notes))
    assert "matching" in said or "registry bootstrap" in said
    assert "could not start" in said
    assert "a setting is missing: colour" in said
    assert all(is_free(ended.base + each) for each in OFFSETS)


def test_a_full_disk_is_named(ended: Platform) -> None:
    properties = ended.home / "kafka.properties"
    properties.unlink()
    properties.symlink_to("/dev/full")
    said = attempt(ended.home, ended.base)
    properties.unlink()
    assert "No space left on device" in said
    assert "free some space" in said
    assert "Traceback" not in said


def test_a_cache_that_cannot_be_written_is_named(ended: Platform, tmp_path: Path) -> None:
    (tmp_path / "imdi").write_text("no folder")
    said = attempt(ended.home, ended.base, XDG_CACHE_HOME=str(tmp_path))
    assert "Apache Kafka could not be fetched" in said
    assert f"jars cannot be kept in {tmp_path / 'imdi'}" in said


def test_a_damaged_data_directory_is_named(ended: Platform) -> None:
    control = ended.home / "postgres/global/pg_control"
    whole = control.read_bytes()
    control.write_bytes(b"\0" * len(whole))
    said = attempt(ended.home, ended.base)
    control.write_bytes(whole)
    assert f"the data directory {ended.home / 'postgres'} is damaged" in said
    assert "restore" in said
    assert "FATAL" in said or "PANIC" in said
