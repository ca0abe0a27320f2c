"""A program to run, as data, and the start of its process."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

CHILD = str(Path(__file__).with_name("child.py"))
User = tuple[int, int]
"""Numbers of a user and of a group."""


@dataclass(frozen=True, kw_only=True)
class Program:
    """What a process is made of: a command, the whole of its environment, how it is asked to stop."""

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str] = field(repr=False)
    """Holds passwords and keys: never shown."""
    stop: signal.Signals = signal.SIGTERM
    death: signal.Signals = signal.SIGKILL
    """What the kernel sends when whoever started it dies."""
    inherits: tuple[int, ...] = ()
    """Descriptors that it is given: a listening socket."""
    user: User | None = None
    folder: Path | None = None
    """The folder that ``user`` must be able to work in."""

    def argv(self) -> list[str]:
        """The command as the operating system gets it: by way of ``child.py``."""
        folder = str(self.folder) if self.folder else None
        order = {"parent": os.getpid(), "death": int(self.death), "user": self.user, "folder": folder}
        return [sys.executable, "-I", "-S", CHILD, json.dumps(order), *self.command]

    async def run(self, given: bytes = b"") -> tuple[int, str]:
        """Runs it to its end with ``given`` as its input: the exit status and what it printed."""
        process = await asyncio.create_subprocess_exec(
            *self.argv(),
            env=dict(self.environment),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            printed, _ = await process.communicate(given)
        except asyncio.CancelledError:
            process.kill()
            raise
        return process.returncode or 0, printed.decode(errors="replace")
