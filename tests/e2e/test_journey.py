"""One worker's whole journey, and what it leaves on the wire and in the logs."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from rich.console import Console

from imdi_local.demo.journey import Journey
from imdi_local.demo.partner import Partner, Platform
from imdi_local.demo.story import Story

pytestmark = pytest.mark.xdist_group("platform")
CANARIES = ("Maria", "Demo-Santos", "Demo Household", "DEMO-CONSENT", "@example.org")
"""The demo's personal data, evidence, and a household's name: none may leave its home."""


async def test_from_registration_to_arrival(
    new_journey: Callable[[], Journey], read_topics: Callable[[], Any], run: Any
) -> None:
    journey = new_journey()
    async for _ in journey.steps():
        pass
    _the_unlawful_vacancy_was_returned(journey.returned)
    assert journey.refusal["type"] == "urn:imdi:problem:not-cleared"
    assert {"medical_examination", "visa", "exit_permit"} <= set(json.dumps(journey.refusal).replace('"', " ").split())
    assert journey.preparation["status"] == "arrived"
    assert journey.placement["status"] == "completed"
    records = await read_topics()
    _every_sequence_is_whole(records)
    _it_was_announced(records, journey)
    logs = b"".join(path.read_bytes() for path in (run.home / "logs").rglob("*") if path.is_file())
    for canary in (*CANARIES, journey.person["passport"]["number"]):
        assert canary.encode() not in b"".join(value for _, _, value in records), canary
        assert canary.encode() not in logs, canary


def _the_unlawful_vacancy_was_returned(vacancy: dict[str, Any]) -> None:
    assert vacancy["status"] == "returned"
    by_term = {breach["term"]: breach for breach in vacancy["breaches"]}
    assert by_term["monthly_wage"]["found"] == "1200.00"
    assert by_term["monthly_wage"]["required"]["min"] == {"amount": "1500.00", "currency": "SAR"}
    assert by_term["retains_documents"]["found"] is True
    assert all(breach["basis"] and breach["rule"]["code"] for breach in vacancy["breaches"])


def _every_sequence_is_whole(records: list[Any]) -> None:
    """1, 2, 3 … with no gap and in order, for each key of each topic but the public one, which may skip."""
    by_key: dict[tuple[str, str], list[int]] = defaultdict(list)
    for topic, envelope, _ in records:
        if topic != "imdi.matching.published-vacancies":
            by_key[topic, envelope.subject].append(envelope.sequence)
    for key, sequences in by_key.items():
        unique = list(dict.fromkeys(sequences))
        assert unique == list(range(1, len(unique) + 1)), key


def _it_was_announced(records: list[Any], journey: Journey) -> None:
    ids = {journey.worker_id, journey.vacancy_id, journey.placement_id, journey.preparation_id}
    happened = {envelope.type.removeprefix("org.imdi.") for _, envelope, _ in records if envelope.subject in ids}
    assert {
        "worker.registered.v1", "profile.live.v1", "vacancy.submitted.v1", "vacancy.assessed.v1", "vacancy.returned.v1",
        "vacancy.posted.v1", "placement.agreed.v1", "preparation.opened.v1", "requirements.determined.v1",
        "preparation.planned.v1", "worker.cleared-medical.v1", "worker.completed-orientation.v1",
        "worker.cleared-to-depart.v1", "placement.ready.v1", "worker.departed.v1", "placement.deployed.v1",
        "worker.arrived.v1", "placement.completed.v1",
    } <= happened  # fmt: skip


async def test_partners_that_an_interrupted_start_has_left_are_taken_up_again(
    new_journey: Callable[[], Journey], platform: Platform, steward: Partner, today: date
) -> None:
    before = new_journey()
    await before.gather_members()
    again = Journey(platform, steward, today, Story(Console(quiet=True)), {})
    await again.gather_members()
    assert {name: partner.member_id for name, partner in again.partners.items()} == {
        name: partner.member_id for name, partner in before.partners.items()
    }


async def test_erasure_reaches_every_service_and_comes_to_an_end(new_journey: Callable[[], Journey]) -> None:
    journey = new_journey()
    await journey.gather_members()
    await journey.register_worker()
    agency, path = journey.partners["demo-agency-ph"], f"/v1/workers/{journey.worker_id}"
    asked = await agency.post("registry", f"{path}/erasure", {"reason": "asked by the worker"})
    assert set(asked["receipts"]) == {"matching", "legislation", "worker-prep"}
    done = await agency.until("registry", path, lambda found: found["status"] == "erased")
    assert "Demo-Santos" not in json.dumps(done)
