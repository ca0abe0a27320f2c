"""Kill any one process at any step of the journey: once the supervisor has restarted it, the journey ends the same."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from typing import Any

import pytest

from imdi_local.demo.journey import Journey

pytestmark = pytest.mark.xdist_group("platform")
STEPS = 11
CHANCE = random.Random(20261123)


@pytest.mark.timeout(240)
@pytest.mark.parametrize("name", ["registry", "matching", "legislation", "worker-prep", "postgres", "kafka"])
async def test_the_journey_ends_the_same_though_a_process_is_killed(
    name: str, new_journey: Callable[[], Journey], run: Any
) -> None:
    journey, fatal = new_journey(), CHANCE.sample(range(1, STEPS), 2)
    step = 0
    async for _ in journey.steps():
        step += 1
        if step in fatal:
            old = run.kill(name)
            await asyncio.to_thread(run.until_restarted, name, old)
    assert journey.returned["status"] == "returned"
    assert journey.refusal["type"] == "urn:imdi:problem:not-cleared"
    assert (journey.preparation["status"], journey.placement["status"]) == ("arrived", "completed")


@pytest.mark.timeout(120)
async def test_the_portal_comes_back_too(run: Any) -> None:
    old = run.kill("portal")
    await asyncio.to_thread(run.until_restarted, "portal", old)
