"""Sends malformed requests to a running platform, and judges every answer."""

from __future__ import annotations

import asyncio
import json
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import httpx
import psutil  # type: ignore[import-untyped]
from tests.abuse.malformed import Malformer, Operation, operations
from tests.abuse.raw import NOTHING, Reply, Wire

from imdi_local.demo.partner import Partner

SERVICES = ("registry", "matching", "legislation", "worker-prep")
LEAKS = (b"Traceback", b"sqlalchemy", b"asyncpg", b"INSERT INTO", b"SELECT ", b'File "')
PROBLEM = "application/problem+json"
WARM = 0.3
"""Share of the requests after which the processes are as large as they should stay."""
MOST_GROWTH = 0.10


@dataclass
class Verdict:
    """What was answered, and what should not have been."""

    statuses: Counter[int] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    growth: dict[str, float] = field(default_factory=dict)

    def judge(self, operation: Operation, sent: bytes, reply: Reply) -> None:
        self.statuses[reply.status] += 1
        wrong = _wrong(operation, reply)
        if wrong:
            said = (
                f"{operation.method} {operation.service}{operation.path}: {wrong} {reply.status} {reply.body[:200]!r}"
            )
            self.faults.append(f"{said} to {sent[:4000]!r}")

    @property
    def holds(self) -> bool:
        return not self.faults and all(each < MOST_GROWTH for each in self.growth.values())


def _wrong(operation: Operation, reply: Reply) -> str:
    if reply.status >= 500 and not (reply.status == 503 and "retry-after" in reply.headers):
        return "a server's error"
    if any(leak in reply.body for leak in LEAKS) and reply.status >= 400:
        return "a leak"
    in_form = reply.headers.get("content-type") == PROBLEM or (operation.takes_form and b'"error"' in reply.body)
    return "" if reply.status < 400 or in_form else "an error in another form"


class Platform:
    """A running platform, as ``run.json`` tells of it."""

    def __init__(self, told: dict[str, Any]) -> None:
        self.ports = {name: int(told["services"][name]["url"].rpartition(":")[2]) for name in SERVICES}
        self.urls = {name: told["services"][name]["url"] for name in SERVICES}
        pids = {(name, role): pid for name in SERVICES for role, pid in told["services"][name]["pids"].items()}
        self._processes = {f"{name} {role}": psutil.Process(pid) for (name, role), pid in pids.items()}

    async def operations(self) -> list[Operation]:
        async with httpx.AsyncClient(trust_env=False, timeout=30) as client:
            documents = {name: (await client.get(f"{url}/openapi.json")).json() for name, url in self.urls.items()}
        return [each for name, document in documents.items() for each in operations(name, document)]

    def memory(self) -> dict[str, int]:
        """Bytes resident, by process."""
        return {name: process.memory_info().rss for name, process in self._processes.items()}


async def fuzz(
    told: dict[str, Any],
    partners: list[Partner],
    ids: dict[str, list[str]],
    *,
    requests: int,
    seed: int,
    lines: int = 8,
    measured: bool = False,
) -> Verdict:
    """Send so many requests over ``lines`` connections a service, in turns to every operation."""
    platform, verdict = Platform(told), Verdict()
    known = await platform.operations()
    malformer = Malformer(seed, ids, {})
    await _renew(malformer, partners)
    todo = iter(range(requests))
    before: dict[str, int] = {}
    renewed = time.monotonic()

    async def line() -> None:
        nonlocal renewed
        wires = {name: Wire(port) for name, port in platform.ports.items()}
        for number in todo:
            if measured and number == int(requests * WARM):
                before.update(platform.memory())
            if time.monotonic() - renewed > 120:
                renewed = time.monotonic()
                await _renew(malformer, partners)
            operation = known[number % len(known)]
            sent = malformer.request(operation)
            try:
                verdict.judge(operation, sent, await wires[operation.service].send(sent))
            except TimeoutError:  # a request that waits for its own end: the service waits longer than we do
                verdict.judge(operation, sent, NOTHING)
                await wires[operation.service].close()
        for wire in wires.values():
            await wire.close()

    await asyncio.gather(*(line() for _ in range(lines)))
    after = platform.memory() if measured else {}
    verdict.growth = {name: after[name] / before[name] - 1 for name in before}
    return verdict


async def _renew(malformer: Malformer, partners: list[Partner]) -> None:
    tokens = [await partner.bearer() for partner in partners]
    malformer.tokens = dict.fromkeys(SERVICES, tokens)


def line(verdict: Verdict, requests: int, seed: int, seconds: float) -> str:
    """The verdict as one line of JSON."""
    errors = sum(count for status, count in verdict.statuses.items() if status >= 500 and status != 503)
    told = {
        "requests": requests,
        "seed": seed,
        "seconds": round(seconds, 1),
        "statuses": dict(sorted(verdict.statuses.items())),
        "server_errors": errors,
        "faults": len(verdict.faults),
        "memory_growth": {name: round(share, 3) for name, share in verdict.growth.items()},
    }
    return json.dumps(told)
