"""Servers of these tests' own, to be killed at will; those shared by the test run are never harmed."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import pytest

from imdi_local import ports
from imdi_local.kafka import Kafka
from imdi_local.postgres import Postgres
from imdi_local.running import Running

Server = Postgres | Kafka
Serving = Callable[[Server], AbstractAsyncContextManager[Running]]
Eventually = Callable[[Callable[[], bool], float], None]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path


@pytest.fixture
def postgres(home: Path) -> Postgres:
    [port] = ports.free(1)
    return Postgres(home / "postgres", port, "a superuser's password")


@pytest.fixture
def kafka(home: Path) -> Kafka:
    port, controller_port = ports.free(2)
    return Kafka(home / "kafka", port, controller_port)


@pytest.fixture
def serving() -> Serving:
    """Starts a server as the supervisor does, and ends it, however the test leaves it."""

    @asynccontextmanager
    async def serve(server: Server) -> AsyncIterator[Running]:
        await server.create()
        if isinstance(server, Postgres):
            await asyncio.to_thread(server.clear)
        lines: list[str] = []
        running = await Running.start(server.program(), lines.append)
        try:
            await asyncio.wait_for(running.until(server.ready()), 60)
            yield running
        finally:
            await running.stop(20)

    return serve


@pytest.fixture
def eventually() -> Eventually:
    def wait(happens: Callable[[], bool], seconds: float) -> None:
        end = time.monotonic() + seconds
        while not happens():
            assert time.monotonic() < end, "it did not happen in time"
            time.sleep(0.02)

    return wait


@pytest.fixture
def as_root() -> None:
    if os.geteuid() != 0:
        pytest.skip("NOT TESTED: what root may do; run the tests as root to test it")
