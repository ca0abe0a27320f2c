"""Processes of this machine: who is who, who is alive, and how they are stopped for certain."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

import psutil  # type: ignore[import-untyped]

SAME_START = 2.0
"""Seconds by which two readings of one process's start may differ (the system's clock is corrected meanwhile)."""


def started(pid: int) -> float | None:
    """When the process began (seconds since 1970); none if there is no such process, or only its zombie."""
    try:
        process = psutil.Process(pid)
        return None if process.status() == psutil.STATUS_ZOMBIE else process.create_time()
    except psutil.NoSuchProcess:
        return None


def same(pid: int, began: float) -> bool:
    """Whether the process that began then still lives: a number alone may have passed to another."""
    now = started(pid)
    return now is not None and abs(now - began) < SAME_START


def working_in(folder: Path, name: str) -> Iterator[psutil.Process]:
    """Processes of that name whose working folder it is: how children that outlived their parent are found."""
    for process in psutil.process_iter():
        try:
            if process.name() == name and folder.samefile(process.cwd()):
                yield process
        except (psutil.Error, OSError):
            continue


def stop(processes: Iterable[psutil.Process], kindly: signal.Signals, patience: float) -> None:
    """Asks each to end, waits up to ``patience`` seconds, then kills; returns when none runs (a zombie does not).

    Raises psutil.TimeoutExpired if the kernel holds one that even SIGKILL does not end within 10 s.
    """
    left = _wait(_send(processes, kindly), patience)
    for process in _wait(_send(left, signal.SIGKILL), 10):
        raise psutil.TimeoutExpired(10, process.pid, process.name())


def _send(processes: Iterable[psutil.Process], what: signal.Signals) -> list[psutil.Process]:
    reached = []
    for process in processes:
        try:
            process.send_signal(what)
            reached.append(process)
        except psutil.NoSuchProcess:
            continue
    return reached


def _wait(processes: list[psutil.Process], patience: float) -> list[psutil.Process]:
    """Those that still run after so many seconds. psutil's own wait counts a zombie that nobody reaps as running."""
    end = time.monotonic() + patience
    while (left := [each for each in processes if started(each.pid) is not None]) and time.monotonic() < end:
        time.sleep(0.02)
    return left
