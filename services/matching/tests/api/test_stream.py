"""The stream of the public list, on a real socket: told as it happens, from where one was, as long as one may."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

import httpx
import pytest_asyncio
import uvicorn
from services.matching.tests.api.conftest import Ask, Build
from services.matching.tests.queries.test_feed_writers import publish, write
from sqlalchemy import update

from imdi_common.app import create_app
from imdi_common.database import Database
from imdi_common.mechanics import publication
from imdi_common.paging import encode_cursor
from imdi_common.service import Runtime
from imdi_matching.storage.copies import Member

Headers = dict[str, str]
PATH = "/v1/vacancies/changes/stream"


@pytest_asyncio.fixture
async def address(runtime: Runtime) -> AsyncIterator[str]:
    """The service on a port of its own."""
    server = uvicorn.Server(uvicorn.Config(create_app(runtime), port=0, log_config=None))
    serving = asyncio.create_task(server.serve())
    async with asyncio.timeout(20):
        while not server.started:  # noqa: ASYNC110 - uvicorn has no event for it
            await asyncio.sleep(0.01)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    runtime.stopping = server.should_exit = True
    await serving


@asynccontextmanager
async def listening(address: str, headers: Headers, query: str = "") -> AsyncIterator[AsyncIterator[tuple[str, Any]]]:
    """Each event of the stream as (id, change)."""
    client = httpx.AsyncClient(base_url=address, timeout=20)
    async with client, client.stream("GET", f"{PATH}{query}", headers=headers) as answer:
        assert (answer.status_code, answer.headers["content-type"]) == (200, "text/event-stream; charset=utf-8")

        async def events() -> AsyncIterator[tuple[str, Any]]:
            data = ""
            async for line in answer.aiter_lines():
                name, _, value = line.partition(": ")
                if name == "data":
                    data = value
                elif name == "id":
                    yield value, json.loads(data)

        yield events()


async def test_each_change_is_told_as_it_happens_and_again_from_where_one_was(
    address: str, token: Callable[..., Headers], database: Database
) -> None:
    async with listening(address, token()) as events:
        vacancy_id = await write(database)
        await database.run(publish)
        async with asyncio.timeout(20):
            told = [await anext(events) for _ in range(3)]
    assert [change["status"] for _, change in told] == ["posted", "paused", "posted"]
    assert {change["vacancy_id"] for _, change in told} == {str(vacancy_id)}
    assert [identifier for identifier, _ in told] == [change["cursor"] for _, change in told]
    async with httpx.AsyncClient(base_url=address) as client:
        feed = (await client.get("/v1/vacancies/changes", headers=token())).json()
    assert feed["items"] == [change for _, change in told]
    resumed = token() | {"Last-Event-ID": told[0][0]}
    for headers, query in ((token(), f"?after={told[0][0]}"), (resumed, ""), (resumed, "?after=older")):
        async with listening(address, headers, query) as events, asyncio.timeout(20):
            assert [await anext(events) for _ in range(2)] == told[1:]


async def test_a_member_that_falls_is_told_nothing_more(
    address: str, token: Callable[..., Headers], database: Database
) -> None:
    member: dict[str, Any] = {"id": uuid4(), "kind": "employer", "country": "SA"}
    async with listening(address, token(member=member)) as events:
        copy = member | {"status": "suspended", "licensed_until": None, "sequence": 9}
        async with database.transaction() as session:
            session.add(Member(**copy))
        async with asyncio.timeout(20):
            assert [event async for event in events] == []


async def test_a_bad_cursor_and_one_too_old_are_refused_before_anything_is_told(
    build: Build, ask: Ask, database: Database
) -> None:
    stage = await build("published")
    assert (await ask(stage, "stranger", "GET", f"{PATH}?after=x")).status_code == 422
    assert (await ask(stage, "stranger", "GET", PATH, headers={"Last-Event-ID": "x"})).status_code == 422
    async with database.transaction() as session:
        await session.execute(update(publication).values(forgotten=2))
    gone = await ask(stage, "stranger", "GET", f"{PATH}?after={encode_cursor(1)}")
    assert (gone.status_code, gone.json()["snapshot"]) == (410, "/v1/vacancies/snapshot")
