"""A clearance expires by the clock alone, is required again, and takes the departure with it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from imdi_local.demo.journey import Journey

pytestmark = pytest.mark.xdist_group("platform")
MEDICAL_HOLDS = timedelta(days=30)


async def test_a_medical_that_lapses_is_required_again_and_revokes_the_clearance(
    new_journey: Callable[[], Journey], run: Any
) -> None:
    journey = new_journey()
    async for step in journey.steps():
        if step == "prepare":
            break
    agency, path = journey.partners["demo-agency-ph"], f"/v1/preparations/{journey.preparation_id}"
    try:
        run.shift_clock(MEDICAL_HOLDS + timedelta(days=2))
        lapsed = await agency.until("worker-prep", path, lambda found: found["status"] == "revoked")
        item = next(item for item in lapsed["items"] if item["code"] == "medical_examination")
        assert item["status"] in {"required", "expired"}
        placement = f"/v1/placements/{journey.placement_id}"
        await agency.until("matching", placement, lambda found: found["status"] == "agreed")
    finally:
        run.shift_clock(timedelta())
