"""The course of a preparation: opened, planned, cleared, revoked."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from imdi_common.mechanics import due
from imdi_common.problems import Problem
from imdi_worker_prep.actions.expire import expire

TODAY = date(2026, 11, 23)


async def test_it_is_opened_once_for_an_agreed_placement(world: Any, told: Any) -> None:
    await world.opened()
    held = (await world.dossier()).preparation
    assert (held.status, held.revision, held.origin, held.destination) == ("opened", 1, "PH", "SA")
    assert held.opened_on == TODAY
    await world.placement("ready")
    await world.placement("deployed")
    assert await told() == ["preparation.opened"]


async def test_the_law_plans_it(hands: Any, world: Any, law: Any, told: Any, ids: Any) -> None:
    requirements_id = await world.law(law.passport(), law.medical(after=["passport"]))
    dossier = await world.dossier()
    assert dossier.preparation.status == "planned"
    assert dossier.preparation.requirements_id == requirements_id
    assert {one.code: one.assigned_to for one in dossier.items} == {
        "passport": ids["agency"],
        "medical_examination": ids["clinic"],
    }
    assert dossier.item("medical_examination").earliest_on == date(2026, 12, 18)
    assert dossier.item("medical_examination").latest_on == date(2027, 2, 1)
    assert await told() == ["preparation.opened", "preparation.planned"]


async def test_the_calendar_requires_it_again(hands: Any, world: Any, law: Any, told: Any, ids: Any) -> None:
    await world.law(law.medical())
    await hands.result("medical_examination", ids["clinic"])
    at = await world.session.scalar(select(due.c.at).where(due.c.subject == str(hands.id)))
    assert at == datetime(2027, 2, 8, 16, 0, tzinfo=UTC)  # midnight in Manila
    await expire(world.session, hands.id, at - timedelta(seconds=1))
    assert (await world.dossier()).preparation.status == "cleared"
    await expire(world.session, hands.id, at)
    dossier = await world.dossier()
    assert (dossier.preparation.status, dossier.items[0].status) == ("revoked", "required")
    assert dossier.preparation.feasible is False
    assert (await told())[4:] == ["clearance.expired", "clearance.revoked"]


async def test_a_later_departure_makes_a_clearance_expiring(
    hands: Any, world: Any, law: Any, told: Any, ids: Any
) -> None:
    await world.law(law.medical())
    await hands.result("medical_examination", ids["clinic"])
    await hands.move(ids["agency"], date(2027, 2, 9))
    dossier = await world.dossier()
    assert (dossier.preparation.revision, dossier.preparation.status) == (2, "revoked")
    assert await world.statuses() == {"medical_examination": "expiring"}
    assert (await told())[4:] == ["preparation.facts-changed", "clearance.expiring", "clearance.revoked"]
    await hands.move(ids["agency"], date(2027, 2, 9))
    assert (await world.dossier()).preparation.revision == 2
    await hands.move(ids["agency"], date(2027, 2, 8))
    assert (await told())[7:] == [
        "preparation.facts-changed",
        "worker.cleared-medical",
        "worker.cleared-to-depart",
    ]


async def test_an_answer_on_an_older_revision_or_an_older_answer_changes_nothing(
    hands: Any, world: Any, law: Any, told: Any, ids: Any
) -> None:
    await world.law(law.medical())
    await hands.move(ids["agency"], date(2027, 2, 9))
    await world.law(law.passport(), revision=1)
    assert await world.statuses() == {"medical_examination": "required"}
    held = (await world.dossier()).preparation
    world.sequence = 0
    await world.law(law.passport(), revision=2)
    assert held.requirements_sequence > 1
    assert await world.statuses() == {"medical_examination": "required"}


async def test_new_law_keeps_results_and_may_revoke(hands: Any, world: Any, law: Any, told: Any, ids: Any) -> None:
    await world.law(law.medical())
    await hands.result("medical_examination", ids["clinic"])
    await world.law(law.medical(validity="P30D"))
    dossier = await world.dossier()
    assert dossier.preparation.status == "revoked"
    assert dossier.items[0].valid_until == date(2027, 1, 9)
    await world.law(law.passport())
    assert await world.statuses() == {"passport": "required"}
    await world.law(law.medical())
    assert (await world.dossier()).preparation.status == "cleared"


async def test_nothing_to_do_is_cleared_at_once(hands: Any, world: Any, law: Any, told: Any) -> None:
    await world.law(law.medical(status="not_applicable"))
    assert (await world.dossier()).preparation.status == "cleared"
    assert (await told())[1:] == ["preparation.planned", "worker.cleared-to-depart"]


async def test_an_unknown_blocks_until_it_is_answered(hands: Any, world: Any, law: Any, told: Any, ids: Any) -> None:
    fact = "worker.facts.ecr_passport"
    await world.law(law.medical(status="unknown", needs_fact=fact))
    await hands.result("medical_examination", ids["clinic"])
    assert (await world.dossier()).preparation.status == "in_progress"
    await hands.answer(ids["agency"], {fact: True})
    held = (await world.dossier()).preparation
    assert (held.revision, held.facts) == (2, {fact: True})
    await world.law(law.medical(), revision=2)
    assert (await world.dossier()).preparation.status == "cleared"
    assert (await told())[2:] == [
        "preparation.planned",
        "preparation.facts-changed",
        "preparation.planned",
        "worker.cleared-medical",
        "worker.cleared-to-depart",
    ]


@pytest.mark.parametrize(
    "answers", [{"worker.age": 30}, {"worker.facts.a": 1.5}, {"worker.facts.a": None}, {"placement.first_departure": 1}]
)
async def test_other_answers_are_refused(hands: Any, world: Any, ids: Any, answers: dict[str, Any]) -> None:
    with pytest.raises(Problem) as refused:
        await hands.answer(ids["agency"], answers)
    assert refused.value.errors
    assert refused.value.errors[0]["field"] == next(iter(answers))
    assert (await world.dossier()).preparation.revision == 1
