"""Bookings."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from imdi_common.problems import Problem

TODAY = date(2026, 11, 23)


async def test_bookings(hands: Any, world: Any, law: Any, ids: Any) -> None:
    await world.law(law.medical())
    agency, code = ids["agency"], "medical_examination"
    await hands.book(agency, code, date(2026, 12, 20))
    assert await world.statuses() == {code: "scheduled"}
    await hands.book(agency, code, date(2026, 12, 21))
    assert [one.booked_on for one in (await world.dossier()).bookings.values()] == [date(2026, 12, 21)]
    for day, member_id, status in ((TODAY, None, 422), (date(2026, 12, 20), ids["rescue"], 409)):
        with pytest.raises(Problem) as refused:
            await hands.book(agency, code, day, member_id)
        assert refused.value.status == status
    await hands.result(code, ids["clinic"], "failed")
    assert (await world.dossier()).bookings == {}
    await hands.book(agency, code, date(2026, 12, 21))
    assert await world.statuses() == {code: "scheduled"}
    await hands.result(code, ids["clinic"])
    with pytest.raises(Problem) as cleared:
        await hands.book(agency, code, date(2026, 12, 21))
    assert cleared.value.slug == "wrong-state"


async def test_a_booking_is_told(hands: Any, world: Any, law: Any, announced: Any, ids: Any) -> None:
    await world.law(law.medical())
    await hands.book(ids["agency"], "medical_examination", date(2026, 12, 20))
    _, kind, _, _, data = (await announced(world.session))[-1]
    assert (kind, data["item"]) == ("org.imdi.preparation.planned.v1", "medical_examination")
    assert data["items"][0]["status"] == "scheduled"
    assert data["status"] == "in_progress"


async def test_only_a_member_that_can_may_be_chosen(hands: Any, world: Any, law: Any, ids: Any) -> None:
    await world.law(law.item("skill_test", "qualification", "testing_body"))
    for member_id in (ids["clinic"], ids["agency"], ids["rescue"]):
        with pytest.raises(Problem) as refused:
            await hands.book(ids["agency"], "skill_test", date(2026, 12, 20), member_id)
        assert refused.value.errors
        assert refused.value.errors[0]["field"] == "member_id"
    assert (await world.dossier()).items[0].assigned_to is None
    await hands.book(ids["agency"], "skill_test", date(2026, 12, 20))
    assert await world.statuses() == {"skill_test": "scheduled"}


async def test_the_chosen_one_is_assigned(hands: Any, world: Any, law: Any, ids: Any) -> None:
    await world.law(law.medical())
    item = (await world.dossier()).items[0]
    item.assigned_to = None
    await hands.book(ids["agency"], "medical_examination", date(2026, 12, 20), ids["clinic"])
    assert item.assigned_to == ids["clinic"]
    await hands.book(ids["agency"], "medical_examination", date(2026, 12, 22), ids["clinic"])


async def test_nothing_is_booked_that_the_law_does_not_ask_or_that_came_too_late(
    hands: Any, world: Any, law: Any, ids: Any
) -> None:
    await world.law(law.medical(status="not_applicable"))
    with pytest.raises(Problem) as spared:
        await hands.book(ids["agency"], "medical_examination", date(2026, 12, 20))
    assert spared.value.slug == "wrong-state"
    await world.law(law.medical())
    await world.placement("withdrawn")
    with pytest.raises(Problem) as closed:
        await hands.book(ids["agency"], "medical_examination", date(2026, 12, 20))
    assert closed.value.slug == "wrong-state"
