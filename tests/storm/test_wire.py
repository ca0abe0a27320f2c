"""The storm's client in front of a server that answers as it is told: what it writes down, and when it asks again."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from random import Random

import pytest
import pytest_asyncio
from tests.storm.history import Command, History, commands
from tests.storm.wire import Client, Over, Refused, Wire

DONE = '{"id": "v", "title": "new"}'
BROKEN = "broken"
Answer = tuple[int, str] | str


class Server:
    """Gives its answers in turn, the last one for ever; tokens always. Remembers keys and tags it was sent."""

    def __init__(self) -> None:
        self.answers: list[Answer] = [(200, DONE)]
        self.keys: list[str] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while head := await _head(reader):
            headers = dict(line.lower().split(": ", 1) for line in head[1:])
            await reader.readexactly(int(headers.get("content-length", 0)))
            answer = self._answer(head[0], headers)
            if isinstance(answer, str):
                writer.transport.abort()
                return
            status, body = answer
            more = f'content-length: {len(body)}\r\netag: "1"\r\n\r\n{body}'
            writer.write(f"HTTP/1.1 {status} Told\r\n{more}".encode())
            await writer.drain()
        writer.close()

    def _answer(self, asked: str, headers: dict[str, str]) -> Answer:
        if "/oauth/token" in asked:
            return 200, '{"access_token": "t", "expires_in": 600}'
        if key := headers.get("idempotency-key"):
            self.keys.append(key)
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


async def _head(reader: asyncio.StreamReader) -> list[str]:
    try:
        return (await reader.readuntil(b"\r\n\r\n")).decode().strip().split("\r\n")
    except (asyncio.IncompleteReadError, ConnectionError):
        return []


@pytest_asyncio.fixture
async def server() -> AsyncIterator[tuple[Server, str]]:
    told = Server()
    listening = await asyncio.start_server(told.serve, "127.0.0.1", 0)
    yield told, f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}"
    listening.close()


@pytest_asyncio.fixture
async def client(server: tuple[Server, str], tmp_path: Path) -> AsyncIterator[Client]:
    urls = dict.fromkeys(("registry", "matching"), server[1])
    wire = Wire(urls, History(tmp_path / "history.jsonl"), Random(1))
    yield Client(wire, "x", {"client_id": "x", "client_secret": "x"})
    await wire.http.aclose()
    wire.history.close()


def written(client: Client, tmp_path: Path) -> Command:
    client.wire.history.flush()
    [command] = commands((tmp_path / "history.jsonl").read_text().splitlines())
    return command


def problem(slug: str) -> str:
    return f'{{"type": "urn:imdi:problem:{slug}"}}'


@pytest.mark.parametrize(
    "first", [(503, "{}"), (500, "{}"), (429, "{}"), (401, "{}"), BROKEN, (409, problem("idempotency-in-flight"))]
)
async def test_what_is_not_known_is_asked_again_by_the_same_key(
    server: tuple[Server, str], client: Client, tmp_path: Path, first: Answer
) -> None:
    server[0].answers = [first, (200, DONE)]
    await client.post("vacancy.pause", "matching", "/v1/vacancies/v/pause", subject="v")
    assert written(client, tmp_path).outcome == "ok"
    assert len(server[0].keys) == 2
    assert len(set(server[0].keys)) == 1


async def test_a_refusal_is_a_failure(server: tuple[Server, str], client: Client, tmp_path: Path) -> None:
    server[0].answers = [(409, problem("wrong-state"))]
    with pytest.raises(Refused, match="409 wrong-state"):
        await client.post("vacancy.pause", "matching", "/v1/vacancies/v/pause", subject="v")
    assert written(client, tmp_path).outcome == "fail"
    assert client.wire.errors == {problem("wrong-state")}


@pytest.mark.parametrize("doubt", [(503, "{}"), BROKEN])
async def test_a_refusal_after_a_doubt_proves_nothing(
    server: tuple[Server, str], client: Client, tmp_path: Path, doubt: Answer
) -> None:
    server[0].answers = [doubt, (409, problem("wrong-state"))]
    with pytest.raises(Refused):
        await client.post("vacancy.pause", "matching", "/v1/vacancies/v/pause", subject="v")
    assert written(client, tmp_path).outcome == "unknown"


async def test_what_never_left_is_no_doubt(server: tuple[Server, str], client: Client, tmp_path: Path) -> None:
    server[0].answers = [(429, "{}"), (409, problem("wrong-state"))]
    with pytest.raises(Refused):
        await client.post("vacancy.pause", "matching", "/v1/vacancies/v/pause", subject="v")
    assert written(client, tmp_path).outcome == "fail"


@pytest.mark.parametrize(("shown", "requests"), [("new", "by reading"), ("old", "put again")])
async def test_a_change_refused_by_its_tag_after_a_doubt_is_settled_by_reading(
    server: tuple[Server, str], client: Client, tmp_path: Path, shown: str, requests: str
) -> None:
    read = f'{{"id": "v", "title": "{shown}"}}'
    server[0].answers = [BROKEN, (412, problem("precondition-failed")), (200, read), (200, DONE)]
    await client.put(
        "vacancy.amend", "matching", "/v1/vacancies/v", {}, subject="v", etag='"0"',
        done=lambda found: bool(found["title"] == "new"),
    )  # fmt: skip
    command = written(client, tmp_path)
    assert command.outcome == "ok"
    assert (command.told == {"by": "reading"}) is (requests == "by reading")


async def test_what_is_still_unknown_at_the_end_stays_so(
    server: tuple[Server, str], client: Client, tmp_path: Path
) -> None:
    server[0].answers = [(503, "{}")]
    client.wire.over.set()
    with pytest.raises(Over):
        await client.post("vacancy.pause", "matching", "/v1/vacancies/v/pause", subject="v")
    assert written(client, tmp_path).outcome == "unknown"
    assert client.wire.unexpected == {}


async def test_an_error_that_is_no_overload_is_noted(server: tuple[Server, str], client: Client) -> None:
    server[0].answers = [(500, "{}"), (200, DONE)]
    await client.post("vacancy.pause", "matching", "/v1/vacancies/v/pause", subject="v")
    assert client.wire.unexpected == {"500 POST matching vacancies": 1}
