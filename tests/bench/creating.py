"""``http_create``: things a second made over the real door, with its event, token and Idempotency-Key, against
Starlette and one bare insert; and against the same promises kept by hand. Each in one process with a pool of the same
size, each asked by another process.
"""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack

import asyncpg
from tests.bench.figures import Ratio
from tests.bench.ground import WRITERS, Ground
from tests.bench.sizes import Sizes

KINDS = ("floor", "by-hand", "ours")


async def http_create(ground: Ground, sizes: Sizes) -> list[tuple[Ratio, dict[str, int]]]:
    looking = await ground.bare("writer", owner=True)
    rates: dict[str, list[float]] = {kind: [] for kind in KINDS}
    async with AsyncExitStack() as stack:
        doors = {}
        for kind in KINDS:
            printed = await stack.enter_async_context(ground.beside("doors", kind, ground.writer_url))
            doors[kind] = (await printed.readline()).decode().split()
            await _asked(ground, doors[kind], sizes.seconds / 4)
        for _ in range(sizes.rounds):
            for kind in KINDS:
                await looking.execute("truncate thing, outbox, idempotency")
                made = await _asked(ground, doors[kind], sizes.seconds)
                rates[kind].append(made / sizes.seconds)
                await _demand_all(looking, made, announced=kind != "floor")
    await looking.close()
    told = {"connections": WRITERS, "rounds": sizes.rounds}
    return [
        (Ratio(name, *wanted, rates["ours"], rates[floor], "requests/s", more_is_better=True), told)
        for name, wanted, floor in (
            ("http_create", (0.45, 0.65), "floor"),
            ("http_create_by_hand", (0.15, 0.3), "by-hand"),
        )
    ]


async def _asked(ground: Ground, door: list[str], seconds: float) -> int:
    """How many were acknowledged."""
    async with ground.beside("asking", *door, str(WRITERS), str(seconds)) as printed, asyncio.timeout(seconds + 30):
        return int(await printed.readline())


async def _demand_all(looking: asyncpg.Connection, made: int, *, announced: bool) -> None:
    """All that was acknowledged is there once, and nothing else."""
    counts = [await looking.fetchval(f"select count(*) from {table}") for table in ("thing", "outbox", "idempotency")]
    assert counts == ([made, made, made] if announced else [made, 0, 0])
