"""The portal's HTTP server: on its own port or on a socket opened for it. It ends without failing a request."""

from __future__ import annotations

import asyncio
import socket
from types import FrameType

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from imdi_portal.app import create_app
from imdi_portal.settings import Settings

DRAIN_S = 1.5
"""Seconds in which a process that ends still accepts, and tells each caller to connect anew."""
LINGER_S = 1.0
"""Seconds that an idle connection then has for a request that is on its way."""
GRACE_S = 5


class _Connection(HttpToolsProtocol):
    def shutdown(self) -> None:
        if self.cycle is None or self.cycle.response_complete:  # type: ignore[redundant-expr]  # none before the first
            self.loop.call_later(LINGER_S, super().shutdown)
        else:
            super().shutdown()


class _Server(uvicorn.Server):
    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Accept no more only after the drain; asked once more, at once."""
        if self.config.app.state.stopping:  # type: ignore[union-attr]  # our own application
            super().handle_exit(sig, frame)
            return
        self.config.app.state.stopping = True  # type: ignore[union-attr]  # as above
        asyncio.get_running_loop().call_later(DRAIN_S, setattr, self, "should_exit", True)


def serve(settings: Settings) -> None:
    """Serve until told to stop."""
    config = uvicorn.Config(
        create_app(settings),
        host=settings.host,
        port=settings.port,
        http=_Connection,
        ws="none",
        access_log=False,
        log_level="warning",
        timeout_graceful_shutdown=GRACE_S,
    )
    sockets = None if settings.socket_fd is None else [socket.socket(fileno=settings.socket_fd)]
    _Server(config).run(sockets)
