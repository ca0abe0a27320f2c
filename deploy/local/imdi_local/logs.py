"""What the processes write: on the terminal with their name before each line, and in a file each."""

from __future__ import annotations

import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from rich.console import Console
from rich.text import Text

CAP = 10 << 20
"""Bytes; a full file is kept once more as ``<name>.log.1``."""
COLOURS = ("cyan", "green", "magenta", "yellow", "blue", "bright_red", "bright_cyan", "bright_green")


class Terminal(Console):
    """A console whose reader may leave (``imdi up | head``) without ending the platform."""

    def on_broken_pipe(self) -> None:
        """Says no more; rich itself would end the process."""
        self.quiet = True


class LogFile:
    """A file that is appended to, and begun anew when it is full."""

    def __init__(self, path: Path, cap: int = CAP) -> None:
        self._path = path
        self._cap = cap
        self._file = self._open()

    def write(self, line: str) -> None:
        """Adds a line."""
        self._file.write(f"{line}\n".encode())
        if self._file.tell() > self._cap:
            self._file.close()
            self._path.replace(self._path.with_name(self._path.name + ".1"))
            self._file = self._open()

    def _open(self) -> BinaryIO:
        """Without a buffer: what did not fit on a full disk is lost, and troubles no later line."""
        return self._path.open("ab", buffering=0)

    def close(self) -> None:
        """Closes it."""
        self._file.close()


class Journal:
    """All that is shown and kept of one run."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self._files: dict[str, LogFile] = {}
        self._status = console.status("")
        self._steps: list[str] = []

    def line(self, folder: Path, name: str, line: str) -> None:
        """One line of a process. A full disk loses lines; it must not stop the reading, or the process stands still."""
        with suppress(OSError):
            if name not in self._files:
                self._files[name] = LogFile(folder / f"{name}.log")
            self._files[name].write(line)
        colour = COLOURS[zlib.crc32(name.encode()) % len(COLOURS)]
        self.say(Text.assemble((f"{name:<12}", colour), " ", Text.from_ansi(line)))

    def say(self, what: Text | str) -> None:
        """To the terminal, as it is."""
        with suppress(OSError):
            self.console.print(what, soft_wrap=True, highlight=False, markup=False)

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """A step of the start, shown while it lasts and with its time when it is done; several may last at once."""
        began = time.monotonic()
        if not self.console.is_terminal:
            self.say(f"· {name} …")
        self._show_steps([*self._steps, name])
        try:
            yield
        finally:
            self._show_steps([step for step in self._steps if step != name])
        self.say(Text.assemble(("✓ ", "green"), f"{name} ", (f"{time.monotonic() - began:.1f} s", "dim")))

    def detail(self, what: str) -> None:
        """What a step is at: a file that is being fetched."""
        if self.console.is_terminal:
            self._status.update(what)
        else:
            self.say(f"  {what}")

    def _show_steps(self, steps: list[str]) -> None:
        self._steps = steps
        if self.console.is_terminal:
            self._status.update(" · ".join(steps))
            self._status.start() if steps else self._status.stop()

    def close(self) -> None:
        """Closes the files."""
        for file in self._files.values():
            file.close()
