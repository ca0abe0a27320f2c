"""What is announced keeps the contract, and nothing personal travels."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any, get_args

import jsonschema
import pytest

from imdi_contracts.catalogue import events
from imdi_contracts.codes import Category
from imdi_contracts.worker_prep import ERASURES, PREPARATIONS, PreparationState
from imdi_worker_prep.actions.announcing import EVENTS
from imdi_worker_prep.actions.expire import expire
from imdi_worker_prep.domain.announcements import CLEARED

CANARY = "CANARY-7f3a"


def test_every_category_has_an_event() -> None:
    assert set(CLEARED) == set(get_args(Category))
    assert set(CLEARED.values()) <= set(EVENTS)


@pytest.mark.parametrize("category", CLEARED)
async def test_an_item_of_each_category_has_its_event(
    hands: Any, world: Any, law: Any, told: Any, ids: Any, category: str
) -> None:
    await world.law(law.item("thing", category, "controller"))
    await hands.result("thing", ids["agency"])
    assert (await told())[2:] == [CLEARED[category], "worker.cleared-to-depart"]


async def the_whole_course(hands: Any, world: Any, law: Any, ids: Any) -> None:
    """Everything that can be announced but an arrival."""
    await world.law(law.medical(), law.passport())
    await hands.answer(ids["agency"], {"worker.facts.kin": "sister"})
    await world.law(law.medical(), law.passport(), revision=2)
    await hands.book(ids["agency"], "medical_examination", date(2026, 12, 11))
    for outcome in ("deferred", "failed", "cleared"):
        evidence = {"finding": CANARY}
        await hands.result("medical_examination", ids["clinic"], outcome, evidence=evidence)
    await hands.result("passport", ids["agency"], expires_on=date(2031, 5, 1))
    await hands.move(ids["agency"], date(2027, 2, 9))
    await expire(world.session, hands.id, datetime(2027, 2, 8, 16, 0, tzinfo=UTC))
    await world.placement("withdrawn", reason="withdrawn_by_owner")


async def test_the_course_of_a_case_is_told_in_order_without_a_gap(
    hands: Any, world: Any, law: Any, announced: Any, told: Any, ids: Any
) -> None:
    await the_whole_course(hands, world, law, ids)
    assert await told() == [
        "preparation.opened",
        "preparation.planned",
        "preparation.facts-changed",
        "preparation.planned",
        "preparation.planned",
        "worker.deferred-medical",
        "worker.failed-item",
        "worker.cleared-medical",
        "worker.cleared-documents",
        "worker.cleared-to-depart",
        "preparation.facts-changed",
        "clearance.expiring",
        "clearance.revoked",
        "clearance.expired",
        "preparation.closed",
    ]
    assert [sequence for *_, sequence, _ in await announced(world.session)] == list(range(1, 16))


async def test_every_event_keeps_its_schema_and_holds_nothing_personal(
    hands: Any, world: Any, law: Any, announced: Any, ids: Any
) -> None:
    await the_whole_course(hands, world, law, ids)
    contracts = {event.type(): event for event in events("worker-prep")}
    for topic, kind, key, _, data in await announced(world.session):
        jsonschema.validate(data, contracts[kind].model_json_schema(mode="serialization"))
        state = PreparationState.model_validate(data)
        assert (topic, key) == (PREPARATIONS.name, state.preparation_id)
        for hidden in (CANARY, "REF-1", "1996-04-02", "female"):
            assert hidden not in str(data)


async def test_each_event_holds_the_state_after_it(hands: Any, world: Any, law: Any, announced: Any, ids: Any) -> None:
    await the_whole_course(hands, world, law, ids)
    told = [(kind.split(".")[-2], data) for _, kind, _, _, data in await announced(world.session)]
    after = dict(told)
    assert after["cleared-to-depart"]["status"] == "cleared"
    assert {one["status"] for one in after["cleared-to-depart"]["items"]} == {"cleared"}
    assert (after["revoked"]["status"], after["revoked"]["departure_on"]) == ("revoked", "2027-02-09")
    assert (after["expired"]["item"], after["expired"]["items"][0]["status"]) == ("medical_examination", "required")
    assert (after["closed"]["status"], after["closed"]["reason"]) == ("closed", "withdrawn_by_owner")
    assert after["facts-changed"]["facts"] == {"worker.facts.kin": "sister"}


async def test_a_receipt_goes_to_its_own_topic(hands: Any, world: Any, law: Any, announced: Any, ids: Any) -> None:
    await world.law(law.medical())
    await world.worker(status="erasure_requested")
    (*_, closed), (topic, _, key, sequence, data) = (await announced(world.session))[-2:]
    assert (closed["status"], closed["reason"], closed["items"], closed["facts"]) == ("closed", "erased", [], {})
    assert (topic, key, sequence, data) == (ERASURES.name, str(world.worker_id), 1, {"worker_id": str(world.worker_id)})


async def test_a_departed_case_is_emptied_and_stays_departed(
    hands: Any, world: Any, law: Any, announced: Any, told: Any, ids: Any
) -> None:
    await world.law(law.medical())
    await hands.result("medical_examination", ids["clinic"])
    await hands.depart(ids["agency"], date(2026, 12, 11))
    await world.worker(status="erasure_requested")
    assert (await told())[-2:] == ["preparation.facts-changed", "erasure.completed"]
    *_, data = (await announced(world.session))[-2]
    assert (data["status"], data["items"], data["facts"]) == ("departed", [], {})
