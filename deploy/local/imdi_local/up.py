"""The start of the platform, step by step, and its life until it is told to stop."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import Coroutine, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any

import httpx

from imdi_local import databases, kafka, kafka_jars, ports, postgres, processes, rolling, run_file, topics
from imdi_local.home import OURSELVES, Home, write_private
from imdi_local.kafka import Kafka, Link
from imdi_local.kept_secrets import Secrets, kept_secrets
from imdi_local.links import NONE, Links
from imdi_local.logs import Journal
from imdi_local.postgres import Postgres
from imdi_local.program import Program
from imdi_local.run_file import Clients
from imdi_local.running import Running
from imdi_local.sockets import Sockets
from imdi_local.supervise import Plan, Supervisor
from imdi_local.surroundings import (
    CONTROLLER_PORT,
    ENCRYPTING,
    KAFKA_LINK_PORT,
    KAFKA_PORT,
    LISTENING,
    POSTGRES_PORT,
    ROLES,
    ServiceCode,
    Surroundings,
    ports_of,
)
from imdi_local.trouble import Trouble

STEADY = 1.0
"""Seconds after which a role without an HTTP door counts as started: what it cannot start with shows at once."""


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What the person who starts it asked for."""

    base: int = 8000
    once: bool = False
    demo: bool = True
    law: bool = True
    apart: bool = False
    """Each role of a service in a process of its own, as in production."""
    links: Links = NONE


