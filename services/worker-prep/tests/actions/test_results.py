"""Results, and who may record them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import select

from imdi_common.problems import Problem
from imdi_worker_prep.storage.sealing import MasterKey
from imdi_worker_prep.storage.tables import ResultRow, WorkerKey

TODAY = date(2026, 11, 23)


async def test_results_clear_item_by_item_and_then_the_whole(
    hands: Any, world: Any, law: Any, told: Any, ids: Any
) -> None:
    await world.law(law.passport(), law.medical())
    await hands.result("passport", ids["agency"], expires_on=date(2031, 5, 1))
    assert (await world.dossier()).preparation.status == "in_progress"
    await hands.result("medical_examination", ids["clinic"])
    dossier = await world.dossier()
    assert dossier.preparation.status == "cleared"
    assert dossier.item("medical_examination").valid_until == date(2027, 2, 8)
    assert (await told())[2:] == ["worker.cleared-documents", "worker.cleared-medical", "worker.cleared-to-depart"]


async def test_the_event_holds_the_state_and_no_evidence(
    hands: Any, world: Any, law: Any, announced: Any, ids: Any
) -> None:
    await world.law(law.medical())
    await hands.result("medical_examination", ids["clinic"], evidence={"finding": "CANARY"})
    topic, kind, key, sequence, data = (await announced(world.session))[-2]
    assert (topic, key, sequence) == ("imdi.worker-prep.preparations", str(hands.id), 3)
    assert kind == "org.imdi.worker.cleared-medical.v1"
    assert data["item"] == "medical_examination"
    assert data["items"][0]["valid_until"] == "2027-02-08"
    assert "CANARY" not in str(await announced(world.session))
    assert "REF-1" not in str(await announced(world.session))


async def test_evidence_rests_under_the_workers_own_key(
    hands: Any, world: Any, law: Any, master: MasterKey, ids: Any
) -> None:
    await world.law(law.medical())
    await hands.result("medical_examination", ids["clinic"], evidence={"finding": "CANARY"})
    row = await world.session.scalar(select(ResultRow))
    key = await world.session.get(WorkerKey, world.worker_id)
    assert b"CANARY" not in row.sealed
    assert b"CANARY" in master.open(key.wrapped, world.worker_id, row.id, row.sealed)


@pytest.mark.parametrize(
    ("outcome", "status", "what"),
    [
        ("failed", "failed", "worker.failed-item"),
        ("deferred", "deferred", "worker.deferred-medical"),
        ("conditionally_cleared", "conditionally_cleared", "preparation.planned"),
    ],
)
async def test_other_outcomes(
    hands: Any, world: Any, law: Any, told: Any, ids: Any, outcome: str, status: str, what: str
) -> None:
    await world.law(law.medical())
    await hands.result("medical_examination", ids["clinic"], outcome)
    assert await world.statuses() == {"medical_examination": status}
    assert (await told())[2:] == [what]


async def test_a_later_refusal_takes_the_clearance_back_and_an_older_one_does_not(
    hands: Any, world: Any, law: Any, told: Any, ids: Any
) -> None:
    await world.law(law.medical())
    await hands.result("medical_examination", ids["clinic"])
    await hands.result("medical_examination", ids["clinic"], "failed", on=date(2026, 12, 1))
    assert (await world.dossier()).preparation.status == "cleared"
    await hands.result("medical_examination", ids["clinic"], "failed", on=date(2026, 12, 11))
    assert (await world.dossier()).preparation.status == "revoked"
    assert (await told())[4:] == ["worker.failed-item", "clearance.revoked"]


async def test_who_may(hands: Any, world: Any, law: Any, ids: Any) -> None:
    await world.law(law.passport(), law.medical())
    for who, status in (("rescue", 404), ("clinic", 403), ("employer", 403)):
        with pytest.raises(Problem) as refused:
            await hands.depart(ids[who], TODAY)
        assert refused.value.status == status
    for who, code, status in (
        ("rescue", "passport", 404),
        ("clinic", "passport", 404),
        ("agency", "medical_examination", 403),
        ("employer", "passport", 403),
        ("agency", "unheard_of", 404),
    ):
        with pytest.raises(Problem) as refused:
            await hands.result(code, ids[who])
        assert refused.value.status == status
    await world.worker("matching")
    with pytest.raises(Problem) as unseen:
        await hands.result("medical_examination", ids["clinic"])
    assert unseen.value.status == 404


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"on": date(2026, 12, 13)}, "performed_on"),
        ({"issued_on": date(2026, 12, 13)}, "issued_on"),
        ({"expires_on": date(2026, 12, 9)}, "expires_on"),
    ],
)
async def test_days_that_cannot_be(
    hands: Any, world: Any, law: Any, ids: Any, fields: dict[str, date], field: str
) -> None:
    await world.law(law.medical())
    with pytest.raises(Problem) as refused:
        await hands.result("medical_examination", ids["clinic"], **fields)
    assert refused.value.errors
    assert refused.value.errors[0]["field"] == field


async def test_tomorrow_has_begun_somewhere(hands: Any, world: Any, law: Any, ids: Any) -> None:
    await world.law(law.medical())
    world.now = datetime(2026, 12, 11, 11, 0, tzinfo=UTC)
    await hands.result("medical_examination", ids["clinic"], on=date(2026, 12, 12))


async def test_a_clearance_that_has_ended_already_is_not_told_as_one(
    hands: Any, world: Any, law: Any, told: Any, ids: Any
) -> None:
    await world.law(law.medical())
    await hands.result("medical_examination", ids["clinic"], on=date(2026, 9, 1))
    assert await world.statuses() == {"medical_examination": "required"}
    assert (await told())[2:] == ["preparation.planned"]


async def test_a_renewal_that_is_still_too_short_is_told_again(
    hands: Any, world: Any, law: Any, announced: Any, told: Any, ids: Any
) -> None:
    await world.law(law.medical())
    for day in (date(2026, 12, 1), date(2026, 12, 2)):
        await hands.result("medical_examination", ids["clinic"], on=day)
    assert (await told())[2:] == ["clearance.expiring", "clearance.expiring"]
    *_, state = (await announced(world.session))[-1]
    assert (state["item"], state["items"][0]["valid_until"]) == ("medical_examination", "2027-01-31")


async def test_a_result_that_a_newer_one_outweighs_tells_what_else_changed(
    hands: Any, world: Any, law: Any, announced: Any, told: Any, ids: Any
) -> None:
    await world.law(law.medical())
    await hands.result("medical_examination", ids["clinic"], "failed")
    await hands.book(ids["agency"], "medical_examination", date(2026, 12, 20))
    await hands.result("medical_examination", ids["clinic"], on=date(2026, 12, 1))
    assert (await told())[3:] == ["preparation.planned", "preparation.planned"]
    *_, state = (await announced(world.session))[-1]
    assert (state["item"], state["items"][0]["status"]) == ("medical_examination", "failed")
