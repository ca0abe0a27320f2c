"""The HTTP server on a real port: slow and huge requests, too many at once, and an end that fails nobody."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import httpx
import psutil  # type: ignore[import-untyped]
import pytest
import pytest_asyncio
from fastapi import Response
from sqlalchemy import text

from imdi_common import front, listen, wire
from imdi_common.database import Database
from imdi_common.door import Caller, door_router
from imdi_common.listen import listening
from imdi_common.load import Load
from imdi_common.service import Runtime, Service

Token = Callable[..., dict[str, str]]
HEAD = b"POST /v1/things HTTP/1.1\r\nHost: imdi\r\n"
router = door_router(prefix="/v1/slow", tags=["slow"])


class Gate:
    """Holds requests until it is opened."""

    def __init__(self) -> None:
        self.entered = 0
        self.open = asyncio.Event()


@router.get("")
async def wait(door: Caller) -> Response:
    gate: Gate = door.runtime.resources
    gate.entered += 1
    await gate.open.wait()
    return Response("done")


@router.get("/large")
async def large() -> Response:
    return Response(b"x" * 50_000_000)


@pytest.fixture(scope="session")
def slow(service: Service) -> Service:
    return replace(service, routers=[*service.routers, router])


class Server:
    """A running server, and how to reach it."""

    def __init__(self, runtime: Runtime, port: int) -> None:
        self.runtime = runtime
        self.port = port
        self.gate: Gate = runtime.resources
        self.url = f"http://127.0.0.1:{port}"

    def client(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(base_url=self.url, timeout=30, trust_env=False)

    async def dial(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        return await asyncio.open_connection("127.0.0.1", self.port)

    async def told(self, sent: bytes) -> tuple[int, dict[str, Any]]:
        """What is answered to these bytes until the server hangs up; status 0 for nothing."""
        reader, writer = await self.dial()
        writer.write(sent)
        answer = await reader.read()
        writer.close()
        head, _, body = answer.partition(b"\r\n\r\n")
        return (int(head.split()[1]), json.loads(body)) if answer else (0, {})


@asynccontextmanager
async def serving(runtime: Runtime, slow: Service) -> AsyncIterator[Server]:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        held.listen(100)
        runtime = replace(
            runtime,
            service=slow,
            resources=Gate(),
            settings=runtime.settings.model_copy(update={"socket_fd": socket.dup(held.fileno())}),
        )
        server = Server(runtime, held.getsockname()[1])
        async with listening(runtime):
            yield server
            runtime.stopping = True


@pytest_asyncio.fixture
async def server(runtime: Runtime, slow: Service, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Server]:
    monkeypatch.setattr(listen, "DRAIN_S", 0.0)
    monkeypatch.setattr(wire, "LINGER_S", 0.0)
    async with serving(runtime, slow) as opened:
        yield opened


SLOW = {
    "nothing": b"",
    "half a line": b"GET /health",
    "half a head": b"GET /health/live HTTP/1.1\r\nHost: imdi\r\nX-A: b\r\n",
    "empty lines": b"\r\n\r\n",
}


@pytest.mark.parametrize("sent", SLOW.values(), ids=SLOW)
async def test_a_head_that_does_not_come_ends_its_connection(
    sent: bytes, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wire, "HEAD_S", 0.2)
    async with asyncio.timeout(5):
        status, problem = await server.told(sent)
    assert (status, problem.get("type")) in {(0, None), (408, "urn:imdi:problem:request-timeout")}
    assert (status == 408) == sent.startswith(b"GET")


async def test_bytes_that_dribble_win_no_time(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire, "HEAD_S", 0.3)
    reader, writer = await server.dial()

    async def dribble() -> None:
        for byte in b"GET /health/live HTTP/1.1\r\nX: " + b"y" * 1000:
            writer.write(bytes([byte]))
            await asyncio.sleep(0.02)

    dribbling = asyncio.create_task(dribble())
    async with asyncio.timeout(5):
        assert await reader.readuntil(b" 408 ")  # what follows may be cut off: we write on to a closed end
    dribbling.cancel()
    writer.close()


async def test_a_further_request_has_its_own_time(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire, "HEAD_S", 0.3)
    reader, writer = await server.dial()
    writer.write(b"GET /health/live HTTP/1.1\r\nHost: imdi\r\n\r\n")
    assert b"200" in await reader.readuntil(b"}")
    await asyncio.sleep(0.4)  # idle between two requests: that is keep-alive, and not slow
    writer.write(b"GET /health/live HTTP/1.1\r\nHost: imdi\r\n\r\n")
    assert b"200" in await reader.readuntil(b"}")
    writer.write(b"GET /health/live")
    async with asyncio.timeout(5):
        assert b"408" in await reader.read()
    writer.close()


async def test_a_body_that_does_not_come_is_408(
    server: Server, token: Token, monkeypatch: pytest.MonkeyPatch, database: Database
) -> None:
    monkeypatch.setattr(front, "BODY_S", 0.3)
    authorization = token()["Authorization"].encode()
    head = HEAD + b"Authorization: " + authorization + b"\r\nIdempotency-Key: k\r\nContent-Type: application/json\r\n"
    for rest in (
        b"Content-Length: 100\r\n\r\n{",
        b"Transfer-Encoding: chunked\r\n\r\n5\r\n{",
        b"Content-Length: 5\r\n\r\n",
    ):
        async with asyncio.timeout(5):
            status, problem = await server.told(head + rest)
        assert (status, problem["type"]) == (408, "urn:imdi:problem:request-timeout")
    async with database.transaction() as session:
        assert await session.scalar(text("select count(*) from thing")) == 0


async def test_a_caller_that_leaves_amid_its_body_harms_nobody(server: Server, token: Token) -> None:
    _, writer = await server.dial()
    authorization = token()["Authorization"].encode()
    writer.write(HEAD + b"Authorization: " + authorization + b"\r\nIdempotency-Key: k\r\nContent-Length: 100\r\n\r\n{")
    await writer.drain()
    writer.transport.abort()
    async with server.client() as client:
        assert (await client.get("/health/live")).status_code == 200


async def test_an_answer_that_nobody_reads_is_given_up(
    server: Server, token: Token, monkeypatch: pytest.MonkeyPatch, eventually: Callable[..., Any]
) -> None:
    monkeypatch.setattr(wire, "STUCK_S", 0.3)
    reader, writer = await server.dial()
    authorization = token()["Authorization"].encode()
    writer.write(b"GET /v1/slow/large HTTP/1.1\r\nHost: imdi\r\nAuthorization: " + authorization + b"\r\n\r\n")
    await reader.readuntil(b"\r\n\r\n")

    def connected() -> bool:
        ours = psutil.Process().net_connections("tcp")
        return any(each.laddr.port == server.port and each.status == psutil.CONN_ESTABLISHED for each in ours)

    async def given_up() -> bool:
        return not connected()

    assert connected()
    await eventually(given_up, 10)
    with pytest.raises((ConnectionError, asyncio.IncompleteReadError)):
        await reader.readexactly(50_000_000)
    writer.close()


HUGE = {
    "one header": b"GET / HTTP/1.1\r\nX: " + b"y" * 40_000 + b"\r\n\r\n",
    "one header without end": b"GET / HTTP/1.1\r\nX: " + b"y" * 10_000_000,
    "many headers": b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 200 + b"\r\n",
    "an address": b"GET /" + b"a" * 40_000 + b" HTTP/1.1\r\n\r\n",
    "an address without end": b"GET /" + b"a" * 1_000_000,
}


@pytest.mark.parametrize("sent", HUGE.values(), ids=HUGE)
async def test_a_head_that_is_too_large_is_431(sent: bytes, server: Server) -> None:
    try:
        status, problem = await server.told(sent)
    except ConnectionError:  # we were still sending when the server hung up
        return
    assert (status, problem["type"]) == (431, "urn:imdi:problem:headers-too-large")


NO_HTTP = {
    "garbage": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
    "another version": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "no address": b"GET HTTP/1.1\r\n\r\n",
    "two lengths": HEAD + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef",
    "length and chunks": HEAD + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "a length that is none": HEAD + b"Content-Length: -5\r\n\r\n",
    "a header's name": b"GET / HTTP/1.1\r\nX Y: z\r\n\r\n",
    "bytes in an address": b"GET /\xff HTTP/1.1\r\n\r\n",
}


@pytest.mark.parametrize("sent", NO_HTTP.values(), ids=NO_HTTP)
async def test_what_is_no_http_is_a_400_in_our_form(sent: bytes, server: Server) -> None:
    status, problem = await server.told(sent)
    assert (status, problem["type"]) == (400, "urn:imdi:problem:invalid-request")


async def test_a_hundred_megabytes_are_refused_before_they_are_read(server: Server, token: Token) -> None:
    headers = token() | {"Idempotency-Key": "k", "Content-Type": "application/json"}

    async def endless() -> AsyncIterator[bytes]:
        for _ in range(1600):
            yield b" " * 65536

    async with server.client() as client:
        for content in (b" " * 100_000_000, endless()):
            try:
                answer = await client.post("/v1/things", content=content, headers=headers)
            except httpx.WriteError:  # hung up while we were sending
                continue
            assert (answer.status_code, answer.json()["type"]) == (413, "urn:imdi:problem:body-too-large")


async def test_too_many_at_once_are_told_to_come_again_and_health_is_answered(
    server: Server, token: Token, eventually: Callable[..., Any]
) -> None:
    server.runtime.load._most = 5
    async with server.client() as client:
        waiting = [asyncio.create_task(client.get("/v1/slow", headers=token())) for _ in range(5)]

        async def full() -> bool:
            return server.gate.entered == 5

        await eventually(full)
        over = await client.get("/v1/slow", headers=token())
        assert (over.status_code, over.json()["type"]) == (503, "urn:imdi:problem:overloaded")
        assert over.headers["Retry-After"] == "1"
        assert over.headers["content-type"] == "application/problem+json"
        for address in ("/health/live", "/health/ready", "/version", "/metrics"):
            assert (await client.get(address)).status_code == 200
        server.gate.open.set()
        assert [answer.status_code for answer in await asyncio.gather(*waiting)] == [200] * 5
        assert (await client.get("/v1/slow", headers=token())).status_code == 200


async def test_who_rests_takes_no_place() -> None:
    load = Load(1)
    with load.one_more():
        resting = asyncio.create_task(load.rest(0.05))
        await asyncio.sleep(0)
        meanwhile = load.full
        await resting
        assert (meanwhile, load.full) == (False, True)
    assert load.taken == 0


async def test_of_too_many_connections_the_longest_idle_makes_room(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wire, "MOST_CONNECTIONS", 5)
    dialled = [await server.dial() for _ in range(8)]
    async with server.client() as client:
        assert (await client.get("/health/live")).status_code == 200
    async with asyncio.timeout(5):
        assert [await reader.read() for reader, _ in dialled[:3]] == [b""] * 3
    for _, writer in dialled:
        writer.close()


async def test_a_server_that_ends_answers_what_it_took_on_and_says_so(
    runtime: Runtime, slow: Service, token: Token
) -> None:
    async with serving(runtime, slow) as server:
        client = server.client()
        assert (await client.get("/health/ready")).status_code == 200
        waiting = asyncio.create_task(client.get("/v1/slow", headers=token()))
        while server.gate.entered == 0:  # noqa: ASYNC110 - the gate has no event for who comes
            await asyncio.sleep(0.01)
        server.runtime.stopping = True
        ending = await client.get("/health/ready")
        assert (ending.status_code, ending.headers["connection"]) == (503, "close")
        served = await client.get("/health/live")
        assert (served.status_code, served.headers["connection"]) == (200, "close")
        late = await server.dial()  # accepted, and nothing sent yet
        asyncio.get_running_loop().call_later(listen.DRAIN_S + 0.2, server.gate.open.set)
        speaking = asyncio.create_task(_late(*late))
    assert (await waiting).status_code == 200
    assert b"200 OK" in await speaking
    await client.aclose()
    with pytest.raises(OSError, match="Connect"):
        await server.dial()


async def _late(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
    """A request that is sent when the server accepts no more."""
    await asyncio.sleep(listen.DRAIN_S + 0.3)
    writer.write(b"GET /health/live HTTP/1.1\r\nHost: imdi\r\n\r\n")
    try:
        return await reader.read()
    finally:
        writer.close()
