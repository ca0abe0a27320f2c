"""One HTTP connection, with an end to all that a client may drag out: a head, its size, an answer it does not read."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from imdi_common.problems import MEDIA_TYPE, Problem

HEAD_S = 10.0
"""Seconds from a connection, or the first byte of a further request, to the end of its headers."""
STUCK_S = 30.0
"""Seconds in which a client must read something of an answer that waits for it."""
LINGER_S = 1.0
"""Seconds that an idle connection has, when the server ends, for a request that is on its way."""
LONGEST_HEAD = 32 * 1024
MOST_HEADERS = 100
MOST_CONNECTIONS = 1000
"""Beyond them the one that has been idle the longest makes room."""
REFUSALS = {
    400: Problem("invalid-request", 400, "This is no HTTP request."),
    408: Problem("request-timeout", 408, "The request did not come in time."),
    431: Problem("headers-too-large", 431, f"The address and headers have at most {LONGEST_HEAD} bytes together."),
}


class Wire(HttpToolsProtocol):
    """uvicorn's connection and its limits."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        super().connection_made(transport)
        self._in_head = False
        self._head = 0
        self._refusal = 400
        self._stuck: asyncio.TimerHandle | None = None
        self._idle_since = self.loop.time()
        self._hurry: asyncio.TimerHandle | None = None
        self._hurry_up()
        if len(self.connections) > MOST_CONNECTIONS:
            self._make_room()

    def connection_lost(self, exc: Exception | None) -> None:
        self._at_leisure()
        if self._stuck:
            self._stuck.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self.transport.is_closing() or not (self._in_head or self.idle):
            return
        self._head += len(data)
        self._hurry_up()
        if self._in_head and self._head > LONGEST_HEAD:
            self._refuse(431)

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._in_head, self._head = True, 0

    def on_headers_complete(self) -> None:
        self._in_head = False
        size = len(self.url) + sum(len(name) + len(value) for name, value in self.headers)
        if size > LONGEST_HEAD or len(self.headers) > MOST_HEADERS:
            self._refusal = 431
            raise ValueError  # the parser makes it its own error, and send_400_response is called
        self._at_leisure()
        super().on_headers_complete()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        self._idle_since = self.loop.time()

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 - uvicorn's words, for which ours stand
        """Called by uvicorn for what is no HTTP, or where a callback above refuses."""
        self._refuse(self._refusal)

    def pause_writing(self) -> None:
        super().pause_writing()
        self._stuck = self.loop.call_later(STUCK_S, self.transport.abort)

    def resume_writing(self) -> None:
        super().resume_writing()
        if self._stuck:
            self._stuck.cancel()

    def shutdown(self) -> None:
        """The server ends: what is being answered is answered; the idle have a moment more."""
        if self.idle:
            self.loop.call_later(LINGER_S, self._leave)
        else:
            self.cycle.keep_alive = False

    @property
    def idle(self) -> bool:
        """Whether no request of it is being answered."""
        return self.cycle is None or self.cycle.response_complete  # type: ignore[redundant-expr]  # none before the first

    def _leave(self) -> None:
        if self.idle and not self._in_head:
            self.transport.close()

    def _hurry_up(self) -> None:
        if self._hurry is None:
            self._hurry = self.loop.call_later(HEAD_S, self._too_late)

    def _at_leisure(self) -> None:
        if self._hurry:
            self._hurry.cancel()
            self._hurry = None

    def _too_late(self) -> None:
        self._refuse(408) if self._in_head else self.transport.close()

    def _make_room(self) -> None:
        idle: list[Any] = [each for each in self.connections if isinstance(each, Wire) and each.idle]
        min(idle, key=lambda each: each._idle_since).transport.abort()  # noqa: SLF001 - another of our own kind

    def _refuse(self, status: int) -> None:
        body = json.dumps(REFUSALS[status].document()).encode()
        head = f"content-type: {MEDIA_TYPE}\r\ncontent-length: {len(body)}\r\nconnection: close\r\n\r\n"
        self.transport.write(STATUS_LINE[status] + head.encode() + body)
        self.transport.close()
