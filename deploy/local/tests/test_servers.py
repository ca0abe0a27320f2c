"""The servers of a test run: one for all its processes, gone with the last, however that one ends."""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import sys
import uuid
from collections.abc import Callable
from pathlib import Path

import psutil  # type: ignore[import-untyped]
import pytest

from imdi_local.ports import is_free
from imdi_local.testing.servers import Servers, test_servers

Eventually = Callable[[Callable[[], bool], float], None]
SCRIPT = """
import sys
from imdi_local.testing.servers import test_servers
with test_servers(sys.argv[1]) as servers:
    print(servers.postgres.superuser_dsn, flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def run_id() -> str:
    return uuid.uuid4().hex


def process_of(run_id: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", SCRIPT, run_id]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def said(process: subprocess.Popen[str]) -> str:
    assert process.stdout
    return process.stdout.readline().strip()


def port_of(dsn: str) -> int:
    return int(dsn.rsplit(":", 1)[1].split("/", maxsplit=1)[0])


def test_all_processes_of_a_run_share_them_and_the_last_one_out_ends_them(run_id: str, eventually: Eventually) -> None:
    first, second = process_of(run_id), process_of(run_id)
    dsn = said(first)
    assert said(second) == dsn
    first.communicate()
    assert not is_free(port_of(dsn))
    with test_servers(run_id) as third:
        second.communicate()
        assert third.postgres.superuser_dsn == dsn
    eventually(lambda: is_free(port_of(dsn)), 15)


def test_nothing_is_left_when_the_tests_are_killed(run_id: str, eventually: Eventually) -> None:
    with process_of(run_id) as killed:
        dsn = said(killed)
        host = host_of(run_id)
        data = Path(psutil.Process(host.children()[0].pid).cwd()).parent
        killed.send_signal(signal.SIGKILL)
    eventually(lambda: not host.is_running() or host.status() == psutil.STATUS_ZOMBIE, 15)
    assert is_free(port_of(dsn))
    assert not data.exists()


def test_the_servers_die_with_a_killed_host(run_id: str, eventually: Eventually) -> None:
    with test_servers(run_id) as servers:
        port = servers.postgres.port
        host_of(run_id).kill()
        eventually(lambda: is_free(port), 15)
        with test_servers(run_id) as again:
            assert again.postgres.port
            eventually(lambda: not is_free(again.postgres.port), 1)


def host_of(run_id: str) -> psutil.Process:
    place = hashlib.sha256(run_id.encode()).hexdigest()[:16]
    [host] = [each for each in psutil.process_iter() if any(place in part for part in arguments(each))]
    return host


def arguments(process: psutil.Process) -> list[str]:
    try:
        parts: list[str] = process.cmdline()
    except psutil.Error:
        return []
    return parts


def test_given_servers_are_used(monkeypatch: pytest.MonkeyPatch, run_id: str) -> None:
    monkeypatch.setenv("IMDI_TEST_POSTGRES", "postgresql://me:secret@db.example:6543/postgres")
    monkeypatch.setenv("IMDI_TEST_KAFKA", "kafka.example:9092")
    with test_servers(run_id) as servers:
        assert (servers.postgres.host, servers.postgres.port) == ("db.example", 6543)
        assert servers.kafka.bootstrap == "kafka.example:9092"
        assert servers._lease is None


def test_what_the_host_says_reaches_the_tests(monkeypatch: pytest.MonkeyPatch, run_id: str) -> None:
    monkeypatch.setenv("IMDI_POSTGRES_BIN", "/nowhere")
    with test_servers(run_id) as servers, pytest.raises(RuntimeError, match="no PostgreSQL"):
        servers.postgres.port  # noqa: B018 - asking is the deed


async def test_databases_are_made_with_a_running_loop_too(servers: Servers) -> None:
    name = f"imdi_loop_{os.getpid()}"
    app, migrator = servers.postgres.create_database(name)
    servers.postgres.drop(name)
    assert {url.rsplit("/", 1)[1] for url in (app, migrator)} == {name}
