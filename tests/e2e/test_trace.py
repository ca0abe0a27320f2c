"""One trace id follows a command through every service it moves, and through Kafka."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import uuid4

import pytest

from imdi_local.demo import people
from imdi_local.demo.journey import Journey
from imdi_local.demo.partner import Partner, Platform

pytestmark = pytest.mark.xdist_group("platform")


async def submit(platform: Platform, employer: Partner, today: date, trace: str) -> str:
    """Submit a lawful vacancy within a caller's own trace; returns its id."""
    headers = {
        "Authorization": f"Bearer {await employer.bearer()}",
        "Idempotency-Key": str(uuid4()),
        "traceparent": f"00-{trace}-{secrets.token_hex(8)}-01",
    }
    vacancy = people.vacancy(today, "1600.00", retains_documents=False)
    made = await platform.request("POST", "matching", "/v1/vacancies", json=vacancy, headers=headers)
    return str(made["id"])


async def test_what_a_command_causes_elsewhere_bears_its_trace(
    new_journey: Callable[[], Journey], platform: Platform, today: date, read_topics: Callable[[], Any]
) -> None:
    journey, trace = new_journey(), secrets.token_hex(16)
    await journey.gather_members()
    employer = journey.partners["demo-employer-sa"]
    vacancy_id = await submit(platform, employer, today, trace)
    await employer.until("matching", f"/v1/vacancies/{vacancy_id}", lambda found: found["status"] == "posted")
    await employer.post("matching", f"/v1/vacancies/{vacancy_id}/closure", {"reason": "the test is over"})
    await employer.until("matching", f"/v1/vacancies/{vacancy_id}", lambda found: found["status"] == "closed")
    traces: dict[str, set[str]] = {}
    for _, envelope, _ in await read_topics():
        if envelope.subject == vacancy_id:
            traces.setdefault(envelope.type, set()).add((envelope.traceparent or "-none").split("-")[1])
    for happened in ("vacancy.submitted", "vacancy.assessed", "vacancy.posted"):
        assert traces[f"org.imdi.{happened}.v1"] == {trace}
    assert trace not in traces.get("org.imdi.vacancy.closed.v1", set())
