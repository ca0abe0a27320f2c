"""A service's HTTP server: on its own port or on a socket opened for it. It ends without failing a request."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import uvicorn

from imdi_common.app import create_app
from imdi_common.service import Runtime
from imdi_common.wire import Wire

DRAIN_S = 1.5
"""Seconds in which a process that ends still accepts: balancers learn from its readiness, callers from each answer."""
ANSWER_S = 15
"""Seconds that requests have to end thereafter."""
KEEP_ALIVE_S = 30


class _Server(uvicorn.Server):
    """uvicorn without its own signal handlers: the process has one for all of its roles."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@asynccontextmanager
async def listening(runtime: Runtime) -> AsyncIterator[asyncio.Task[None]]:
    """Serve HTTP; yields the server's task. At the end: answer on for a moment, accept no more, finish, close."""
    settings = runtime.settings
    config = uvicorn.Config(
        create_app(runtime),
        host=settings.host,
        port=settings.port,
        http=Wire,
        ws="none",
        log_config=None,
        log_level=logging.ERROR,  # what is wrong with a request is told to its sender
        access_log=False,
        lifespan="on",
        timeout_keep_alive=KEEP_ALIVE_S,
        timeout_graceful_shutdown=ANSWER_S,
    )
    server = _Server(config)
    sockets = None if settings.socket_fd is None else [socket.socket(fileno=settings.socket_fd)]
    task = asyncio.create_task(server.serve(sockets))
    try:
        yield task
    finally:
        if not task.done():
            await asyncio.sleep(DRAIN_S)
        server.should_exit = True
        await asyncio.wait({task}, timeout=ANSWER_S + 2)
