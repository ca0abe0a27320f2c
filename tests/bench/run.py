"""Which benchmarks there are, and running one on databases of its own."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from tests.bench.applying import apply_rate
from tests.bench.creating import http_create
from tests.bench.draining import relay_rate
from tests.bench.figures import Ratio
from tests.bench.ground import Ground
from tests.bench.law import law_change
from tests.bench.preview import preview
from tests.bench.sizes import Sizes
from tests.bench.taxing import outbox_tax
from tests.bench.visible import commit_visible, commit_visible_load

from imdi_local.testing.servers import Servers

Measured = list[tuple[Ratio, dict[str, Any]]]
"""Ratios, each with the sizes that its line tells beside it."""

BENCHMARKS: dict[str, Callable[[Ground, Sizes], Awaitable[Measured]]] = {
    one.__name__: one
    for one in (
        commit_visible,
        commit_visible_load,
        outbox_tax,
        relay_rate,
        apply_rate,
        http_create,
        law_change,
        preview,
    )
}


async def measure(name: str, servers: Servers, sizes: Sizes) -> Measured:
    ground = Ground(name, servers)
    await ground.prepare()
    try:
        return await BENCHMARKS[name](ground, sizes)
    finally:
        await ground.close()
