"""A service's process: one image, many roles, so that operators scale each apart."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import gc
import signal
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from sqlalchemy import text

from imdi_common.consumer import BATCHES_AT_ONCE, Consumer
from imdi_common.due import DueClock
from imdi_common.listen import listening
from imdi_common.membership import Member
from imdi_common.migrations import migrate, new_revision
from imdi_common.outbox import CHANNEL
from imdi_common.policing import Policing
from imdi_common.projecting import Projector
from imdi_common.reactions import Policy, Projection
from imdi_common.rebuilds import Rebuilds, copies_of
from imdi_common.relay import Relay
from imdi_common.service import Runtime, Service
from imdi_common.settings import ServiceSettings
from imdi_common.telemetry import configure, logger

ROLES = ("api", "relay", "projections", "policies", "clock")
FINISH_S = 3.0
"""Seconds for a batch in hand to be applied and committed; twice, and HTTP before: within 25 s in all."""
CANCEL_S = 2.0
GARBAGE = (20_000, 20, 20)
"""A batch of records is a few thousand objects: Python's own 700 would look through them again and again."""


class Leaving(Protocol):
    """A role that can be asked to end; ``working`` says whether it has anything to finish."""

    working: bool

    def leave(self) -> None: ...


def main(service: Service) -> None:
    """``python -m imdi_<service> serve | api | relay | projections | policies | clock | migrate | …``."""
    parser = argparse.ArgumentParser(prog=service.name, description=service.title)
    parser.add_argument("role", choices=["serve", *ROLES, "migrate", "revision", *service.commands])
    parser.add_argument("message", nargs="?", default="", help="of a new revision")
    asked = parser.parse_args()
    settings = service.settings()  # type: ignore[call-arg]  # the environment gives them
    configure(service.name, settings.log_level)
    owner = settings.migrator_database_url or settings.database_url
    if asked.role == "migrate":
        migrate(service, owner.get_secret_value())
    elif asked.role == "revision":
        new_revision(service, owner.get_secret_value(), asked.message)
    elif asked.role in service.commands:
        asyncio.run(_command(service, settings, service.commands[asked.role]))
    else:
        roles = ROLES if asked.role == "serve" else (asked.role,)
        with asyncio.Runner(loop_factory=loop_of(roles)) as runner:
            runner.run(serve(service, settings, roles))


def loop_of(roles: tuple[str, ...]) -> Callable[[], asyncio.AbstractEventLoop] | None:
    """Uvloop where no role speaks to Kafka, else asyncio's own.

    After a reset uvloop refuses a write by a RuntimeError, on which aiokafka's background tasks end for ever: the
    consumer stays in its group and reads nothing (aio-libs/aiokafka#1038).
    """
    if roles != ("api",):
        return None
    import uvloop  # noqa: PLC0415 - only a serving process needs it

    return uvloop.new_event_loop


async def _command(service: Service, settings: ServiceSettings, work: Callable[[Runtime], Awaitable[None]]) -> None:
    runtime = Runtime.of(service, settings)
    async with contextlib.AsyncExitStack() as stack:
        if service.open:
            runtime.resources = await stack.enter_async_context(service.open(runtime))
        await work(runtime)
    await runtime.database.close()


async def serve(service: Service, settings: ServiceSettings, roles: tuple[str, ...]) -> None:
    """Do the given roles until told to stop; a role that fails for good ends the process."""
    url = settings.database_url.get_secret_value()
    relay = Relay(service.name, url, settings.kafka_bootstrap) if "relay" in roles else None
    announced = asyncio.Event()

    def wake() -> None:
        relay.wake() if relay else announced.set()

    runtime = Runtime.of(service, settings, wake=wake)
    work = Work({} if service.keys else {"keys": runtime.keys.run()})
    if relay:
        work.jobs["relay"] = relay.run()
        work.last["relay"] = relay
    else:
        work.jobs["wake"] = _notify(runtime, announced)
    for role, member in _members(runtime, roles).items():
        work.jobs[role] = member.run()
        work.first[role] = member
    if "projections" in roles:
        copies = copies_of(service.projections, service.policies)
        rebuilds = Rebuilds(copies, runtime.database, url, settings.kafka_bootstrap, runtime.clock)
        work.jobs["rebuilds"] = rebuilds.run()
    if "clock" in roles:
        clock = DueClock(service.name, runtime.database, url, runtime.clock, service.due)
        work.jobs["clock"] = clock.run()
        if service.run:
            work.jobs["run"] = service.run(runtime)
    await _until_stopped(runtime, work, serve_http="api" in roles)


