"""What a fallen member has found is listed to those who oversee the workers' origin, and to nobody else."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest

from imdi_common.database import Database
from imdi_worker_prep.storage.tables import ResultRow


def government(desk: Any, country: str) -> dict[str, str]:
    headers: dict[str, str] = desk.token(
        member={"id": uuid4(), "kind": "government", "country": country, "sequence": 1}
    )
    return headers


async def listed(desk: Any, who: str | None, headers: dict[str, str] | None = None, **query: Any) -> list[str]:
    params = {"performed_by": desk.state["clinic"]} | query
    answer = await desk.send("GET", "/v1/results", who, params=params, headers=headers or {})
    assert answer.status_code == 200, answer.text
    return [f"{one['code']} {one['outcome']}" for one in answer.json()["items"]]


async def test_stewards_and_the_origins_government_see_what_a_suspended_clinic_found(desk: Any) -> None:
    await desk.begin("fallen")
    assert await listed(desk, "steward") == ["medical_examination cleared"]
    assert await listed(desk, None, government(desk, "PH")) == ["medical_examination cleared"]
    assert await listed(desk, None, government(desk, "SA")) == []
    for who in ("agency", "employer", "rescue"):
        assert await listed(desk, who) == []
    assert await listed(desk, "steward", performed_by=str(desk.ids["agency"])) == []


async def test_nothing_of_a_member_in_good_standing_or_of_who_does_not_consent(desk: Any) -> None:
    await desk.begin("cleared")
    assert await listed(desk, "steward") == []
    state = await desk.begin("fallen")
    async with desk.new_world() as world:
        world.worker_id, world.sequence = UUID(state["worker"]), 200
        await world.worker("matching")
    assert state["worker"] not in str(
        (await desk.send("GET", f"/v1/results?performed_by={state['clinic']}", "steward")).json()
    )


async def test_nothing_said_in_confidence_is_listed(desk: Any, database: Database) -> None:
    state = await desk.begin("fallen")
    answer = await desk.send("GET", f"/v1/results?performed_by={state['clinic']}", "steward")
    assert "REF-1" not in answer.text
    assert ResultRow.sealed.key not in answer.json()["items"][0]


async def test_pages_follow_each_other(desk: Any) -> None:
    await desk.begin("cleared")
    second = await desk.result("clinic", "medical_examination", performed_on="2026-11-21", expires_on="2027-05-30")
    assert second.status_code == 200, second.text
    async with desk.new_world() as world:
        world.sequence = 100
        await world.member("clinic", "medical_examination", status="suspended")
    path = f"/v1/results?performed_by={desk.state['clinic']}&limit=1"
    first = (await desk.send("GET", path, "steward")).json()
    last = (await desk.send("GET", f"{path}&cursor={first['next']}", "steward")).json()
    assert [one["performed_on"] for one in first["items"] + last["items"]] == ["2026-11-22", "2026-11-21"]
    assert last["next"] is None


@pytest.mark.parametrize("query", ["", "performed_by=clinic", "performed_by={}&limit=0", "performed_by={}&cursor=x"])
async def test_bad_queries(desk: Any, query: str) -> None:
    answer = await desk.send("GET", f"/v1/results?{query.format(uuid4())}", "steward")
    assert answer.status_code == 422
    assert (await desk.send("GET", f"/v1/results?performed_by={uuid4()}", None)).status_code == 401
