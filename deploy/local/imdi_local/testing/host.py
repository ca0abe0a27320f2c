"""The process that holds the servers of one test run: ``python -m imdi_local.testing.host SOCKET``.

Every test process keeps one connection to the socket open; the connection is its lease. The kernel closes it however
the process ends, so the host knows when the last one is gone, stops the servers and removes their data. Should the
host itself be killed, the servers die with it.

A request is one line, ``postgres`` or ``kafka``; the answer is one line of JSON, the server's address, or
``{"trouble": "…"}``. A server is started at the first request for it.
"""

from __future__ import annotations

import asyncio
import json
import secrets
import shutil
import signal
import sys
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path

from imdi_local import ports
from imdi_local.kafka import Kafka
from imdi_local.postgres import Postgres
from imdi_local.running import ExitedError, Running
from imdi_local.trouble import Trouble

GRACE = 2.0
"""Seconds without a lease after which the host ends; test processes come and go."""
PATIENCE = 60.0
"""Seconds to wait for the very first lease."""
START = 60.0
"""Seconds that a server may take to start."""


class Host:
    """The servers, as far as they were asked for, and the count of leases."""

    def __init__(self, data: Path) -> None:
        self._data = data
        self._running: list[Running] = []
        self._answers: dict[str, asyncio.Task[dict[str, str]]] = {}
        self._leases = 0
        self._changed = asyncio.Event()

    async def attend(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One test process, from its connection to its end."""
        self._lease(1)
        try:
            while line := await reader.readline():
                writer.write((json.dumps(await self._answer(line.decode().strip())) + "\n").encode())
                await writer.drain()
        except ConnectionError:
            pass
        finally:
            writer.close()
            self._lease(-1)

    async def until_deserted(self) -> None:
        """Returns when nobody has held a lease for a while."""
        patience = PATIENCE
        while True:
            self._changed.clear()
            try:
                await asyncio.wait_for(self._changed.wait(), None if self._leases else patience)
            except TimeoutError:
                return
            patience = GRACE

    async def stop(self) -> None:
        """Stops the servers the short way: their data goes too."""
        for running in reversed(self._running):
            await running.stop(5, signal.SIGQUIT if running.program.name == "postgres" else signal.SIGKILL)

    def _lease(self, change: int) -> None:
        self._leases += change
        self._changed.set()

    async def _answer(self, asked: str) -> dict[str, str]:
        start: dict[str, Callable[[], Awaitable[dict[str, str]]]] = {"postgres": self._postgres, "kafka": self._kafka}
        if asked not in self._answers:
            self._answers[asked] = asyncio.create_task(self._try(start[asked]))
        return await asyncio.shield(self._answers[asked])

    async def _try(self, start: Callable[[], Awaitable[dict[str, str]]]) -> dict[str, str]:
        try:
            return await start()
        except (Trouble, ExitedError, TimeoutError) as error:
            tail = error.tail if isinstance(error, ExitedError) else ""
            return {"trouble": f"{error}\n{tail}"}

    async def _postgres(self) -> dict[str, str]:
        [port] = ports.free(1)
        postgres = Postgres(self._data / "postgres", port, secrets.token_urlsafe(), durable=False)
        await postgres.create()
        await self._run(postgres)
        return {"dsn": postgres.superuser_dsn}

    async def _kafka(self) -> dict[str, str]:
        port, controller_port = ports.free(2)
        kafka = await asyncio.to_thread(Kafka, self._data / "kafka", port, controller_port)
        await kafka.create()
        await self._run(kafka)
        return {"bootstrap": kafka.bootstrap}

    async def _run(self, server: Postgres | Kafka) -> None:
        log = self._data / f"{server.data.name}.log"

        def show(line: str) -> None:
            with log.open("a") as file:
                file.write(line + "\n")

        running = await Running.start(server.program(), show)
        self._running.append(running)
        await asyncio.wait_for(running.until(server.ready()), START)


def forget(socket: Path) -> None:
    """Lets the next test process start a host of its own."""
    socket.unlink(missing_ok=True)
    socket.with_suffix(".log").unlink(missing_ok=True)


async def hold(socket: Path) -> None:
    """Listens on the socket until nobody is left; a host that begins meanwhile listens on a new one."""
    data = Path(tempfile.mkdtemp(prefix="imdi-test-"))
    host = Host(data)
    server = await asyncio.start_unix_server(host.attend, socket)
    ended = asyncio.Event()
    for each in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(each, ended.set)
    try:
        tasks = [asyncio.create_task(host.until_deserted()), asyncio.create_task(ended.wait())]
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        forget(socket)
        server.close()
        await host.stop()
        shutil.rmtree(data, ignore_errors=True)


if __name__ == "__main__":
    asyncio.run(hold(Path(sys.argv[1])))
