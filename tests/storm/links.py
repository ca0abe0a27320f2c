"""Links between services and servers that can be slow, torn, or closed."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections import deque
from contextlib import suppress
from typing import cast

RESET_AT_CLOSE = struct.pack("ii", 1, 0)
TICK_S = 0.001
"""A timer may ring so much early."""


class Link:
    """Listens on ``port`` and passes on to ``target``, both on 127.0.0.1."""

    def __init__(self, port: int, target: int) -> None:
        self.port = port
        self.target = target
        self.latency_s = 0.0
        self.open = False
        self._server: asyncio.Server | None = None
        self._ends: set[asyncio.Transport] = set()

    async def up(self) -> None:
        """Accept connections (again)."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: _Near(self), "127.0.0.1", self.port)
        self.open = True

    def down(self) -> None:
        """Refuse connections, and reset those there are."""
        self.open = False
        if self._server:
            self._server.close()
        self.tear()

    def tear(self) -> None:
        """Reset every connection; new ones are welcome."""
        for end in list(self._ends):
            with suppress(OSError):
                end.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_AT_CLOSE)
            end.abort()

    def joined(self, transport: asyncio.Transport) -> None:
        self._ends.add(transport)

    def left(self, transport: asyncio.Transport | None) -> None:
        if transport:
            self._ends.discard(transport)


class _End(asyncio.Protocol):
    """One side of a connection; what comes is written to the other, after the link's latency."""

    def __init__(self, link: Link) -> None:
        self.link = link
        self.transport: asyncio.Transport | None = None
        self.other: _End | None = None
        self.waiting: list[bytes] = []
        self._delayed: deque[tuple[float, bytes]] = deque()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)  # uvloop's are no subclass of it
        self.link.joined(self.transport)
        for some in self.waiting:
            self.transport.write(some)
        self.waiting.clear()

    def data_received(self, data: bytes) -> None:
        """Pass it on now or, in its turn, after the latency; what comes later never overtakes it."""
        if not (self.link.latency_s or self._delayed):
            self._pass(data)
            return
        loop = asyncio.get_running_loop()
        self._delayed.append((loop.time() + self.link.latency_s, data))
        if len(self._delayed) == 1:
            loop.call_at(self._delayed[0][0], self._pass_what_is_due)

    def _pass_what_is_due(self) -> None:
        loop = asyncio.get_running_loop()
        while self._delayed and self._delayed[0][0] <= loop.time() + TICK_S:
            self._pass(self._delayed.popleft()[1])
        if self._delayed:
            loop.call_at(self._delayed[0][0], self._pass_what_is_due)

    def connection_lost(self, error: Exception | None) -> None:  # noqa: ARG002 - as asyncio calls it
        self.link.left(self.transport)
        if self.other and self.other.transport:
            self.other.transport.close()

    def pause_writing(self) -> None:
        if self.other and self.other.transport:
            self.other.transport.pause_reading()

    def resume_writing(self) -> None:
        if self.other and self.other.transport:
            self.other.transport.resume_reading()

    def _pass(self, data: bytes) -> None:
        if self.other is None:
            return
        if self.other.transport is None:
            self.other.waiting.append(data)
        elif not self.other.transport.is_closing():
            self.other.transport.write(data)


class _Near(_End):
    """The side that called; it dials the server."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self.other = _End(self.link)
        self.other.other = self
        self._dialling = asyncio.ensure_future(self._dial(self.other))

    async def _dial(self, far: _End) -> None:
        try:
            await asyncio.get_running_loop().create_connection(lambda: far, "127.0.0.1", self.link.target)
        except OSError:
            if self.transport:
                self.transport.abort()
            return
        if far.transport and (self.transport is None or self.transport.is_closing()):
            far.transport.close()
