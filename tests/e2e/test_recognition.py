"""A nurse from Manila for Munich: not decided yet, recognised in part with a way to complete it, recognised."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from tests.e2e.openings import MANILA_MUNICH, advertise, agree, item, join, once_known, register

from imdi_local.demo.partner import Partner, Platform

pytestmark = pytest.mark.xdist_group("platform")
MEASURE, CRITERION = "compensation_measure", "de-nurse-recognition"
PARTIAL = {
    "differences": [{"topic": "outpatient_care", "hours": 200}],
    "compensation": [{"kind": "adaptation_period", "duration": "P6M"}, {"kind": "aptitude_test"}],
}


@pytest.mark.parametrize(
    ("facts", "measure", "recognition"),
    [
        ({"recognition_nurse": "partial"}, "required", "not_applicable"),
        ({"recognition_nurse": "full"}, "not_applicable", "met"),
        ({}, "unknown", "unknown"),
    ],
)
async def test_anybody_is_told_what_completes_a_recognition_in_part(
    platform: Platform, facts: dict[str, str], measure: str, recognition: str
) -> None:
    asked = {"origin": "PH", "destination": "DE", "occupation": "2221", "on": "2027-06-01"}
    known = {"worker": {"age": 30, "nationality": "PH", "language": {"de": "B1"}, "facts": facts}}
    told = await platform.request("POST", "legislation", "/v1/determinations/preview", json=asked | {"facts": known})
    completing = item(told, MEASURE)
    assert completing["status"] == measure
    assert completing["basis"][0]["provision"] == "sec. 40"
    [criterion] = [one for one in told["criteria"] if one["rule"]["code"] == CRITERION]
    assert criterion["status"] == recognition


async def decide(authority: Partner, worker_id: str, outcome: str, today: date) -> Any:
    """The authority of the destination decides on a worker's qualification."""
    decision = {
        "worker_id": worker_id,
        "profession": "nurse",
        "destination": "DE",
        "outcome": outcome,
        "authority": "Demo Recognition Authority",
        "decided_on": str(today),
        "reference": f"DEMO-{outcome}",
    }
    body = decision | (PARTIAL if outcome == "partial" else {})
    return await once_known(lambda: authority.post("legislation", "/v1/recognition-decisions", body))


def recognition_of(worker_id: str, listed: dict[str, Any]) -> Any:
    """What a shortlist says of a worker's recognition; None where the worker is not on it."""
    workers = [one for one in listed["items"] if one["worker_id"] == worker_id]
    return next((told for one in workers for told in one["criteria"] if told["criterion"] == "recognition"), None)


async def test_a_decision_is_told_on_the_shortlist_and_followed_by_the_preparation(
    platform: Platform, steward: Partner, today: date
) -> None:
    [agency] = await join(platform, steward, "Demo Nurses Manila", "recruitment_agency", "PH", today)
    [hospital] = await join(platform, steward, "Demo Hospital Munich", "employer", "DE", today)
    [authority] = await join(platform, steward, "Demo Recognition Authority", "government", "DE", today)
    vacancy_id = await advertise(hospital, MANILA_MUNICH, today)
    one, other = [await register(agency, MANILA_MUNICH, today) for _ in range(2)]

    async def told(worker_id: str, outcome: str) -> Any:
        def is_so(listed: dict[str, Any]) -> bool:
            found = recognition_of(worker_id, listed)
            return found is not None and found["outcome"] == outcome

        path = f"/v1/vacancies/{vacancy_id}/shortlist"
        return recognition_of(worker_id, await hospital.until("matching", path, is_so))

    for worker_id in (one, other):
        assert "not decided yet" in (await told(worker_id, "recognition_pending"))["detail"]
    await decide(authority, other, "partial", today)
    assert (await told(other, "trainable"))["detail"].endswith("adaptation_period (P6M) or aptitude_test")

    opened = await agree(agency, hospital, MANILA_MUNICH, vacancy_id, one, today)
    asked = item(opened, MEASURE)
    assert (asked["status"], asked["needs_fact"]) == ("unknown", "worker.facts.recognition_nurse")

    async def measured(status: str) -> Any:
        path = f"/v1/preparations/{opened['id']}"
        return await agency.until("worker-prep", path, lambda found: item(found, MEASURE)["status"] == status)

    await decide(authority, one, "partial", today)
    in_part = await measured("required")
    assert item(in_part, MEASURE)["needs_fact"] is None
    assert in_part["requirements_id"] != opened["requirements_id"]
    await decide(authority, one, "full", today)
    in_full = await measured("not_applicable")
    [criterion] = [found for found in in_full["criteria"] if found["rule"]["code"] == CRITERION]
    assert criterion["status"] == "met"
    read = await agency.get("legislation", f"/v1/recognition-decisions?worker_id={one}")
    assert {found["outcome"]: found["standing"] for found in read["items"]} == {"partial": False, "full": True}
