"""Ports of 127.0.0.1: which are free, and who holds one that is not."""

from __future__ import annotations

import socket
from collections.abc import Mapping
from itertools import islice
from random import SystemRandom

import psutil  # type: ignore[import-untyped]

from imdi_local.trouble import Trouble

QUIET = range(10240, 32000)
"""Below those the system gives to outgoing connections: one of these could take a server's port while it restarts."""


def free(count: int) -> list[int]:
    """So many ports that nobody uses now, by chance, so that two who choose at once choose differently."""
    candidates = SystemRandom().sample(QUIET, len(QUIET))
    return list(islice(filter(is_free, candidates), count))


def is_free(port: int) -> bool:
    """Whether one could listen there now."""
    with socket.socket() as candidate:
        candidate.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            candidate.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def demand_free(wanted: Mapping[str, int], base: int) -> None:
    """Raises Trouble naming each port in use, what it is wanted for, and by whom it is held where that can be seen."""
    taken = {name: port for name, port in wanted.items() if not is_free(port)}
    if taken:
        named = "; ".join(f"{port} (for {name}) by {holder(port)}" for name, port in taken.items())
        other = base + 1000 if base < 60000 else 8000
        raise Trouble(f"ports in use: {named}", f"stop what holds them, or choose others: --port-base {other}")


def holder(port: int) -> str:
    """The process that listens on the port, as far as this user may know."""
    try:
        for connection in psutil.net_connections("tcp"):
            if connection.laddr and connection.laddr.port == port and connection.status == psutil.CONN_LISTEN:
                name = psutil.Process(connection.pid).name() if connection.pid else ""
                return f"process {connection.pid} ({name})" if name else "another user's process"
    except psutil.Error:
        pass
    return "a process that this user may not see"
