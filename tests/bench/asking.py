"""A client that costs little: ``python -m tests.bench.asking PORT TOKEN CONNECTIONS SECONDS``.

Every connection asks for one thing after another, each under a key of its own; prints how many were made. Any other
answer than 201 ends it.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from functools import partial

import uvloop
from tests.bench.sizes import LABEL

from imdi_common.ids import uuid7

HEAD = (
    "POST /v1/things HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\n"
    "Authorization: Bearer {token}\r\nContent-Length: {length}\r\nIdempotency-Key: {run}-"
)


class Asking(asyncio.Protocol):
    """One connection."""

    def __init__(self, head: bytes, body: bytes, until: float) -> None:
        self._head, self._body, self._until = head, body, until
        self._answer = b""
        self.made = 0
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as asyncio gives it
        self._transport = transport
        self._ask()

    def data_received(self, data: bytes) -> None:
        self._answer += data
        head, found, body = self._answer.partition(b"\r\n\r\n")
        if not found or len(body) < int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0]):
            return
        if head[9:12] != b"201":
            self.done.set_exception(AssertionError(f"answered {head[9:12]!r} {body[:200]!r}"))
            return
        self._answer = b""
        self.made += 1
        self._ask() if time.monotonic() < self._until else self.done.set_result(None)

    def connection_lost(self, _: Exception | None) -> None:
        if not self.done.done():
            self.done.set_exception(ConnectionResetError())

    def _ask(self) -> None:
        self._transport.write(b"%s%d\r\n\r\n%s" % (self._head, self.made, self._body))


async def ask(port: int, token: str, connections: int, seconds: float) -> int:
    body = json.dumps({"label": LABEL}).encode()
    until = time.monotonic() + seconds
    opened = []
    for _ in range(connections):
        head = HEAD.format(token=token, length=len(body), run=uuid7()).encode()
        asking = partial(Asking, head, body, until)
        opened.append((await asyncio.get_running_loop().create_connection(asking, "127.0.0.1", port))[1])
    await asyncio.gather(*(one.done for one in opened))
    return sum(one.made for one in opened)


if __name__ == "__main__":
    port, token, connections, seconds = sys.argv[1:]
    print(uvloop.run(ask(int(port), token, int(connections), float(seconds))))