class Up:
    """One run of the platform on one home."""

    def __init__(self, home: Home, wish: Wish, services: list[ServiceCode], journal: Journal) -> None:
        self._home = home
        self._wish = wish
        self._services = services
        self._journal = journal
        self._supervisor = Supervisor(partial(journal.line, home.logs), self._spawned)
        self._ports = ports_of(services, wish.base)
        self._secrets: Secrets
        self._postgres: Postgres
        self._kafka: Kafka
        self._clients: Clients = {}
        self._ready = False
        self._sockets = Sockets()
        self._restarts: list[asyncio.Task[None]] = []

    @property
    def urls(self) -> dict[str, str]:
        """Where each service answers."""
        return {name: f"http://127.0.0.1:{port}" for name, port in self._ports.items()}

    async def run(self) -> None:
        """Starts everything, and returns when it is told to stop, or after the journey. Raises Trouble."""
        told = asyncio.Event()
        for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            asyncio.get_running_loop().add_signal_handler(each, self._stop_soon, told)
        asyncio.get_running_loop().add_signal_handler(rolling.SIGNAL, self._restart_soon)
        life = asyncio.create_task(self._live())
        stopping = asyncio.create_task(told.wait())
        try:
            ends: set[asyncio.Future[Any]] = {life, stopping, self._supervisor.failure}
            await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        finally:
            ending = (life, stopping, *self._restarts)
            for task in ending:
                task.cancel()
            await asyncio.gather(*ending, return_exceptions=True)
            self._sockets.release()
            with self._journal.step("stop"):
                await self._supervisor.stop()
        if self._supervisor.failure.done():
            self._supervisor.failure.result()
        if not life.cancelled():
            life.result()

    def _stop_soon(self, told: asyncio.Event) -> None:
        if told.is_set():  # asked twice: the kernel ends our children with us
            os._exit(130)
        self._journal.say("stopping; once more ends everything at once")
        told.set()

    def _restart_soon(self) -> None:
        if self._ready and all(task.done() for task in self._restarts):
            self._restarts = [asyncio.create_task(rolling.restart(self._home, self._supervisor))]

    async def _live(self) -> None:
        self._secrets = kept_secrets(self._home, [each.name for each in self._with_database], list(ENCRYPTING))
        reserved = {"PostgreSQL": POSTGRES_PORT, "Kafka": KAFKA_PORT, "Kafka's controller": CONTROLLER_PORT}
        reserved |= {"Kafka's link": KAFKA_LINK_PORT} if self._wish.links.kafka else {}
        wanted = self._ports | {name: self._wish.base + offset for name, offset in reserved.items()}
        ports.demand_free(wanted, self._wish.base)
        self._sockets.hold(self._ports)
        await self._start_postgres()
        bootstrap = f"127.0.0.1:{self._wish.base + KAFKA_PORT}"
        dsn, links = self._postgres.superuser_dsn, self._wish.links
        around = Surroundings(self.urls, dsn, bootstrap, self._secrets, links, self._sockets)
        await _all([self._start_kafka(), self._migrate(around)])
        with self._journal.step("services"):
            await self._supervisor.start(*(plan for service in self._services for plan in self._plans(around, service)))
        await self._furnish(around)
        self._ready = True
        self._spawned()
        for name, url in sorted(self.urls.items(), key=lambda item: item[1]):
            self._journal.say(f"  {name:<12} {url}" + ("" if name == "portal" else "/docs"))
        self._journal.say(f"  everything else: {self._home.run_file}; Ctrl-C stops")
        if not self._wish.once:
            await asyncio.Event().wait()

    async def _start_postgres(self) -> None:
        with self._journal.step("PostgreSQL"):
            place, port = self._home.folder / "postgres", self._wish.base + POSTGRES_PORT
            self._postgres = server = Postgres(place, port, self._secrets.superuser)
            await server.create()
            explain = partial(postgres.damaged, place)
            plan = Plan(
                name="postgres",
                program=server.program,
                ready=lambda _: server.ready(),
                explain=explain,
                prepare=server.clear,
            )
            await self._supervisor.start(plan)

    async def _start_kafka(self) -> None:
        if not kafka_jars.fetched():
            with self._journal.step("Apache Kafka fetched, this once"):
                await self._fetch_kafka()
        with self._journal.step("Kafka"):
            base = self._wish.base
            place = self._home.folder / "kafka"
            told = self._wish.links.kafka
            link = Link(base + KAFKA_LINK_PORT, told) if told else None
            ports = base + KAFKA_PORT, base + CONTROLLER_PORT
            self._kafka = server = await asyncio.to_thread(Kafka, place, *ports, link)
            await server.create()
            explain = partial(kafka.damaged, place)
            plan = Plan(
                name="kafka",
                program=server.program,
                ready=lambda _: server.ready(),
                explain=explain,
                wedged=server.wedged,
            )
            await self._supervisor.start(plan)
            await topics.provide(server.bootstrap)

    async def _migrate(self, around: Surroundings) -> None:
        with self._journal.step("databases"):
            for service in self._with_database:
                await databases.provide(around.superuser_dsn, around.database_of(service))
            await _all(self._do(around.program(service, "migrate")) for service in self._with_database)

    async def _fetch_kafka(self) -> None:
        command = (sys.executable, "-u", "-m", "imdi_local.kafka_jars")
        program = Program(name="kafka-fetch", command=command, environment=os.environ)
        fetching = await Running.start(program, self._journal.detail)
        try:
            ended = await fetching.exited()
            if ended.status:
                raise Trouble("Apache Kafka could not be fetched", "see what it said; then start again", ended.tail)
        finally:
            await fetching.stop(1)

    def _plans(self, around: Surroundings, service: ServiceCode) -> list[Plan]:
        """One process that serves, or one for each role."""
        if not (self._wish.apart and service.has_database):
            return [self._plan(around, service, "serve", service.name)]
        return [self._plan(around, service, role, f"{service.name}-{role}") for role in ROLES]

    def _plan(self, around: Surroundings, service: ServiceCode, role: str, name: str) -> Plan:
        answers = partial(_answers, f"{self.urls[service.name]}/health/ready")
        return Plan(
            name=name,
            program=partial(around.program, service, role),
            ready=answers if role in LISTENING else lambda _: asyncio.sleep(STEADY),
            explain=partial(_cannot_start, name),
        )

    async def _furnish(self, around: Surroundings) -> None:
        """Law, stewards, and the demonstration."""
        named = {service.name: service for service in self._services}
        known = self._secrets.clients.items()
        stewards = {"clients": [{"name": name, "scopes": ["steward", "ops"], **client} for name, client in known]}
        deeds = [self._do(around.program(named["registry"], "bootstrap"), stewards)]
        if self._wish.law:
            deeds.append(self._do(around.program(named["legislation"], "load-packs")))
        with self._journal.step("stewards and law packs" if self._wish.law else "stewards"):
            await _all(deeds)
        self._clients = {name: {**client, "member_id": None} for name, client in known}
        if self._wish.demo:
            from imdi_local import demo  # noqa: PLC0415 - a platform without the demonstration needs none of it

            today = datetime.now(UTC).date()
            kept = self._home.folder / "demo.json"
            telling = self._journal.console
            self._clients |= await demo.run(self.urls, self._clients, kept, today, telling, law=self._wish.law)

    async def _do(self, program: Program, given: object = None) -> None:
        """One deed of a service, to its end. Raises Trouble where it fails."""
        status, printed = await program.run(json.dumps(given).encode() if given else b"")
        for line in printed.splitlines():
            self._journal.line(self._home.logs, program.name, line)
        if status:
            deed = f"{program.name} {program.command[-1]}"
            raise _cannot_start(deed, "\n".join(printed.splitlines()[-30:]))

    @property
    def _with_database(self) -> list[ServiceCode]:
        return [service for service in self._services if service.has_database]

    def _spawned(self) -> None:
        """Notes every new process at once, and on a full disk as soon as there is room."""
        try:
            self._note()
        except OSError as error:
            self._journal.say(f"imdi: run.json cannot be written ({error.strerror}); trying again")
            asyncio.get_running_loop().call_later(1, self._spawned)

    def _note(self) -> None:
        """For the next start, and for whoever reads run.json."""
        now = self._supervisor.processes()
        self._home.record(now | {OURSELVES: (os.getpid(), processes.started(os.getpid()) or 0.0)})
        if self._ready:
            pids = {name: pid for name, (pid, _) in now.items()}
            content = run_file.content(self.urls, self._postgres, self._kafka, self._clients, pids)
            write_private(self._home.run_file, content)


async def _all(deeds: Iterable[Coroutine[None, None, None]]) -> None:
    """All at once; the first Trouble when every other has ended."""
    outcomes = await asyncio.gather(*deeds, return_exceptions=True)
    for outcome in outcomes:
        if isinstance(outcome, BaseException):
            raise outcome


async def _answers(url: str, pid: int) -> None:
    """Returns when that process answers 200: while it replaces another, both answer at one address."""
    async with httpx.AsyncClient(timeout=5, trust_env=False) as client:
        while True:
            try:
                answer = await client.get(url, headers={"Connection": "close"})
                if answer.status_code == httpx.codes.OK and answer.headers.get("Imdi-Process") == str(pid):
                    return
            except httpx.TransportError:
                pass
            await asyncio.sleep(0.05)


def _cannot_start(name: str, log: str) -> Trouble:
    return Trouble(f"{name} could not start", "see what it said; then start again", log)
