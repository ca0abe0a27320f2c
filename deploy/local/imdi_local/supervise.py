"""Processes that are started in order, started again when they die, and stopped in reverse."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Coroutine
from dataclasses import dataclass
from typing import Literal

from imdi_local.home import Processes
from imdi_local.program import Program
from imdi_local.running import ExitedError, Running
from imdi_local.trouble import Trouble

READY = 120.0
"""Seconds that a process may take to get ready."""
STOP = 25.0
"""Seconds that a process has to finish its work when asked to stop."""
LONGEST_PAUSE = 5.0
"""Between two tries. There is no last one: a disk that was full for an hour may have room again at any moment."""


SIGNS = {
    "No space left on device": ("the disk is full", "free some space, then start again"),
    "Address already in use": ("another process took its port", "start again, or choose another --port-base"),
}
"""What the operating system says through any program, what it means, what to do."""


def told_by_the_system(name: str, log: str) -> Trouble | None:
    """The trouble that is no fault of the program or its data; nothing where its words show none."""
    for sign, (wrong, remedy) in SIGNS.items():
        if sign in log:
            return Trouble(f"{name} could not start: {wrong}", remedy, log)
    return None


async def _never() -> None:
    await asyncio.Event().wait()


@dataclass(frozen=True, kw_only=True)
class Plan:
    """How one process is kept running."""

    name: str
    program: Callable[[], Program]
    ready: Callable[[int], Coroutine[None, None, None]]
    """Returns when the process of that number does its work."""
    explain: Callable[[str], Trouble]
    """What is wrong when it ends before it is ready, from its last lines."""
    prepare: Callable[[], None] = lambda: None
    """Before each start, in a thread: clears away what the last process left."""
    wedged: Callable[[], Coroutine[None, None, None]] = _never
    """Returns when a process lives on of which only another start makes one that works."""


class Supervised:
    """One plan and its process of now."""

    def __init__(self, plan: Plan, show: Callable[[str, str], None], spawned: Callable[[], None]) -> None:
        self.plan = plan
        self.running: Running | None = None
        self.beside: Running | None = None
        """While it is replaced: its successor, then the one that ends."""
        self._changing = asyncio.Lock()
        self._show = show
        self._spawned = spawned

    async def start(self) -> None:
        """Starts it and waits until it is ready. Raises Trouble."""
        await asyncio.to_thread(self.plan.prepare)
        await self._until_ready(await self._spawn("running"))

    async def keep(self) -> None:
        """Starts it again whenever it ends, for as long as it takes; each time that it cannot start, it is told why."""
        failures = 0
        while self.running:
            watched = self.running
            ended = await self._end_of(watched)
            async with self._changing:
                if self.running is not watched:  # its successor has taken over
                    continue
                watched.close()
                self._show("imdi", f"{self.plan.name} ended with status {ended.status}; starting it again")
                await asyncio.sleep(min(0.1 * 2**failures, LONGEST_PAUSE) if failures else 0)
                try:
                    await self.start()
                    failures = 0
                except Trouble as trouble:
                    failures += 1
                    self._show("imdi", f"{trouble.wrong}: {trouble.remedy}")

    async def _end_of(self, watched: Running) -> ExitedError:
        try:
            await watched.until(self.plan.wedged())
        except ExitedError as ended:
            return ended
        self._show("imdi", f"{self.plan.name} lives, but does its work no more; ending it")
        await watched.stop(STOP)
        return await watched.exited()

    async def replace(self) -> None:
        """Starts a successor beside it, and ends it when that is ready. Raises Trouble; then the old one goes on."""
        async with self._changing:
            old = self.running
            fresh = await self._spawn("beside")
            try:
                await self._until_ready(fresh)
            except Trouble:
                await fresh.stop(1)
                self.beside = None
                raise
            self.running, self.beside = fresh, old
            self._spawned()
        if old:
            await old.stop(STOP)
        self.beside = None
        self._spawned()

    async def stop(self) -> None:
        """Ends its processes, if it has any."""
        await asyncio.gather(*(each.stop(STOP) for each in (self.running, self.beside) if each))

    async def _until_ready(self, running: Running) -> None:
        try:
            await asyncio.wait_for(running.until(self.plan.ready(running.pid)), READY)
        except ExitedError as error:
            raise told_by_the_system(self.plan.name, error.tail) or self.plan.explain(error.tail) from error
        except TimeoutError as error:
            await running.stop(1)
            wrong = f"{self.plan.name} was not ready after {READY:.0f} s"
            raise Trouble(wrong, "see what it said; then start again", running.tail) from error

    async def _spawn(self, place: Literal["running", "beside"]) -> Running:
        """A process that is known, even if the start is called off at this very moment."""
        spawning = asyncio.ensure_future(
            Running.start(self.plan.program(), lambda line: self._show(self.plan.name, line))
        )
        try:
            fresh = await asyncio.shield(spawning)
        except asyncio.CancelledError:
            setattr(self, place, await spawning)
            raise
        setattr(self, place, fresh)
        self._spawned()
        return fresh


class Supervisor:
    """All of them: in groups, each started at once when the one before is ready."""

    def __init__(self, show: Callable[[str, str], None], spawned: Callable[[], None]) -> None:
        self._show = show
        self._spawned = spawned
        self._groups: list[list[Supervised]] = []
        self._keeping: list[asyncio.Task[None]] = []
        self.failure: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        """Holds what ended the keeping of a process: a fault of ours, for a process that fails is tried again."""

    async def start(self, *plans: Plan) -> None:
        """Starts a group and waits until all of it is ready. Raises the first Trouble."""
        group = [Supervised(plan, self._show, self._spawned) for plan in plans]
        self._groups.append(group)
        starting = [asyncio.create_task(self._start(each)) for each in group]
        try:
            await asyncio.gather(*starting)
        finally:
            for task in starting:
                task.cancel()
            await asyncio.gather(*starting, return_exceptions=True)

    def processes(self) -> Processes:
        """Of each process its number, and when it began."""
        known = [each for group in self._groups for each in group]
        found = {each.plan.name: each.running for each in known}
        found |= {f"{each.plan.name} (beside)": each.beside for each in known if each.beside}
        return {name: (running.pid, running.began) for name, running in found.items() if running}

    async def replace(self, names: Collection[str]) -> None:
        """Replaces these, one after another. Raises the first Trouble."""
        for each in [each for group in self._groups for each in group if each.plan.name in names]:
            self._show("imdi", f"{each.plan.name} is replaced")
            await each.replace()

    async def stop(self) -> None:
        """Stops all, the last group first; nothing is started again."""
        for task in self._keeping:
            task.cancel()
        await asyncio.gather(*self._keeping, return_exceptions=True)
        for group in reversed(self._groups):
            await asyncio.gather(*(each.stop() for each in group))

    async def _start(self, each: Supervised) -> None:
        await each.start()
        task = asyncio.create_task(each.keep())
        task.add_done_callback(self._kept)
        self._keeping.append(task)

    def _kept(self, task: asyncio.Task[None]) -> None:
        if not task.cancelled() and (error := task.exception()) and not self.failure.done():
            self.failure.set_exception(error)
            self.failure.exception()  # looked at, so that asyncio does not complain where nobody waits any more
