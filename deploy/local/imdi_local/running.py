"""A program that runs: its process, the lines it writes, its end."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
from collections import deque
from collections.abc import Callable, Coroutine
from contextlib import suppress

from imdi_local import processes
from imdi_local.program import Program

Show = Callable[[str], None]
LONGEST_LINE = 1 << 20
TAIL = 30


class ExitedError(Exception):
    """The process ended before it was ready, or while it was needed."""

    def __init__(self, program: Program, status: int, tail: str) -> None:
        super().__init__(f"{program.name} ended with status {status}")
        self.program = program
        self.status = status
        self.tail = tail
        """The last lines it wrote."""


class Running:
    """One process of a program. Start it on the main thread: on Linux a child dies with the *thread* that made it."""

    def __init__(self, program: Program, process: asyncio.subprocess.Process) -> None:
        self.program = program
        self.process = process
        self.began = processes.started(process.pid) or 0.0
        self._tail: deque[str] = deque(maxlen=TAIL)

    @classmethod
    async def start(cls, program: Program, show: Show) -> Running:
        """Starts it in a session of its own, so that Ctrl-C reaches the supervisor alone; ``show`` gets each line."""
        read, write = os.pipe()
        try:
            process = await asyncio.create_subprocess_exec(
                *program.argv(),
                env=dict(program.environment),
                stdin=subprocess.DEVNULL,
                stdout=write,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                pass_fds=program.inherits,
            )
        finally:
            os.close(write)
        running = cls(program, process)
        await running._listen(read, show)
        return running

    @property
    def pid(self) -> int:
        """Its number."""
        return self.process.pid

    @property
    def tail(self) -> str:
        """The last lines it wrote."""
        return "\n".join(self._tail)

    async def until(self, ready: Coroutine[None, None, None]) -> None:
        """Returns when ``ready`` does; raises ExitedError if the process ends first."""
        answer = asyncio.create_task(ready)
        end = asyncio.create_task(self.process.wait())
        try:
            await asyncio.wait({answer, end}, return_when=asyncio.FIRST_COMPLETED)
            if not answer.done():
                raise await self.exited()
            answer.result()
        finally:
            for task in (answer, end):
                task.cancel()
            await asyncio.gather(answer, end, return_exceptions=True)

    async def exited(self) -> ExitedError:
        """Waits for the end, and for what it wrote until then: children that live on may hold its output open."""
        status = await self.process.wait()
        with suppress(TimeoutError):
            await asyncio.wait_for(asyncio.shield(self._reading), 1)
        return ExitedError(self.program, status, self.tail)

    async def stop(self, patience: float, kindly: signal.Signals | None = None) -> None:
        """Asks it to end, in its own way, and kills it after ``patience`` seconds."""
        with suppress(ProcessLookupError):
            self.process.send_signal(kindly or self.program.stop)
            try:
                await asyncio.wait_for(self.process.wait(), patience)
            except TimeoutError:
                self.process.kill()
        await self.exited()
        self.close()

    def close(self) -> None:
        """Listens to it no longer."""
        self._reading.cancel()
        self._pipe.close()

    async def _listen(self, read: int, show: Show) -> None:
        reader = asyncio.StreamReader(limit=LONGEST_LINE)
        self._pipe, _ = await asyncio.get_running_loop().connect_read_pipe(
            lambda: asyncio.StreamReaderProtocol(reader), os.fdopen(read, "rb", 0)
        )
        self._reading = asyncio.create_task(self._read(reader, show))

    async def _read(self, reader: asyncio.StreamReader, show: Show) -> None:
        while True:
            try:
                line = await reader.readline()
            except ValueError:  # longer than any line worth showing; the reader has dropped it
                continue
            if not line:
                return
            text = line.decode(errors="replace").rstrip()
            self._tail.append(text)
            show(text)
