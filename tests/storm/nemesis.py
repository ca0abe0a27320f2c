"""Does the planned faults to the running platform, and measures how it comes back. It restarts nothing itself."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from random import Random

import httpx
from tests.storm import processes
from tests.storm.disks import Disks
from tests.storm.drive import refused
from tests.storm.history import History
from tests.storm.links import Link
from tests.storm.plan import Fault
from tests.storm.platform import Platform
from tests.storm.probes import EVERY_WAY, Probes, Recovery, worst
from tests.storm.redelivery import redeliver
from tests.storm.verdicts import Verdict
from tests.storm.wire import Refused

ENDED_S = 40.0
TOLD = {"broker-away": "kafka", "clock-off": "clock"}
"""What readiness calls degraded meanwhile."""


@dataclass
class Done:
    """A fault that was done, and how the platform came back."""

    fault: Fault
    began: float
    ended: float
    recovery: Recovery
    seen: set[str] = field(default_factory=set)
    """What readiness called degraded meanwhile."""
    acknowledged: int = 0
    """Commands, while it lasted."""


def silent(done: list[Done]) -> list[Verdict]:
    """Faults that readiness must tell of while they last, and did not; and commands that a broker away held up."""
    held_up = [
        Verdict("disagrees", one.fault.target, "no command was acknowledged while the broker was away")
        for one in done
        if one.fault.kind == "broker-away" and not one.acknowledged
    ]
    return held_up + [
        Verdict(
            "disagrees", one.fault.target, f"{one.fault.kind}: readiness never said degraded: {TOLD[one.fault.kind]}"
        )
        for one in done
        if one.fault.kind in TOLD and TOLD[one.fault.kind] not in one.seen
    ]


class Nemesis:
    """One fault after the other, until the plan or the time is over."""

    def __init__(
        self,
        platform: Platform,
        links: dict[str, Link],
        disks: Disks,
        probes: Probes,
        history: History,
        patience_s: float,
    ) -> None:
        self._platform = platform
        self._links = links
        self._disks = disks
        self._probes = probes
        self._history = history
        self._patience_s = patience_s
        self.done: list[Done] = []
        self.verdicts: list[Verdict] = []
        self._deeds: dict[str, Callable[[Fault], Awaitable[None]]] = {
            "kill": self._kill,
            "pause": self._pause,
            "slow-link": self._slow,
            "torn-link": self._tear,
            "cut-link": self._cut,
            "broker-away": self._away,
            "zombie-relay": self._zombie,
            "disk-full": self._fill,
            "clock-off": self._shift,
            "redelivery": self._redeliver,
        }
        self._seen: set[str] = set()

    async def run(self, plan: list[Fault], until: float) -> None:
        for fault in plan:
            await asyncio.sleep(fault.quiet)
            if time.monotonic() > until:
                return
            await self.do(fault)

    async def do(self, fault: Fault) -> None:
        self._history.note("fault", kind=fault.kind, target=fault.target, seconds=fault.seconds)
        self._seen = set()
        began, before = time.monotonic(), self._history.acknowledged
        await self._deeds[fault.kind](fault)
        ended, meanwhile = time.monotonic(), self._history.acknowledged - before
        try:
            # What was said while the broker was away for minutes waits in line before what a probe says, on every way.
            patience = max(self._patience_s, fault.seconds)
            ways = EVERY_WAY if fault.kind == "broker-away" else [fault.target]
            recovery = worst([await self._probes.run(way, ended, patience) for way in ways])
        except Refused as refusal:
            self.verdicts.append(refused(f"the probe after {fault.kind}", refusal))
            return
        self._history.note("recovered", kind=fault.kind, answer=recovery.answer_s, visible=recovery.visible_s)
        self.done.append(Done(fault, began, ended, recovery, self._seen, meanwhile))

    async def _kill(self, fault: Fault) -> None:
        for pid in [self._pid(target) for target in fault.targets]:
            processes.kill(pid)

    async def _pause(self, fault: Fault) -> None:
        pid = self._pid(fault.target)
        processes.stop(pid)
        try:
            await asyncio.sleep(fault.seconds)
        finally:
            processes.go_on(pid)

    async def _slow(self, fault: Fault) -> None:
        self._links[fault.target].latency_s = fault.strength
        try:
            await asyncio.sleep(fault.seconds)
        finally:
            self._links[fault.target].latency_s = 0.0

    async def _tear(self, fault: Fault) -> None:
        end = time.monotonic() + fault.seconds
        while time.monotonic() < end:
            self._links[fault.target].tear()
            await asyncio.sleep(1)

    async def _cut(self, fault: Fault) -> None:
        link = self._links[fault.target]
        link.down()
        try:
            await asyncio.sleep(fault.seconds)
        finally:
            await link.up()

    async def _away(self, fault: Fault) -> None:
        """The broker is killed, and cannot be reached until the time is over; readiness must say so."""
        link, end = self._links["kafka"], time.monotonic() + fault.seconds
        link.down()
        processes.kill(self._pid("kafka"))
        try:
            while time.monotonic() < end:
                await asyncio.sleep(min(3.0, fault.seconds / 3))
                self._seen |= await self._degraded("matching")
        finally:
            await link.up()

    async def _zombie(self, fault: Fault) -> None:
        """The relay is frozen beyond its lease while a second one takes over; then both are awake."""
        pid = self._pid(fault.target)
        command, environment = processes.command(pid), processes.environment(pid)
        second = await asyncio.create_subprocess_exec(
            *command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        try:
            await asyncio.sleep(4)
            processes.stop(pid)
            await asyncio.sleep(fault.seconds)
            processes.go_on(pid)
            await asyncio.sleep(4)
        finally:
            processes.go_on(pid)
            second.send_signal(signal.SIGTERM)
            await asyncio.wait_for(second.wait(), ENDED_S)

    async def _fill(self, fault: Fault) -> None:
        await asyncio.to_thread(self._disks.fill, fault.target)
        try:
            await asyncio.sleep(fault.seconds)
        finally:
            self._disks.empty(fault.target)

    async def _redeliver(self, fault: Fault) -> None:
        await redeliver(self._platform.bootstrap, Random(f"{fault.target}/{len(self.done)}"))

    async def _shift(self, fault: Fault) -> None:
        file = self._platform.clock_file(fault.target)
        fresh = file.with_suffix(".new")
        fresh.write_text(str(fault.strength))
        fresh.replace(file)
        try:
            end = time.monotonic() + fault.seconds
            while time.monotonic() < end:
                await asyncio.sleep(2)
                self._seen |= await self._degraded(fault.target)
        finally:
            file.unlink()

    def _pid(self, target: str) -> int:
        pids = self._platform.pids()
        return pids.get(target) or pids[f"{target.partition(' ')[0]} serve"]

    async def _degraded(self, service: str) -> set[str]:
        """What readiness says is missing, where it answers."""
        with suppress(httpx.HTTPError, ValueError):
            async with httpx.AsyncClient(timeout=3, trust_env=False) as client:
                answer = (await client.get(f"{self._platform.urls[service]}/health/ready")).json()
                return set(answer["degraded"])
        return set()
