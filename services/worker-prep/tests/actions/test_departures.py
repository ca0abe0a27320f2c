"""Departure and arrival."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from imdi_common.mechanics import due
from imdi_common.problems import Problem

TODAY = date(2026, 11, 23)
DONE = date(2026, 12, 10)


async def test_a_bar_on_departure_blocks_and_one_on_recruitment_does_not(
    hands: Any, world: Any, law: Any, ids: Any
) -> None:
    plain = {"reason": "war", "status": "barred", "rule": law.rule, "basis": [law.basis]}
    recruiting = law.Bar.model_validate(plain | {"prohibits": "recruitment"})
    await world.law(bars=[recruiting])
    assert (await world.dossier()).preparation.status == "cleared"
    await world.law(bars=[recruiting, law.Bar.model_validate(plain | {"prohibits": "departure"})])
    assert (await world.dossier()).preparation.status == "revoked"
    with pytest.raises(Problem) as refused:
        await hands.depart(ids["agency"], DONE)
    assert refused.value.extra["bars"] == [{"reason": "war", "status": "barred", "rule": law.rule, "needs_fact": None}]


async def test_a_departure_too_early_names_what_does_not_hold(hands: Any, world: Any, law: Any, ids: Any) -> None:
    with pytest.raises(Problem) as unplanned:
        await hands.depart(ids["agency"], TODAY)
    assert unplanned.value.slug == "not-cleared"
    criterion = law.Criterion.model_validate(
        {
            "criterion": "age",
            "effect": {"min": 23},
            "status": "unknown",
            "needs_fact": "worker.age",
            "rule": law.rule,
            "basis": [law.basis],
        }
    )
    await world.law(law.passport(), law.medical(), criteria=[criterion])
    await hands.result("passport", ids["agency"], on=TODAY)
    with pytest.raises(Problem) as refused:
        await hands.depart(ids["agency"], TODAY)
    assert (refused.value.slug, refused.value.status) == ("not-cleared", 409)
    assert [(one["code"], one["why"], one["rules"]) for one in refused.value.extra["items"]] == [
        ("medical_examination", "no_result", [law.rule])
    ]
    assert refused.value.extra["criteria"][0]["needs_fact"] == "worker.age"


async def test_departed_and_arrived(hands: Any, world: Any, law: Any, told: Any, ids: Any) -> None:
    registration = law.item("registration", "permit", "employer", holds_at=["arrival"], lead_days=7)
    await world.law(law.medical(), registration)
    await hands.result("medical_examination", ids["clinic"])
    assert (await world.dossier()).preparation.status == "cleared"
    with pytest.raises(Problem) as future:
        await hands.depart(ids["agency"], date(2026, 12, 13))
    assert future.value.status == 422
    await hands.depart(ids["agency"], date(2026, 12, 10))
    assert (await world.dossier()).preparation.status == "departed"
    assert await world.session.scalar(select(due.c.at).where(due.c.subject == str(hands.id))) is None
    with pytest.raises(Problem) as again:
        await hands.depart(ids["agency"], date(2026, 12, 10))
    assert again.value.slug == "wrong-state"
    for day, status in ((date(2026, 12, 9), 422), (date(2026, 12, 13), 422)):
        with pytest.raises(Problem) as refused:
            await hands.arrive(ids["employer"], day)
        assert refused.value.status == status
    await hands.arrive(ids["employer"], date(2026, 12, 11))
    dossier = await world.dossier()
    assert dossier.preparation.status == "arrived"
    assert dossier.item("registration").latest_on == date(2026, 12, 18)
    await hands.result("registration", ids["employer"], on=date(2026, 12, 11))
    with pytest.raises(Problem) as late:
        await hands.result("medical_examination", ids["clinic"])
    assert late.value.slug == "wrong-state"
    assert (await told())[4:] == ["worker.departed", "worker.arrived", "worker.cleared-permit"]


async def test_a_fact_of_the_world_beats_an_intent(hands: Any, world: Any, law: Any, told: Any, ids: Any) -> None:
    await world.law(law.medical())
    await hands.result("medical_examination", ids["clinic"])
    await world.placement("withdrawn", reason="withdrawn_by_owner")
    held = (await world.dossier()).preparation
    assert (held.status, held.reason) == ("closed", "withdrawn_by_owner")
    await hands.depart(ids["agency"], date(2026, 12, 11))
    await world.placement("withdrawn", reason="vacancy_closed")
    await world.law(law.passport())
    held = (await world.dossier()).preparation
    assert held.status == "departed"
    assert [note["what"] for note in held.notes] == ["withdrawn", "requirements"]
    assert (await told())[4:] == ["preparation.closed", "worker.departed"]
