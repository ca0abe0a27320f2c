"""A program that stands in for a service, so that the supervisor is tested by itself: ``stand_in.py NAME ROLE``.

It answers when it is ready, and writes down what it was told in the folder ``STAND_IN_NOTES``. ``STAND_IN_FAILS``
names a service and a role that shall fail. ``stand_in.py up HOME BASE [word …]`` starts a platform of such services.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import asyncpg

NAMES = ("registry", "matching", "legislation", "worker-prep", "portal")


class Door(BaseHTTPRequestHandler):
    """Ready at once."""

    def do_GET(self) -> None:
        self.send_response(200 if self.path == "/health/ready" else 404)
        self.send_header("Imdi-Process", str(os.getpid()))
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as the library names it
        """Says nothing."""


def serve(name: str, role: str) -> None:
    """One role of one service."""
    prefix = f"IMDI_{name.replace('-', '_').upper()}_"
    told = {key.removeprefix(prefix): value for key, value in os.environ.items() if key.startswith(prefix)}
    if os.environ.get("STAND_IN_FAILS") == f"{name} {role}":
        print("a setting is missing: colour")
        raise SystemExit(3)
    given = json.load(sys.stdin) if role == "bootstrap" else None
    notes = Path(os.environ["STAND_IN_NOTES"])
    (notes / f"{name}.{role}.json").write_text(json.dumps({"told": told, "given": given}))
    print(f"{name} {role} begins", flush=True)
    if role == "migrate":
        asyncio.run(migrate(told["MIGRATOR_DATABASE_URL"].replace("+asyncpg", "")))
    if role in ("relay", "projections", "policies", "clock"):
        signal.pause()
    if role in ("serve", "api"):
        server = HTTPServer((told["HOST"], int(told["PORT"])), Door, bind_and_activate=False)
        server.socket.close()
        server.socket = socket.socket(fileno=int(told["SOCKET_FD"]))
        server.serve_forever()


async def migrate(url: str) -> None:
    """What a first migration and every later one do."""
    connection = await asyncpg.connect(url)
    await connection.execute("create table if not exists kept (value int)")
    await connection.execute("insert into kept values (1)")
    await connection.close()


def up(home: str, base: str, *words: str) -> int:
    """A platform without demonstration."""
    from imdi_local.__main__ import start  # noqa: PLC0415 - the services start without it
    from imdi_local.home import Home  # noqa: PLC0415
    from imdi_local.links import Links  # noqa: PLC0415
    from imdi_local.surroundings import ServiceCode  # noqa: PLC0415
    from imdi_local.up import Wish  # noqa: PLC0415

    services = [ServiceCode(name, (sys.executable, __file__, name)) for name in NAMES]
    asked = {word: word in words for word in ("once", "law", "apart")}
    wish = Wish(base=int(base), demo=False, links=Links.of(os.environ), **asked)
    return start(Home(Path(home)), wish, services)


if __name__ == "__main__":
    if sys.argv[1] == "up":
        sys.exit(up(*sys.argv[2:]))
    serve(*sys.argv[1:])
