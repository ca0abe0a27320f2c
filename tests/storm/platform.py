"""The platform under the storm: started by its own command on a home of its own, seen through its ``run.json``."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from imdi_local import ports

START_S, STOP_S = 240.0, 60.0
OFFSETS = 24
SERVICES = ("registry", "matching", "legislation", "worker-prep")
SABOTAGE = Path(__file__).with_name("sabotage")


@dataclass
class Platform:
    """One ``imdi up``. ``links`` are the ports on which services reach PostgreSQL and Kafka."""

    home: Path
    base: int
    links: tuple[int, int]
    apart: bool = True
    sabotage: str | None = None
    process: subprocess.Popen[bytes] | None = None
    more: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def on(cls, home: Path, **how: Any) -> Platform:
        while True:
            base, postgres, kafka = ports.free(3)
            taken = range(base, base + OFFSETS)
            if all(map(ports.is_free, taken)) and postgres not in taken and kafka not in taken:
                return cls(home, base, (postgres, kafka), **how)

    def start(self, *words: str) -> None:
        """Start it, and return when it is ready (with ``--once``: when it has ended)."""
        command = [sys.executable, "-m", "imdi_local", "up", "--home", str(self.home), "--port-base", str(self.base)]
        command += ["--no-demo", "--no-law", *(["--apart"] if self.apart else []), *words]
        with self.output.open("ab") as output:
            self.process = subprocess.Popen(command, env=self._environment(), stdout=output, stderr=output)
        end = time.monotonic() + START_S
        while not self.run_file.exists():
            status = self.process.poll()
            if status == 0 and "--once" in words:
                return
            if status is not None or time.monotonic() > end:
                raise RuntimeError(f"the platform did not start:\n{self.output.read_text()[-4000:]}")
            time.sleep(0.1)
        if "--once" in words:
            self.process.wait(START_S)

    def stop(self) -> None:
        if self.process and self.process.poll() is None:
            self.process.terminate()
            self.process.wait(STOP_S)

    @property
    def output(self) -> Path:
        return self.home.with_name(self.home.name + ".output")

    @property
    def run_file(self) -> Path:
        return self.home / "run.json"

    @property
    def told(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.run_file.read_text())
        return found

    @property
    def urls(self) -> dict[str, str]:
        return {name: service["url"] for name, service in self.told["services"].items()}

    @property
    def bootstrap(self) -> str:
        return f"127.0.0.1:{self.base + 20}"

    def pids(self) -> dict[str, int]:
        """``postgres``, ``kafka``, and each service's roles as ``matching relay``."""
        told = self.told
        found = {
            f"{name} {role}": pid for name, service in told["services"].items() for role, pid in service["pids"].items()
        }
        return found | {name: told[name]["pid"] for name in ("postgres", "kafka")}

    def clock_file(self, service: str) -> Path:
        """What is written here shifts that service's clock, in seconds."""
        return self.home.with_name(f"{self.home.name}.clock-{service}")

    def _environment(self) -> dict[str, str]:
        clocks = {
            f"IMDI_{name.replace('-', '_').upper()}_CLOCK_OFFSET_FILE": str(self.clock_file(name)) for name in SERVICES
        }
        links = {"IMDI_LINK_POSTGRES": str(self.links[0]), "IMDI_LINK_KAFKA": str(self.links[1])}
        sabotage: dict[str, str] = {}
        if self.sabotage:
            path = os.pathsep.join([str(SABOTAGE), *filter(None, [os.environ.get("PYTHONPATH")])])
            sabotage = {"IMDI_SABOTAGE": self.sabotage, "PYTHONPATH": path}
        return dict(os.environ) | clocks | links | sabotage | dict(self.more)
