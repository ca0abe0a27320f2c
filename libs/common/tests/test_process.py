"""A service as a real process in each role, its migrations from nothing, and the traces it leaves."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from httpx import AsyncClient
from opentelemetry import trace
from sqlalchemy import text
from structlog.testing import capture_logs

from imdi_common.database import Database
from imdi_common.process import ROLES, loop_of
from imdi_common.telemetry import _add_trace, configure, continued, logger, traceparent
from imdi_local.testing.databases import TestDatabase

PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
TRACE = PARENT.split("-")[1]
PROGRAM = """
from sqlalchemy import MetaData
from imdi_common.process import main
from imdi_common.service import Service
from imdi_common.settings import ServiceSettings
async def greet(runtime):
    print("hello from", runtime.service.name)
main(Service(name="sample", title="Sample", package="imdi_tiny", settings=ServiceSettings,
             commands={"greet": greet}))
"""


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    package = tmp_path / "imdi_tiny"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "__main__.py").write_text(PROGRAM)
    return tmp_path


async def start(tiny: Path, url: str, *arguments: str) -> asyncio.subprocess.Process:
    environment = {
        "PORT": "0",
        "DATABASE_URL": url,
        "KAFKA_BOOTSTRAP": "127.0.0.1:1",
        "ISSUER": "http://127.0.0.1:1",
        "JWKS_URL": "http://127.0.0.1:1/keys",
        "PYTHONPATH": str(tiny),
    }
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "imdi_tiny",
        *arguments,
        cwd=tiny,
        env=os.environ | environment,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )


@pytest.mark.parametrize("role", ["relay", "serve"])
async def test_a_role_told_to_stop_ends_well(role: str, tiny: Path, test_database: TestDatabase) -> None:
    process = await start(tiny, test_database.url, role)
    assert process.stderr
    async with asyncio.timeout(30):
        # The issuer is away: that is the first thing a started process tells, with its signal handlers in place.
        while b"keys_not_fetched" not in (line := await process.stderr.readline()):
            assert line, "it ended by itself"
    process.send_signal(signal.SIGTERM)
    async with asyncio.timeout(15):
        await process.communicate()
    assert process.returncode == 0


async def test_an_own_command_runs_and_ends(tiny: Path, test_database: TestDatabase) -> None:
    process = await start(tiny, test_database.url, "greet")
    async with asyncio.timeout(30):
        out, _ = await process.communicate()
    assert (process.returncode, out.strip()) == (0, b"hello from sample")


async def test_an_unknown_role_is_refused(tiny: Path, test_database: TestDatabase) -> None:
    process = await start(tiny, test_database.url, "dance")
    async with asyncio.timeout(30):
        _, told = await process.communicate()
    assert process.returncode == 2
    assert b"invalid choice" in told


async def test_a_trace_goes_on_into_what_is_announced(database: Database, things: Any) -> None:
    configure("sample", "info")
    with continued("command", PARENT):
        async with database.transaction() as session:
            await things.make(session, "a")
    async with database.transaction() as session:
        noted = str(await session.scalar(text("select traceparent from outbox")))
    assert noted.split("-")[1] == TRACE
    assert noted != PARENT


async def test_without_a_trace_nothing_is_noted(database: Database, things: Any) -> None:
    async with database.transaction() as session:
        await things.make(session, "a")
        assert await session.scalar(text("select traceparent from outbox")) is None
    assert traceparent() is None


@pytest.mark.parametrize("parent", [None, "", "garbage", "00-0-0-00"])
def test_a_broken_parent_begins_a_new_trace(parent: str | None) -> None:
    configure("sample", "info")
    with continued("work", parent):
        begun = traceparent()
    assert begun
    assert TRACE not in begun


def test_a_log_line_bears_the_trace_of_its_record() -> None:
    configure("sample", "info")
    with continued("react", PARENT):
        assert _add_trace(None, "info", {})["trace_id"] == TRACE
    assert _add_trace(None, "info", {}) == {}
    assert not trace.get_current_span().get_span_context().is_valid
    with capture_logs() as lines:
        logger().info("key_parked", key="a")
    assert lines == [{"event": "key_parked", "key": "a", "log_level": "info"}]


async def test_the_reference_names_each_door_and_what_it_needs(client: AsyncClient) -> None:
    document = (await client.get("/openapi.json")).json()
    made, read, put = (
        document["paths"]["/v1/things"]["post"],
        document["paths"]["/v1/things/{thing_id}"]["get"],
        document["paths"]["/v1/things/{thing_id}"]["put"],
    )
    names: Callable[[Any], set[str]] = lambda door: {one["name"] for one in door.get("parameters", [])}  # noqa: E731
    assert "Idempotency-Key" in names(made)
    assert "Idempotency-Key" not in names(read) | names(put)
    assert [door["operationId"] for door in (made, read, put)] == ["post_thing", "get_thing", "put_thing"]
    assert all(door["security"] == [{"bearer": []}] for door in (made, read, put))
    assert read["x-consistency"] == "own"
    assert "Problem" in document["components"]["schemas"]
    assert document["components"]["securitySchemes"]["bearer"]["scheme"] == "bearer"
    assert "/docs" not in document["paths"]


@pytest.mark.parametrize("name", ["other.js", "..%2Fpages.py", "docs.js.map"])
async def test_only_the_references_own_files_are_given(name: str, client: AsyncClient) -> None:
    answer = await client.get(f"/docs/{name}")
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"


def test_uvloop_carries_no_kafka_client() -> None:
    assert loop_of(("api",)) is not None
    assert [loop_of((role,)) for role in ROLES if role != "api"] == [None] * (len(ROLES) - 1)
    assert loop_of(ROLES) is None
