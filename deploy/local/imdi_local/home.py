"""The folder of one platform: its data, its secrets, its logs, and the lock that lets one ``imdi up`` have it."""

from __future__ import annotations

import json
import os
import shutil
import signal
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil  # type: ignore[import-untyped]
from filelock import FileLock, Timeout

from imdi_local import processes
from imdi_local.trouble import Trouble

LEAST_FREE = 1 << 30
"""Bytes: what both servers write in their first hours, and room to recover."""
OURSELVES = "imdi"
"""The supervisor's own name among the processes of a home."""
Processes = dict[str, tuple[int, float]]
"""Of each process its number and when it began."""


@dataclass(frozen=True)
class Home:
    """Where everything of one platform lies. Files with secrets are their owner's alone."""

    folder: Path

    @property
    def run_file(self) -> Path:
        """Addresses, process numbers and clients, while the platform runs."""
        return self.folder / "run.json"

    @property
    def restart_file(self) -> Path:
        """What ``imdi restart`` asks of the supervisor, and its answer."""
        return self.folder / "restart.json"

    @property
    def secrets_file(self) -> Path:
        """Passwords and keys, made once."""
        return self.folder / "secrets.json"

    @property
    def logs(self) -> Path:
        """One file per process."""
        return self.folder / "logs"

    @property
    def _processes_file(self) -> Path:
        return self.folder / "processes.json"

    @contextmanager
    def held(self) -> Iterator[None]:
        """The home, for one supervisor alone; what an earlier one left running is stopped first. Raises Trouble."""
        self._open()
        lock = FileLock(self.folder / ".lock")
        try:
            lock.acquire(timeout=0)
        except Timeout as error:
            pid = self.processes().get(OURSELVES, ("unknown", 0))[0]
            raise Trouble(
                f"another imdi up runs on {self.folder} (process {pid})",
                f"stop it (imdi stop --home {self.folder}), or choose another --home and --port-base",
            ) from error
        try:
            self.run_file.unlink(missing_ok=True)
            self.restart_file.unlink(missing_ok=True)
            self._stop_what_is_left()
            yield
        finally:
            self.run_file.unlink(missing_ok=True)
            self._processes_file.unlink(missing_ok=True)
            lock.release()

    def processes(self) -> Processes:
        """The processes recorded last, whether they live or not."""
        try:
            return {name: (pid, began) for name, (pid, began) in json.loads(self._processes_file.read_text()).items()}
        except (OSError, ValueError):
            return {}

    def record(self, running: Processes) -> None:
        """Notes the processes of now, so that a later start finds what a crash may leave of them."""
        write_private(self._processes_file, running)

    def _stop_what_is_left(self) -> None:
        left = []
        for pid, began in self.processes().values():
            with suppress(psutil.NoSuchProcess):
                if processes.same(pid, began):
                    left.append(psutil.Process(pid))
        processes.stop(left, signal.SIGTERM, patience=5)

    def _open(self) -> None:
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self.logs.mkdir(exist_ok=True)
            with tempfile.TemporaryFile(dir=self.folder):
                pass
        except OSError as error:
            raise self._cannot_write(error) from error
        secrets = self.secrets_file
        if secrets.exists() and not os.access(secrets, os.R_OK):
            raise self._cannot_write(PermissionError(f"{secrets} belongs to another user"))
        free = shutil.disk_usage(self.folder).free
        if free < LEAST_FREE:
            raise Trouble(
                f"no room: {free >> 20} MiB are free where {self.folder} is, and IMDI needs {LEAST_FREE >> 20} MiB",
                "free some space there, or choose a --home on another disk",
            )

    def _cannot_write(self, error: OSError) -> Trouble:
        owner = f"; it belongs to {self.folder.owner()}" if self.folder.exists() else ""
        return Trouble(
            f"{self.folder} cannot be used by this user ({error.strerror or error}){owner}",
            "start as the user it belongs to, or choose a --home of your own",
        )


def write_private(path: Path, content: Any) -> None:
    """Writes JSON for the owner's eyes: whoever reads meanwhile finds the old file or the new one, whole."""
    fresh = path.with_name(f".{path.name}.new")
    fresh.unlink(missing_ok=True)
    fresh.touch(mode=0o600, exist_ok=False)
    with fresh.open("w") as file:
        json.dump(content, file, indent=1)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
