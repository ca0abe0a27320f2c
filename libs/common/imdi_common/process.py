"""A service's process: one image, many roles, so that operators scale each apart."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager

import uvicorn
from sqlalchemy import text

from imdi_common.app import create_app
from imdi_common.consumer import Consumer
from imdi_common.due import DueClock
from imdi_common.migrations import migrate, new_revision
from imdi_common.outbox import CHANNEL
from imdi_common.policing import Policing
from imdi_common.projecting import Projector
from imdi_common.relay import Relay
from imdi_common.service import Runtime, Service
from imdi_common.settings import ServiceSettings
from imdi_common.telemetry import configure, logger

ROLES = ("api", "relay", "projections", "policies", "clock")
GRACE_S = 20


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
        with asyncio.Runner(loop_factory=_loop_factory()) as runner:
            runner.run(serve(service, settings, ROLES if asked.role == "serve" else (asked.role,)))


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop]:
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
    work: dict[str, Awaitable[None]] = {} if service.keys else {"keys": runtime.keys.run()}
    if relay:
        work["relay"] = relay.run()
    else:
        work["wake"] = _notify(runtime, announced)
    work |= _reactions(runtime, roles)
    if "clock" in roles:
        clock = DueClock(service.name, runtime.database, url, runtime.clock, service.due)
        work["clock"] = clock.run()
        if service.run:
            work["run"] = service.run(runtime)
    await _until_stopped(runtime, work, serve_http="api" in roles)


def _reactions(runtime: Runtime, roles: tuple[str, ...]) -> dict[str, Awaitable[None]]:
    service, settings = runtime.service, runtime.settings
    work: dict[str, Awaitable[None]] = {}
    if "projections" in roles and service.projections:
        projector = Projector(service.projections, runtime.database, runtime.clock)
        topics = [projection.topic.name for projection in service.projections]
        group = f"imdi.{service.name}.projections"
        work["projections"] = Consumer(
            group, topics, settings.kafka_bootstrap, settings.instance, projector.handle
        ).run()
    if "policies" in roles and service.policies:
        policing = Policing(service.policies, runtime.database, runtime.clock)
        topics = [policy.topic.name for policy in service.policies]
        group = f"imdi.{service.name}.policies"
        work["policies"] = Consumer(
            group, topics, settings.kafka_bootstrap, settings.instance, policing.handle, policing.retry_waiting
        ).run()
    return work


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


class _Server(uvicorn.Server):
    """uvicorn without its own signal handlers: the process has one for all of its roles."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@asynccontextmanager
async def _http(runtime: Runtime) -> AsyncIterator[asyncio.Task[None]]:
    config = uvicorn.Config(
        create_app(runtime),
        host=runtime.settings.host,
        port=runtime.settings.port,
        log_config=None,
        access_log=False,
        lifespan="on",
        timeout_keep_alive=30,
        timeout_graceful_shutdown=GRACE_S,
    )
    server = _Server(config)
    task = asyncio.create_task(server.serve())
    try:
        yield task
    finally:
        server.should_exit = True
        await asyncio.wait({task}, timeout=GRACE_S + 2)


async def _until_stopped(runtime: Runtime, work: dict[str, Awaitable[None]], *, serve_http: bool) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with contextlib.AsyncExitStack() as stack:
        tasks = {name: asyncio.ensure_future(job) for name, job in work.items()}
        stack.push_async_callback(_cancel, list(tasks.values()))
        if serve_http:
            tasks["api"] = await stack.enter_async_context(_http(runtime))
        elif runtime.service.open:
            runtime.resources = await stack.enter_async_context(runtime.service.open(runtime))
        stopping = asyncio.create_task(stop.wait())
        done, _ = await asyncio.wait({stopping, *tasks.values()}, return_when=asyncio.FIRST_COMPLETED)
        runtime.stopping = True
        for name, task in tasks.items():
            if task in done and not stop.is_set():
                error = task.exception()
                logger().error("role_ended", role=name, error=type(error).__name__)
                raise SystemExit(1)
    await runtime.database.close()


async def _cancel(tasks: list[asyncio.Future[None]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.wait(tasks, timeout=GRACE_S)
