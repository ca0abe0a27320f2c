"""What anybody reads of the law: a procedure, what would shorten it, a report of it; what bound whom, as then known."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest
from tests.e2e.openings import join

from imdi_local.demo.partner import Partner, Platform

pytestmark = pytest.mark.xdist_group("platform")
PROCEDURE = "np-my-labour-permit"
COUNTERS = ["insurance", "welfare_fund", "social_security"]
DAY = timedelta(days=1)


async def procedure(platform: Platform) -> str:
    """The address of the procedure from Nepal to Malaysia."""
    path = f"/v1/procedures?origin=NP&destination=MY&code={PROCEDURE}"
    [found] = (await platform.request("GET", "legislation", path))["items"]
    return f"/v1/procedures/{found['id']}"


async def test_what_one_counter_for_three_payments_would_save(platform: Platform) -> None:
    asked = {"changes": [{"change": "merge", "steps": COUNTERS, "title": "One counter"}]}
    told = await platform.request("POST", "legislation", f"{await procedure(platform)}/what-if", json=asked)
    assert told["before"]["steps"] - told["after"]["steps"] == told["saving"]["steps"] == 2
    assert told["saving"]["documents_asked"] == 4  # passport and contract, twice less
    assert (told["saving"]["worker_cost"], told["no_longer_produced"]) == ([], [])


async def test_what_no_step_makes_any_more_is_named(platform: Platform) -> None:
    asked = {"changes": [{"change": "remove", "step": "pre_approval"}]}
    told = await platform.request("POST", "legislation", f"{await procedure(platform)}/what-if", json=asked)
    assert told["no_longer_produced"] == ["pre-approval"]
    assert told["saving"]["longest_path_days"] == 4


async def test_a_report_names_the_findings_and_their_basis(platform: Platform, run: Any) -> None:
    path = await procedure(platform)
    analysed = await platform.request("GET", "legislation", f"{path}/analysis")
    async with httpx.AsyncClient(base_url=run.urls["legislation"], timeout=40, trust_env=False) as client:
        page = await client.get(f"{path}/report")
        paper = await client.get(f"{path}/report?format=pdf")
    assert page.headers["content-type"].startswith("text/html")
    assert analysed["procedure"]["title"].replace("'", "&#39;") in page.text
    assert analysed["findings"]
    assert "sec. 15(2A)" in page.text
    if paper.status_code == 503:  # where Pango is not installed
        assert paper.json()["type"] == "urn:imdi:problem:pdf-unavailable"
    else:
        assert paper.content.startswith(b"%PDF-")


async def in_force(platform: Platform, known_on: date) -> dict[str, str]:
    """Instruments that bound Nepal and Malaysia on 2021-05-01, and whether Nepal was bound, as known on a day."""
    path = f"/v1/law-in-force?parties=NP,MY&on=2021-05-01&known_on={known_on}&limit=200"
    told = await platform.request("GET", "legislation", path)
    assert told["next"] is None
    return {
        one["code"]: standing["binds"]
        for one in told["items"]
        for standing in one["party_standings"]
        if standing["party"] == "NP"
    }


async def test_what_bound_nepal_and_malaysia_is_told_as_it_was_known(
    platform: Platform, steward: Partner, today: date, run: Any
) -> None:
    assert await in_force(platform, today - 7 * DAY) == {}  # nothing was recorded here yet
    [ministry] = await join(platform, steward, "Demo Ministry Kathmandu", "government", "NP", today)
    code = f"TEST-{uuid4().hex[:8]}"
    memorandum = {
        "code": code,
        "title": "A memorandum made for a test",
        "type": "memorandum",
        "level": "bilateral",
        "parties": ["NP", "MY"],
        "in_force_on": "2019-01-01",
        "status": "in_force",
        "topics": ["recruitment"],
        "confidence": "secondary",
        "verified_on": str(today),
    }
    entered = await ministry.post("legislation", "/v1/instruments", memorandum)
    first = await in_force(platform, today)
    assert (first["NP-MY-2018"], first[code]) == ("presumed", "yes")
    ended = {"kind": "event", "event": "denounced", "date": "2021-03-01", "source": "a gazette, read later"}
    try:
        run.shift_clock(DAY)
        await ministry.post("legislation", f"/v1/instruments/{entered['id']}/statements", ended)
        later = await in_force(platform, today + DAY)
        assert code not in later
        assert later == {known: binds for known, binds in first.items() if known != code}
        assert await in_force(platform, today) == first
    finally:
        run.shift_clock(timedelta())
