"""``imdi restart``: services replaced one after another, each by a process that is ready before the old one ends.

The command writes whom it wants restarted into the home, signals the supervisor, and waits for the outcome there.
"""

from __future__ import annotations

import json
import os
import signal
import time
from pathlib import Path
from typing import Any

from imdi_local import processes
from imdi_local.home import OURSELVES, Home, write_private
from imdi_local.supervise import Supervisor
from imdi_local.surroundings import ROLES
from imdi_local.trouble import Trouble

SIGNAL = signal.SIGUSR1
PATIENCE = 600.0
"""Seconds for all that was asked."""


def ask(home: Home, names: list[str]) -> list[str]:
    """Have the running supervisor replace these services (none: all), and wait until it has. Raises Trouble."""
    pid, began = home.processes().get(OURSELVES, (0, 0.0))
    if not processes.same(pid, began) or not home.run_file.exists():
        raise Trouble(f"nothing runs on {home.folder}", "start it: imdi up")
    known = list(json.loads(home.run_file.read_text())["services"])
    if unknown := sorted(set(names) - set(known)):
        raise Trouble(f"no service of that name: {', '.join(unknown)}", f"the services are {', '.join(known)}")
    if "outcome" not in _read(home.restart_file, {"outcome": ""}):
        raise Trouble("another imdi restart is under way", "wait until it has ended")
    asked = [name for name in known if name in (names or known)]
    write_private(home.restart_file, {"services": asked})
    os.kill(pid, SIGNAL)
    try:
        outcome = _outcome(home, pid, began)
    finally:
        home.restart_file.unlink(missing_ok=True)
    if outcome:
        raise Trouble(outcome, "the process from before goes on; see its log")
    return asked


async def restart(home: Home, supervisor: Supervisor) -> None:
    """Do what was asked, and write the outcome where the command looks for it: empty, or what is wrong."""
    asked = _read(home.restart_file, {}).get("services", [])
    try:
        for name in asked:
            await supervisor.replace(plans_of(name))
        outcome = ""
    except Trouble as trouble:
        outcome = trouble.wrong
    write_private(home.restart_file, {"services": asked, "outcome": outcome})


def plans_of(service: str) -> set[str]:
    """The names of the processes that a service may have."""
    return {service, *(f"{service}-{role}" for role in ROLES)}


def _outcome(home: Home, pid: int, began: float) -> str:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        told = _read(home.restart_file, {})
        if "outcome" in told:
            return str(told["outcome"])
        if not processes.same(pid, began):
            raise Trouble("the platform ended meanwhile", "start it: imdi up")
        time.sleep(0.1)
    raise Trouble("the restart took too long", "see the logs of the services")


def _read(path: Path, otherwise: dict[str, Any]) -> dict[str, Any]:
    try:
        found: dict[str, Any] = json.loads(path.read_text())
    except FileNotFoundError:
        return otherwise
    return found