def _members(runtime: Runtime, roles: tuple[str, ...]) -> dict[str, Member]:
    service, settings = runtime.service, runtime.settings
    members: dict[str, Member] = {}
    # A role alone has the connections for itself; two are left for what comes between.
    at_once = max(BATCHES_AT_ONCE, settings.pool_size - 2) if len(roles) == 1 else BATCHES_AT_ONCE

    def join(
        role: str, reactions: Sequence[Projection[Any] | Policy[Any]], *handles: Any, whole_topics: bool = False
    ) -> None:
        topics = [reaction.topic.name for reaction in reactions]
        group = f"imdi.{service.name}.{role}"
        place = (group, topics, settings.kafka_bootstrap, settings.instance)
        consumer = Consumer(*place, *handles, whole_topics=whole_topics, at_once=at_once)
        url, name = settings.database_url.get_secret_value(), f"{group}.{settings.instance}"
        members[role] = Member(consumer, url, name)

    if "projections" in roles and service.projections:
        projector = Projector(service.projections, runtime.database, runtime.clock)
        join("projections", service.projections, projector.handle, projector.retry_waiting, whole_topics=True)
    if "policies" in roles and service.policies:
        policing = Policing(service.policies, runtime.database, runtime.clock)
        join("policies", service.policies, policing.handle, policing.retry_waiting)
    return members


async def _notify(runtime: Runtime, announced: asyncio.Event) -> None:
    """Wake a relay in another process, coalesced, on a connection of its own: never in a command's transaction."""
    while True:
        await announced.wait()
        announced.clear()
        try:
            async with runtime.database.transaction() as session:
                await session.execute(text(f"notify {CHANNEL}"))
        except Exception as error:  # noqa: BLE001 - only a hint is lost: the relay polls
            logger().info("wake_failed", error=type(error).__name__)
            await asyncio.sleep(1)


def seldom_collect() -> None:
    """Let no collection look through what is here at the start, and the young ones come more seldom."""
    gc.set_threshold(*GARBAGE)
    gc.collect()
    gc.freeze()


@dataclass
class Work:
    """What a process does: its roles, and of these the ones that finish what they have in hand when told to leave.

    ``last`` is told when the others have ended: the relay, which takes along what they announced.
    """

    jobs: dict[str, Awaitable[None]] = field(default_factory=dict)
    first: dict[str, Leaving] = field(default_factory=dict)
    last: dict[str, Leaving] = field(default_factory=dict)


async def _until_stopped(runtime: Runtime, work: Work, *, serve_http: bool) -> None:
    stop = asyncio.Event()

    def told() -> None:
        runtime.stopping = True  # readiness says so from this moment
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, told)
    seldom_collect()
    tasks = {name: asyncio.ensure_future(job) for name, job in work.jobs.items()}
    async with contextlib.AsyncExitStack() as stack:
        stack.push_async_callback(_end, tasks, work)
        if serve_http:
            if not runtime.service.keys:
                await runtime.keys.tried.wait()
            server = await stack.enter_async_context(listening(runtime))
        elif runtime.service.open:
            runtime.resources = await stack.enter_async_context(runtime.service.open(runtime))
        watched = tasks | ({"api": server} if serve_http else {})
        stopping = asyncio.create_task(stop.wait())
        done, _ = await asyncio.wait({stopping, *watched.values()}, return_when=asyncio.FIRST_COMPLETED)
        runtime.stopping = True
        for name, task in watched.items():
            if task in done and not stop.is_set():
                error = task.exception()
                logger().error("role_ended", role=name, error=type(error).__name__)
                raise SystemExit(1)
        for role in work.first.values():
            role.leave()
    await runtime.database.close()


async def _end(tasks: Mapping[str, asyncio.Future[None]], work: Work) -> None:
    """Once HTTP has ended: let each role finish, then the relay, and call off what has no end of its own."""
    for group in (work.first, work.last):
        for name, role in group.items():
            role.leave()
            if not role.working:
                tasks[name].cancel()
        if mine := [tasks[name] for name in group]:
            await asyncio.wait(mine, timeout=FINISH_S)
    for task in tasks.values():
        task.cancel()
    if tasks:
        await asyncio.wait(tasks.values(), timeout=CANCEL_S)
