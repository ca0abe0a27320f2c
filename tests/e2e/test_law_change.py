"""When the law changes, every open case follows: entered, signed by a second person, and in the worker's plan."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import uuid4

import pytest

from imdi_local.demo.journey import Journey
from imdi_local.demo.partner import Partner, Platform, Refused
from imdi_local.demo.people import member

pytestmark = pytest.mark.xdist_group("platform")
CODE = "biometrics-sa"


def instrument(today: date) -> dict[str, Any]:
    return {
        "code": f"TEST-{uuid4().hex[:8]}",
        "title": "A decree made for a test",
        "type": "decree",
        "level": "national",
        "parties": ["SA"],
        "in_force_on": str(today),
        "status": "in_force",
        "topics": ["admission"],
        "confidence": "secondary",
        "verified_on": str(today),
    }


def rule(instrument_id: str, today: date) -> dict[str, Any]:
    effect = {
        "code": "biometrics",
        "category": "permit",
        "title": "Fingerprints at the visa centre",
        "performed_by": "controller",
        "after": ["passport"],
        "lead_days": 1,
        "validity": "P90D",
        "counted_from": "performed_on",
        "holds_at": ["departure"],
        "payer": "employer",
    }
    return {
        "code": CODE,
        "kind": "requirement",
        "scope": {"origins": ["PH"], "destinations": ["SA"], "occupations": ["*"]},
        "effect": effect,
        "basis": [{"instrument": instrument_id, "provision": "art. 1"}],
        "effective": {"from": str(today)},
        "transition": "all_open",
        "confidence": "secondary",
        "verified_on": str(today),
        "verified_by": "a test",
    }


async def government(platform: Platform, steward: Partner, today: date) -> tuple[Partner, Partner]:
    """Two people of one ministry, each with a client."""
    made = await steward.post("registry", "/v1/members", member("Test Ministry", "government", "SA", today))
    await steward.post("registry", f"/v1/members/{made['id']}/accreditation", {})
    clients = [await steward.post("registry", f"/v1/members/{made['id']}/clients", {"name": name}) for name in "ab"]
    first, second = (Partner.of(platform, "ministry", client | {"member_id": made["id"]}) for client in clients)
    return first, second


async def test_an_activated_rule_reaches_an_open_preparation_and_a_retired_one_leaves_it(
    new_journey: Callable[[], Journey], platform: Platform, steward: Partner, today: date
) -> None:
    journey = new_journey()
    async for step in journey.steps():
        if step == "plan":
            break
    agency, path = journey.partners["demo-agency-ph"], f"/v1/preparations/{journey.preparation_id}"
    before = await agency.get("worker-prep", path)
    first, second = await government(platform, steward, today)
    entered = await first.post("legislation", "/v1/instruments", instrument(today))
    drafted = await first.post("legislation", "/v1/rules", rule(entered["id"], today))
    await first.post("legislation", f"/v1/rules/{drafted['id']}/proposal")
    with pytest.raises(Refused) as alone:
        await first.post("legislation", f"/v1/rules/{drafted['id']}/activation", {"from": str(today)})
    assert alone.value.status == 403
    await second.post("legislation", f"/v1/rules/{drafted['id']}/activation", {"from": str(today)})
    after = await agency.until("worker-prep", path, lambda found: "biometrics" in codes(found))
    assert after["requirements_id"] != before["requirements_id"]
    assert after["revision"] == before["revision"]
    item = next(item for item in after["items"] if item["code"] == "biometrics")
    assert item["basis"][0]["provision"] == "art. 1"
    await second.post("legislation", f"/v1/rules/{drafted['id']}/retirement", {"on": str(today)})
    await agency.until("worker-prep", path, lambda found: "biometrics" not in codes(found))


def codes(preparation: dict[str, Any]) -> set[str]:
    return {item["code"] for item in preparation["items"]}


async def test_anyone_may_apply_and_nobody_else_may_act(platform: Platform, today: date) -> None:
    application = member("Test Applicant", "employer", "SA", today)
    headers = {"Idempotency-Key": str(uuid4())}
    made = await platform.request("POST", "registry", "/v1/members", json=application, headers=headers)
    assert made["status"] == "applied"
    for service, address in (
        ("registry", "/v1/workers"),
        ("matching", "/v1/vacancies"),
        ("worker-prep", "/v1/preparations"),
    ):
        with pytest.raises(Refused) as refused:
            await platform.request("GET", service, address)
        assert refused.value.status == 401
