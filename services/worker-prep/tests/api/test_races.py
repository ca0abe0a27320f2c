"""Two at once: one wins, nothing is doubled, nothing is lost."""

from __future__ import annotations

import asyncio
from typing import Any

from sqlalchemy import func, select, text

from imdi_common.mechanics import outbox
from imdi_worker_prep.storage.tables import ResultRow


async def test_two_departures_at_once(desk: Any, database: Any) -> None:
    state = await desk.begin("cleared")
    path = f"/v1/preparations/{state['preparation']}/departure"
    sent = [desk.send("POST", path, "agency", {"departed_on": "2026-11-23"}) for _ in range(2)]
    assert sorted(answer.status_code for answer in await asyncio.gather(*sent)) == [200, 409]
    async with database.transaction() as session:
        departed = outbox.c.type == "org.imdi.worker.departed.v1"
        assert await session.scalar(select(func.count()).select_from(outbox).where(departed)) == 1


async def test_results_recorded_at_once_all_count(desk: Any, database: Any) -> None:
    state = await desk.begin("planned")
    sent = [desk.result("clinic", "medical_examination", reference=f"REF-{number}") for number in range(4)]
    sent += [desk.result("agency", "passport", reference=f"REF-{number}") for number in range(4)]
    assert {answer.status_code for answer in await asyncio.gather(*sent)} == {200}
    async with database.transaction() as session:
        assert await session.scalar(select(func.count()).select_from(ResultRow)) == 8
        numbers = await session.scalars(
            select(outbox.c.sequence).where(outbox.c.key == state["preparation"]).order_by(outbox.c.position)
        )
        assert list(numbers) == list(range(1, 11))


async def test_the_same_version_changes_once(desk: Any) -> None:
    state = await desk.begin("planned")
    path = f"/v1/preparations/{state['preparation']}/departure-date"
    sent = [
        desk.send("PUT", path, "agency", {"departure_on": f"2027-03-0{day}"}, headers={"If-Match": '"2"'})
        for day in (1, 2)
    ]
    assert sorted(answer.status_code for answer in await asyncio.gather(*sent)) == [200, 412]


async def test_what_is_read_while_the_law_answers_is_of_one_moment(desk: Any, database: Any) -> None:
    """The reader is held between the preparation and its items, and both change meanwhile."""
    await desk.begin("planned")
    before = (await desk.read()).json()
    async with database.transaction() as session:
        await session.execute(text("lock table item in access exclusive mode"))
        reading = asyncio.create_task(desk.read())
        waits = text("select count(*) from pg_locks where not granted and relation = 'item'::regclass")
        async with asyncio.timeout(20):
            while not await session.scalar(waits):
                pass
        await session.execute(text("update preparation set version = version + 1, status = 'cleared'"))
        await session.execute(text("update item set status = 'cleared'"))
    assert (await reading).json() == before
    after = (await desk.read()).json()
    assert {after["status"], *(item["status"] for item in after["items"])} == {"cleared"}


async def test_a_member_that_joins_while_a_case_is_planned_is_not_missed(desk: Any) -> None:
    """Whichever commits first, the other sees it: the lots are held."""
    state = await desk.begin("opened")

    async def plan() -> None:
        async with desk.new_world() as world:
            world.placement_id = type(desk.ids["clinic"])(state["placement"])
            world.sequence = 100
            await world.law(world.builders.item("skill_test", "qualification", "testing_body"))

    async def join() -> None:
        async with desk.new_world() as world:
            world.sequence = 200
            await world.member("rescue", "skill_test", kind="testing_body")

    await asyncio.gather(plan(), join())
    item = (await desk.read()).json()["items"][0]
    assert item["assigned_to"] == {"member_id": str(desk.ids["rescue"])}
