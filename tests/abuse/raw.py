"""HTTP/1.1 as bytes: what is sent is not put right by a library, and what comes back is read to its end."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

PATIENCE_S = 30.0


@dataclass(frozen=True)
class Reply:
    """An answer; status 0 where the connection ended without one."""

    status: int
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""


NOTHING = Reply(0)


class Wire:
    """One connection to one service, opened again when it was closed."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None

    async def send(self, request: bytes) -> Reply:
        """Send and read one answer."""
        async with asyncio.timeout(PATIENCE_S):
            if self._writer is None:
                self._reader, self._writer = await asyncio.open_connection("127.0.0.1", self._port)
            try:
                self._writer.write(request)
                reply = await self._read()
            except (ConnectionError, asyncio.IncompleteReadError):
                reply = NOTHING
        if reply.status == 0 or reply.headers.get("connection") == "close" or "event-stream" in str(reply.headers):
            await self.close()
        return reply

    async def close(self) -> None:
        if self._writer:
            self._writer.transport.abort()
        self._reader = self._writer = None

    async def _read(self) -> Reply:
        assert self._reader
        head = (await self._reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:] if line)}
        if "event-stream" in headers.get("content-type", ""):
            return Reply(int(head[0].split()[1]), headers)
        if headers.get("transfer-encoding") == "chunked":
            return Reply(int(head[0].split()[1]), headers, await self._chunks())
        body = await self._reader.readexactly(int(headers.get("content-length", 0)))
        return Reply(int(head[0].split()[1]), headers, body)

    async def _chunks(self) -> bytes:
        assert self._reader
        whole = b""
        while size := int((await self._reader.readline()).strip() or b"0", 16):
            whole += await self._reader.readexactly(size)
            await self._reader.readexactly(2)
        await self._reader.readline()
        return whole


def request(method: str, target: bytes, headers: list[tuple[str, bytes]], body: bytes) -> bytes:
    """The bytes of a request, with the length of its body where no header says something of it."""
    said = {name.lower() for name, _ in headers}
    if not said & {"content-length", "transfer-encoding"}:
        headers = [*headers, ("Content-Length", str(len(body)).encode())]
    lines = b"".join(name.encode() + b": " + value + b"\r\n" for name, value in headers)
    return method.encode() + b" " + target + b" HTTP/1.1\r\nHost: imdi\r\n" + lines + b"\r\n" + body
