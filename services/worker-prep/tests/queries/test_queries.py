"""What is shown, to whom, as of which day."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest

from imdi_common.actor import Actor, Tenant
from imdi_common.problems import Problem
from imdi_worker_prep.queries import items, preparations

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def actor(member_id: UUID) -> Actor:
    return Actor("client", frozenset({"partner"}), Tenant(member_id, "medical_provider", "PH", "accredited", None, 1))


async def mine(world: Any, member_id: UUID, **more: Any) -> list[dict[str, Any]]:
    asked: dict[str, Any] = {"status": None, "limit": 50, "cursor": None}
    found, _ = await items.of_performer(world.session, actor(member_id), NOW, **asked | more)
    return found


async def all_of(world: Any, member_id: UUID, **more: Any) -> list[dict[str, Any]]:
    asked: dict[str, Any] = {"placement_id": None, "worker_id": None, "status": None, "limit": 50, "cursor": None}
    found, _ = await preparations.find(world.session, actor(member_id), NOW, **asked | more)
    return found


async def test_the_items_of_a_performer(world: Any, law: Any, ids: Any) -> None:
    preparation_id = await world.opened("clinic")
    await world.law(law.medical(), law.item("chest_xray"), law.passport())
    found = await mine(world, ids["clinic"])
    assert [(one["preparation_id"], one["code"]) for one in found] == [
        (preparation_id, "chest_xray"),
        (preparation_id, "medical_examination"),
    ]
    assert await mine(world, ids["clinic"], status="cleared") == []
    assert [one["code"] for one in await mine(world, ids["agency"], status="required")] == ["passport"]
    assert await mine(world, ids["rescue"]) == []


async def test_items_of_a_closed_case_are_no_more(world: Any, law: Any, ids: Any) -> None:
    await world.opened("clinic")
    await world.law(law.medical())
    await world.placement("withdrawn")
    assert await mine(world, ids["clinic"]) == []


async def test_a_controller_sees_its_own_items_without_consent_and_a_partner_does_not(
    world: Any, law: Any, ids: Any
) -> None:
    await world.opened("clinic")
    await world.law(law.medical(), law.passport())
    await world.worker("matching")
    assert await mine(world, ids["clinic"]) == []
    assert [one["code"] for one in await mine(world, ids["agency"])] == ["passport"]


async def test_items_come_page_by_page(world: Any, law: Any, ids: Any) -> None:
    await world.opened("clinic")
    codes = [f"item_{number}" for number in range(5)]
    await world.member("clinic", *codes)
    await world.law(*(law.item(code) for code in codes))
    seen: list[str] = []
    cursor = None
    for _ in range(3):
        page, cursor = await items.of_performer(
            world.session, actor(ids["clinic"]), NOW, status=None, limit=2, cursor=cursor
        )
        seen += [one["code"] for one in page]
    assert (seen, cursor) == (codes, None)


async def test_an_item_shows_its_law_its_days_and_its_booking(world: Any, law: Any, ids: Any) -> None:
    preparation_id = await world.opened("clinic")
    await world.law(law.medical(lead_days=None, lead_working_days=5, beyond="P1M", documents=["passport"]))
    shown = await items.show(world.session, f"{preparation_id}/medical_examination", NOW)
    assert (shown["lead_days"], shown["lead_working_days"], shown["beyond"]) == (None, 5, "P1M")
    # It must hold 60 days from the examination and still a month after the first of February.
    assert shown["earliest_on"] == date(2026, 12, 31)
    assert (shown["booked_on"], shown["valid_until"], shown["documents"]) == (None, None, ["passport"])
    assert shown["governed_by"]["validity"]["code"] == "sa-medical"
    for reference in (f"{preparation_id}/nothing", f"{uuid4()}/passport"):
        with pytest.raises(Problem) as absent:
            await items.show(world.session, reference, NOW)
        assert absent.value.status == 404


@pytest.mark.parametrize("who", ["agency", "employer", "clinic"])
async def test_each_party_finds_the_case(world: Any, law: Any, ids: Any, who: str) -> None:
    preparation_id = await world.opened("clinic")
    await world.law(law.medical())
    for wanted in ({}, {"placement_id": world.placement_id}, {"worker_id": world.worker_id}, {"status": "planned"}):
        assert [one["id"] for one in await all_of(world, ids[who], **wanted)] == [preparation_id]
    for other in ({"placement_id": uuid4()}, {"worker_id": uuid4()}, {"status": "cleared"}):
        assert await all_of(world, ids[who], **other) == []
    assert await all_of(world, ids["rescue"]) == []


async def test_a_client_of_no_member_finds_nothing(world: Any, law: Any) -> None:
    preparation_id = await world.opened("clinic")
    steward = Actor("steward", frozenset({"steward"}), None)
    with pytest.raises(Problem):
        await preparations.show(world.session, preparation_id, steward, NOW)
    assert await items.of_performer(world.session, steward, NOW, status=None, limit=1, cursor=None) == ([], None)


async def test_until_the_law_has_answered_nothing_is_said_of_feasibility(world: Any, law: Any, ids: Any) -> None:
    preparation_id = await world.opened()
    shown = await preparations.show(world.session, preparation_id, actor(ids["agency"]), NOW)
    assert (shown["status"], shown["feasible"], shown["items"], shown["requirements_id"]) == ("opened", None, [], None)


async def test_the_plan_is_as_of_today_in_the_origin(world: Any, law: Any, ids: Any) -> None:
    preparation_id = await world.opened("clinic")
    await world.law(law.item("orientation", "orientation", "controller", lead_days=7))
    for now, earliest, feasible in (
        (datetime(2026, 11, 23, 15, 59, tzinfo=UTC), date(2026, 11, 30), True),
        (datetime(2026, 11, 23, 16, 0, tzinfo=UTC), date(2026, 12, 1), True),  # midnight in Manila
        (datetime(2027, 1, 25, 15, 59, tzinfo=UTC), date(2027, 2, 1), True),
        (datetime(2027, 1, 25, 16, 0, tzinfo=UTC), date(2027, 2, 2), False),
    ):
        shown = await preparations.show(world.session, preparation_id, actor(ids["agency"]), now)
        assert (shown["items"][0]["earliest_on"], shown["feasible"]) == (earliest, feasible)


async def test_a_partner_is_warned_of_its_own_items_only(world: Any, law: Any, ids: Any) -> None:
    preparation_id = await world.opened("clinic")
    await world.law(law.medical(), law.passport(validity="P1M"))
    dossier = await world.dossier()
    assert {one.code for one in dossier.items} == {"medical_examination", "passport"}
    shown = await preparations.show(world.session, preparation_id, actor(ids["clinic"]), NOW)
    assert [one["code"] for one in shown["items"]] == ["medical_examination"]
    assert shown["warnings"] == []
