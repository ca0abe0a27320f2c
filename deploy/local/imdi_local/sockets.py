"""The services' listening sockets: held by the supervisor, so that whoever calls a service that restarts waits."""

from __future__ import annotations

import socket
from collections.abc import Mapping

BACKLOG = 2048
"""Connections that wait in the kernel while nobody accepts."""


class Sockets:
    """One socket for each service, by its name; a service inherits its own."""

    def __init__(self) -> None:
        self._held: dict[str, socket.socket] = {}

    def hold(self, ports: Mapping[str, int]) -> None:
        """Listen on each port of 127.0.0.1. Raises OSError for one that is taken."""
        for name, port in ports.items():
            held = self._held[name] = socket.socket()
            held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            held.bind(("127.0.0.1", port))
            held.listen(BACKLOG)

    def number(self, name: str) -> int | None:
        """The descriptor to inherit; none where nothing is held."""
        held = self._held.get(name)
        return held.fileno() if held else None

    def release(self) -> None:
        """Hold none: when the services have closed theirs, callers are refused."""
        for held in self._held.values():
            held.close()
        self._held.clear()
