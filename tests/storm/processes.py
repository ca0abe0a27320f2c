"""Signals to the storm's own platform: by number, as its ``run.json`` tells them."""

from __future__ import annotations

import os
import signal
from contextlib import suppress

import psutil  # type: ignore[import-untyped]


def kill(pid: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def stop(pid: int) -> None:
    """Freeze a process and its children: PostgreSQL's work in children, each in a session of its own."""
    for process in _family(pid):
        with suppress(psutil.NoSuchProcess):
            process.suspend()


def go_on(pid: int) -> None:
    for process in reversed(_family(pid)):
        with suppress(psutil.NoSuchProcess):
            process.resume()


def environment(pid: int) -> dict[str, str]:
    """What a process of ours was told."""
    found: dict[str, str] = psutil.Process(pid).environ()
    return found


def command(pid: int) -> list[str]:
    found: list[str] = psutil.Process(pid).cmdline()
    return found


def _family(pid: int) -> list[psutil.Process]:
    try:
        parent = psutil.Process(pid)
        return [parent, *parent.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []
