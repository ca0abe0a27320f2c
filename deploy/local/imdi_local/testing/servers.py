"""Real servers for tests: started once in a test run, shared by all its processes, gone with the last of them.

``IMDI_TEST_POSTGRES`` (a superuser's DSN) and ``IMDI_TEST_KAFKA`` (``host:port``) name servers to use instead, such as
those of testcontainers or of a build's service containers.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

import asyncpg
from filelock import FileLock

from imdi_local import databases
from imdi_local.databases import Database

T = TypeVar("T")
Urls = tuple[str, str]
"""For the app and for the migrator, ``postgresql+asyncpg://…``, as services' settings take them."""
START = 30.0
ANSWER = 300.0
"""Seconds; the first start of Kafka may have to fetch it."""


@dataclass(frozen=True)
class PostgresServer:
    """A server on which tests make and drop databases. Every method may be called with or without a running loop."""

    superuser_dsn: str = field(repr=False)

    @property
    def host(self) -> str:
        """Its address."""
        return urlsplit(self.superuser_dsn).hostname or "127.0.0.1"

    @property
    def port(self) -> int:
        """Its port."""
        return urlsplit(self.superuser_dsn).port or 5432

    def create_database(self, name: str) -> Urls:
        """An empty database with its two roles, ``<name>_app`` and ``<name>_migrator``."""
        database = _database(name)
        run(databases.provide(self.superuser_dsn, database))
        return database.urls(self.superuser_dsn)

    def drop(self, name: str) -> None:
        """Drops the database, whoever is connected, and its roles if it had its own; absent is well too."""
        run(self._drop(_database(name)))

    async def _drop(self, database: Database) -> None:
        server = await asyncpg.connect(self.superuser_dsn)
        try:
            await server.execute(f'drop database if exists "{database.name}" with (force)')
            for role in (database.app, database.migrator):
                await server.execute(f'drop role if exists "{role}"')
        finally:
            await server.close()


@dataclass(frozen=True)
class KafkaServer:
    """A broker on which tests make topics."""

    bootstrap: str


class Servers:
    """The servers of this test run, each started when it is first asked for."""

    def __init__(self, run_id: str) -> None:
        self._run_id = run_id
        self._lease: socket.socket | None = None

    @cached_property
    def postgres(self) -> PostgresServer:
        """PostgreSQL."""
        given = os.environ.get("IMDI_TEST_POSTGRES")
        return PostgresServer(given or self._ask("postgres")["dsn"])

    @cached_property
    def kafka(self) -> KafkaServer:
        """Kafka."""
        given = os.environ.get("IMDI_TEST_KAFKA")
        return KafkaServer(given or self._ask("kafka")["bootstrap"])

    def close(self) -> None:
        """Gives the lease back."""
        if self._lease:
            self._lease.close()
            self._lease = None

    def _ask(self, what: str) -> dict[str, str]:
        for _ in range(2):  # the host may have been about to leave when we came
            self._lease = self._lease or lease(self._run_id)
            if said := _exchange(self._lease, what):
                answer: dict[str, str] = json.loads(said)
                if "trouble" in answer:
                    raise RuntimeError(answer["trouble"])
                return answer
            self.close()
        raise RuntimeError(f"the process that holds the test servers ended while it started {what}")


@contextmanager
def test_servers(run_id: str) -> Iterator[Servers]:
    """The servers of the test run of that id: the same for every process that gives the same id."""
    servers = Servers(run_id)
    try:
        yield servers
    finally:
        servers.close()


test_servers.__test__ = False  # type: ignore[attr-defined]  # pytest, it is not a test


def lease(run_id: str) -> socket.socket:
    """A connection to the run's host, which is started if there is none."""
    folder = Path(tempfile.gettempdir()) / f"imdi-test-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    if folder.stat().st_uid != os.getuid():
        raise RuntimeError(f"{folder} belongs to another user: remove it")
    place = folder / hashlib.sha256(run_id.encode()).hexdigest()[:16]
    with FileLock(folder / "lock"):
        try:
            return _connect(place)
        except OSError:
            place.unlink(missing_ok=True)
        with place.with_suffix(".log").open("w") as log:
            host = subprocess.Popen(
                [sys.executable, "-m", "imdi_local.testing.host", str(place)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        return _await(place, host)


def run(deed: Coroutine[Any, Any, T]) -> T:
    """Runs it to its end on a loop of its own, also where this thread has a running one."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, deed).result()


def _exchange(connection: socket.socket, what: str) -> bytes:
    """The answer to one request; nothing if the host is gone."""
    said = b""
    try:
        connection.sendall(f"{what}\n".encode())
        while not said.endswith(b"\n"):
            part = connection.recv(65536)
            if not part:
                return b""
            said += part
    except ConnectionError:
        return b""
    return said


def _await(place: Path, host: subprocess.Popen[bytes]) -> socket.socket:
    end = time.monotonic() + START
    while time.monotonic() < end and host.poll() is None:
        try:
            connection = _connect(place)
        except OSError:
            time.sleep(0.02)
            continue
        host.returncode = 0  # it outlives us: Popen shall neither wait nor warn
        return connection
    raise RuntimeError(
        f"the process that holds the test servers did not start: {place.with_suffix('.log').read_text()}"
    )


def _connect(place: Path) -> socket.socket:
    connection = socket.socket(socket.AF_UNIX)
    try:
        connection.connect(str(place))
        connection.settimeout(ANSWER)
    except OSError:
        connection.close()
        raise
    return connection


def _database(name: str) -> Database:
    return Database(name, migrator_password="migrator", app_password="app")  # noqa: S106 - they open test data alone
