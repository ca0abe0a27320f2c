"""What stands before every door: no more requests than can be answered, an end to slow ones, each measured."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any

from prometheus_client import Histogram
from starlette.requests import ClientDisconnect
from starlette.responses import Response

from imdi_common.door import MAX_BODY
from imdi_common.problems import MEDIA_TYPE, Problem
from imdi_common.service import Runtime

BODY_S = 20.0
"""Seconds in which a request's body must have come."""
ALWAYS_ANSWERED = ("/health/", "/metrics", "/version")
"""Asked by who decides on restarting us, and so never told to come again."""
Receive = Callable[[], Awaitable[Any]]
Send = Callable[[Any], Awaitable[None]]
App = Callable[[Any, Receive, Send], Awaitable[None]]
Tell = Callable[[Exception], Response]

requests = Histogram("imdi_http_request_seconds", "Time to answer.", ["method", "route", "status"])
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class Front:
    """ASGI middleware around all of a service's doors; ``unexpected`` renders an error that no door has answered."""

    def __init__(self, app: App, runtime: Runtime, unexpected: Tell, render: Callable[[Problem], Response]) -> None:
        self._app = app
        self._runtime = runtime
        self._unexpected = unexpected
        self._render = render

    async def __call__(self, scope: Any, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = time.perf_counter()
        answer = Answer(scope, send, self._runtime, self._render)
        await self._answered(scope, in_time(receive), answer)
        route = getattr(scope.get("route"), "path", "none")
        method = scope["method"] if scope["method"] in METHODS else "other"
        requests.labels(method, route, answer.status).observe(time.perf_counter() - began)

    async def _answered(self, scope: Any, receive: Receive, answer: Answer) -> None:
        try:
            if scope["path"].startswith(ALWAYS_ANSWERED):
                await self._app(scope, receive, answer.send)
            elif self._runtime.load.full:
                await answer.instead(overloaded())
            else:
                with self._runtime.load.one_more():
                    await self._app(scope, receive, answer.send)
        except ClientDisconnect:
            return  # whoever has left needs no answer
        except Exception as error:  # noqa: BLE001 - no error may leave the process with its text
            if answer.status:
                raise ConnectionAbortedError from None  # half an answer is out: only the connection can say so
            await self._unexpected(error)(scope, receive, answer.send)


class Answer:
    """What goes out: in our form where a library wrote it, and with the news that the process ends, when it does."""

    def __init__(self, scope: Any, send: Send, runtime: Runtime, render: Callable[[Problem], Response]) -> None:
        self._scope = scope
        self._send = send
        self._runtime = runtime
        self._render = render
        self._replaced = False
        self.status = 0

    async def send(self, message: Any) -> None:
        if self._replaced:
            return
        if message["type"] == "http.response.start":
            self.status = message["status"]
            if self.status == 413 and (b"content-type", MEDIA_TYPE.encode()) not in message["headers"]:
                await self.instead(Problem("body-too-large", 413, f"A body has at most {MAX_BODY} bytes."))
                return
            if self._runtime.stopping:
                message["headers"] = [*message["headers"], (b"connection", b"close")]
        await self._send(message)

    async def instead(self, problem: Problem) -> None:
        """Answer with a problem, and with nothing else."""
        await self._render(problem)(self._scope, _nothing, self.send)
        self._replaced = True


def overloaded() -> Problem:
    detail = "There are more requests now than can be answered; try again."
    return Problem("overloaded", 503, detail, headers={"Retry-After": "1"})


def in_time(receive: Receive) -> Receive:
    """``receive``, which ends in a 408 when a body does not come; when all of it is there it may wait for ever."""
    late = asyncio.get_running_loop().time() + BODY_S
    whole = False

    async def received() -> Any:
        nonlocal whole
        if whole:
            return await receive()
        try:
            async with asyncio.timeout_at(late):
                message = await receive()
        except TimeoutError:
            detail = f"A request must be sent within {BODY_S:.0f} seconds."
            raise Problem("request-timeout", 408, detail, headers={"Connection": "close"}) from None
        whole = not message.get("more_body", False)
        return message

    return received


async def _nothing() -> Any:
    return {"type": "http.request", "body": b"", "more_body": False}
