"""The benchmarks at their smallest: what each demands of the outcome (all once, in key order, equal) must hold.

``commit_visible`` goes the way of ``commit_visible_load``, and is left out for its slowness.
"""

from __future__ import annotations

import json

import pytest
from tests.bench.run import BENCHMARKS, measure
from tests.bench.sizes import SMALL

from imdi_local.testing.servers import Servers

TOLD = {"benchmark", "ratio", "must", "goal", "ours", "floor", "unit", "stable"}


@pytest.mark.parametrize("name", sorted(BENCHMARKS.keys() - {"commit_visible"}))
async def test_a_benchmark_finds_what_it_demands(name: str, servers: Servers) -> None:
    for ratio, sizes in await measure(name, servers, SMALL):
        line = json.loads(ratio.line(**sizes))
        assert line.keys() >= TOLD
        assert line["benchmark"].startswith(name)
        assert min(line["ours"], line["floor"]) > 0
