from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest

BAD_DAYS = [
    "",
    "soon",
    "2026-13-01",
    "0001-01-01",
    "9999-12-31",
    20261123,
    None,
    "2026-11-23T00:00:00Z",
    1795392000,
    [],
]


async def test_the_shape_of_a_preparation(desk: Any) -> None:
    await desk.begin("planned")
    read = await desk.read()
    body = read.json()
    assert read.headers["ETag"] == '"2"'
    assert (body["status"], body["feasible"], body["revision"], body["facts"]) == ("planned", True, 1, {})
    passport, medical, xray = body["items"]
    assert medical["assigned_to"] == {"member_id": str(desk.ids["clinic"])}
    assert passport["assigned_to"] == {"member_id": str(desk.ids["agency"])}
    assert (xray["status"], xray["needs_fact"], xray["assigned_to"]) == ("unknown", "worker.facts.ecr_passport", None)
    assert (medical["earliest_on"], medical["latest_on"]) == ("2026-12-03", "2027-02-01")
    assert medical["earliest_on"] <= medical["due_on"] <= medical["latest_on"]
    assert medical["basis"][0]["provision"] == "art. 3"
    assert medical["disputed"][0]["value"] == "P90D"


async def test_days_move_on_with_the_calendar(desk: Any, clock: Any) -> None:
    await desk.begin("planned")
    clock.set(datetime(2027, 2, 1, 9, 0, tzinfo=UTC))
    body = (await desk.read()).json()
    assert body["feasible"] is False
    assert body["items"][0]["earliest_on"] == "2027-02-01"


async def test_a_partner_sees_its_own_items_and_no_more(desk: Any) -> None:
    await desk.begin("barred")
    body = (await desk.read("clinic")).json()
    assert [item["code"] for item in body["items"]] == ["medical_examination"]
    assert (body["bars"], body["criteria"], body["facts"]) == ([], [], None)
    whole = (await desk.read("employer")).json()
    assert len(whole["items"]) == 2
    assert len(whole["bars"]) == len(whole["criteria"]) == 1
    assert [(one["attribute"], one["value"]) for one in whole["criteria"][0]["disputed"]] == [("min", 21)]
    assert (whole["criteria"][0]["criterion"], whole["criteria"][0]["min"]) == ("age", 23)
    assert "effect" not in whole["criteria"][0]
    assert whole["facts"] is None


async def test_strangers_and_stewards_see_nothing(desk: Any) -> None:
    state = await desk.begin("planned")
    for who in ("rescue", "steward"):
        for path in (f"/v1/preparations/{state['preparation']}", f"/v1/preparations/{uuid4()}"):
            answer = await desk.send("GET", path, who)
            assert answer.status_code == 404
        assert (await desk.send("GET", "/v1/preparations", who)).json() == {"items": [], "next": None}
        assert (await desk.send("GET", "/v1/items?assigned_to=me", who)).json() == {"items": [], "next": None}
    assert (await desk.read(None)).status_code == 401


async def test_who_withdraws_consent_is_hidden_from_partners(desk: Any, world_of: Any) -> None:
    state = await desk.begin("planned")
    async with desk.new_world() as world:
        world.worker_id, world.sequence = type(desk.ids["clinic"])(state["worker"]), 100
        await world.worker("matching")
    assert (await desk.read("clinic")).status_code == 404
    assert (await desk.send("GET", "/v1/items", "clinic")).json()["items"] == []
    assert (await desk.send("GET", "/v1/preparations", "clinic")).json()["items"] == []
    assert (await desk.read("agency")).status_code == 200
    assert (await desk.read("employer")).status_code == 200


async def test_lists_filter_and_page(desk: Any) -> None:
    states = [await desk.begin("planned") for _ in range(3)]
    first = (await desk.send("GET", "/v1/preparations?limit=2", "clinic")).json()
    rest = (await desk.send("GET", f"/v1/preparations?limit=2&cursor={first['next']}", "clinic")).json()
    assert [one["id"] for one in first["items"] + rest["items"]] == [state["preparation"] for state in states]
    assert rest["next"] is None
    for name in ("placement", "worker"):
        found = (await desk.send("GET", f"/v1/preparations?{name}_id={states[1][name]}", "agency")).json()["items"]
        assert [one["id"] for one in found] == [states[1]["preparation"]]
    assert (await desk.send("GET", "/v1/preparations?status=cleared", "agency")).json()["items"] == []
    items = (await desk.send("GET", "/v1/items?assigned_to=me&limit=2", "clinic")).json()
    more = (await desk.send("GET", f"/v1/items?limit=2&cursor={items['next']}", "clinic")).json()
    assert {one["code"] for one in items["items"] + more["items"]} == {"medical_examination"}
    assert len(items["items"] + more["items"]) == 3


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=201", "cursor=x", "status=gone", "worker_id=x", "placement_id=1", "page=2"]
)
async def test_bad_queries_name_the_field(desk: Any, query: str) -> None:
    answer = await desk.send("GET", f"/v1/preparations?{query}", "agency")
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"].endswith(query.partition("=")[0])


@pytest.mark.parametrize("query", ["assigned_to=you", "status=gone", "cursor=x"])
async def test_bad_queries_of_items(desk: Any, query: str) -> None:
    assert (await desk.send("GET", f"/v1/items?{query}", "agency")).status_code == 422


async def test_changes_need_the_version_last_read(desk: Any) -> None:
    state = await desk.begin("planned")
    path = f"/v1/preparations/{state['preparation']}/departure-date"
    body = {"departure_on": "2027-03-01"}
    assert (await desk.send("PUT", path, "agency", body)).status_code == 428
    assert (await desk.send("PUT", path, "agency", body, headers={"If-Match": '"1"'})).status_code == 412
    moved = await desk.send("PUT", path, "agency", body, headers={"If-Match": '"2"'})
    assert (moved.json()["departure_on"], moved.json()["revision"]) == ("2027-03-01", 2)
    assert moved.headers["ETag"] == '"3"'
    facts = path.replace("departure-date", "facts")
    answered = await desk.send("PUT", facts, "agency", {"worker.facts.ecr": True}, headers={"If-Match": '"3"'})
    assert answered.json()["facts"] == {"worker.facts.ecr": True}
    changed = await desk.send("PUT", facts, "agency", {"worker.facts.ecr": 1}, headers={"If-Match": '"4"'})
    assert changed.json()["errors"] == [
        {"field": "worker.facts.ecr", "rule": "type", "detail": "is of another type than the answer before"}
    ]


async def test_facts_of_the_placement_are_answered_and_its_day_is_the_day_of_departure(desk: Any) -> None:
    state = await desk.begin("planned")
    path = f"/v1/preparations/{state['preparation']}/facts"
    answers = {"placement.departure_on": "2027-03-01", "placement.first_departure": False}
    moved = await desk.send("PUT", path, "agency", answers, headers={"If-Match": '"2"'})
    assert moved.status_code == 200, moved.text
    body = moved.json()
    assert (body["departure_on"], body["revision"]) == ("2027-03-01", 2)
    assert body["facts"] == {"placement.first_departure": False}
    again = await desk.send("PUT", path, "agency", answers, headers={"If-Match": '"3"'})
    assert (again.json()["revision"], again.headers["ETag"]) == (2, '"3"')


@pytest.mark.parametrize(("day", "rule"), [("2026-11-22", "not_past"), ("soon", "day")])
async def test_a_departure_is_answered_by_a_day_to_come(desk: Any, day: str, rule: str) -> None:
    state = await desk.begin("planned")
    path = f"/v1/preparations/{state['preparation']}/facts"
    answer = await desk.send("PUT", path, "agency", {"placement.departure_on": day}, headers={"If-Match": "*"})
    assert answer.status_code == 422
    [error] = answer.json()["errors"]
    assert (error["field"], error["rule"]) == ("placement.departure_on", rule)


BAD_ANSWERS = [
    "[]",
    '"x"',
    "1",
    "null",
    "{",
    "",
    '{"worker.facts.a": {}}',
    r'{"a\ud800": 1}',
    r'{"worker.facts.a": "\ud800"}',
]


@pytest.mark.parametrize("body", BAD_ANSWERS)
async def test_bad_answers(desk: Any, body: str) -> None:
    state = await desk.begin("planned")
    path = f"/v1/preparations/{state['preparation']}/facts"
    headers = {"If-Match": "*", "Content-Type": "application/json"}
    answer = await desk.send("PUT", path, "agency", headers=headers, content=body)
    assert answer.status_code == 422, answer.text
    assert (await desk.read()).headers["ETag"] == '"2"'


@pytest.mark.parametrize("day", BAD_DAYS)
async def test_bad_days(desk: Any, day: Any) -> None:
    state = await desk.begin("cleared")
    before = (await desk.read()).headers["ETag"]
    path = f"/v1/preparations/{state['preparation']}"
    for way, name in (("departure", "departed_on"), ("arrival", "arrived_on")):
        answer = await desk.send("POST", f"{path}/{way}", "agency", {name: day})
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, name)
    moved = await desk.send("PUT", f"{path}/departure-date", "agency", {"departure_on": day}, headers={"If-Match": "*"})
    assert moved.status_code == 422
    recorded = await desk.result("clinic", "medical_examination", performed_on=day)
    assert recorded.json()["errors"][0]["field"] == "performed_on"
    assert (await desk.read()).headers["ETag"] == before


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"outcome": "fine"}, "outcome"),
        ({"reference": ""}, "reference"),
        ({"reference": "x" * 201}, "reference"),
        ({"evidence": []}, "evidence"),
        ({"evidence": {"a": "x" * 100_001}}, "evidence"),
        ({"valid_until": "2027-01-01"}, "valid_until"),
        ({"issued_on": "2027-01-01"}, "issued_on"),
    ],
)
async def test_bad_results(desk: Any, changed: dict[str, Any], field: str) -> None:
    await desk.begin("planned")
    answer = await desk.result("clinic", "medical_examination", **changed)
    assert answer.status_code == 422, answer.text
    assert answer.json()["errors"][0]["field"] == field
    assert (await desk.read()).headers["ETag"] == '"2"'


async def test_a_result_sent_again_is_recorded_once(desk: Any) -> None:
    state = await desk.begin("planned")
    path = f"/v1/preparations/{state['preparation']}/items/medical_examination/results"
    body = {"outcome": "cleared", "performed_on": "2026-11-22", "reference": "REF", "evidence": {"note": "fit"}}
    first = await desk.send("POST", path, "clinic", body, key="one")
    again = await desk.send("POST", path, "clinic", body, key="one")
    assert first.json() == again.json()
    assert first.json()["valid_until"] == "2027-01-21"
    assert again.headers["Idempotency-Replayed"] == "true"
    other = await desk.send("POST", path, "clinic", body | {"reference": "OTHER"}, key="one")
    assert other.status_code == 422
    assert (await desk.read()).headers["ETag"] == '"3"'


async def test_a_clearance_that_lapses_before_departure_warns(desk: Any) -> None:
    await desk.begin("expiring")
    body = (await desk.read("clinic")).json()
    assert body["status"] == "in_progress"
    assert body["items"][0]["status"] == "expiring"
    assert body["warnings"] == [
        {"code": "lapses_before", "item": "medical_examination", "milestone": "departure", "by_days": 11}
    ]


async def test_what_came_too_late_for_a_departed_case_is_noted(desk: Any) -> None:
    state = await desk.begin("departed")
    before = (await desk.read()).json()
    async with desk.new_world() as world:
        world.placement_id, world.sequence = UUID(state["placement"]), 100
        world.worker_id = UUID(state["worker"])
        requirements_id = await world.law(world.builders.passport(), world.builders.item("visa", "permit"))
        await world.placement("withdrawn", reason="agreed_elsewhere")
    after = await desk.read()
    notes = after.json().pop("notes")
    assert [(one["what"], one["requirements_id"], one["reason"]) for one in notes] == [
        ("requirements", str(requirements_id), None),
        ("withdrawn", None, "agreed_elsewhere"),
    ]
    assert after.json() | {"notes": []} == before
    assert after.headers["ETag"] == '"7"'
    assert (await desk.read("clinic")).json()["notes"] == []


async def test_a_suspended_member_is_refused_before_all_else(desk: Any) -> None:
    state = await desk.begin("planned")
    async with desk.new_world() as world:
        world.sequence = 100
        await world.member("clinic", "medical_examination", status="suspended")
    for path in (f"/v1/preparations/{state['preparation']}", f"/v1/preparations/{uuid4()}", "/v1/preparations?limit=0"):
        assert (await desk.send("GET", path, "clinic")).status_code == 403


async def test_a_follower_reads_on_from_its_cursor(desk: Any) -> None:
    state = await desk.begin("followed")
    path = "/v1/preparations/changes"
    first = (await desk.send("GET", f"{path}?limit=1", "agency")).json()
    rest = (await desk.send("GET", f"{path}?after={first['next']}", "agency")).json()
    assert [one["type"] for one in first["items"] + rest["items"]] == [
        "org.imdi.preparation.opened.v1",
        "org.imdi.preparation.planned.v1",
    ]
    assert {one["preparation_id"] for one in first["items"] + rest["items"]} == {state["preparation"]}
    assert rest["items"][0]["preparation"] == (await desk.read()).json()
    still = await desk.send("GET", f"{path}?after={rest['next']}&wait=0.2", "agency")
    assert still.json() == {"items": [], "next": rest["next"]}
    assert (await desk.send("GET", path, "rescue")).json() == {"items": [], "next": None}


@pytest.mark.parametrize("query", ["after=x", "limit=0", "wait=31", "since=1"])
async def test_bad_queries_of_followers_name_the_field(desk: Any, query: str) -> None:
    answer = await desk.send("GET", f"/v1/preparations/changes?{query}", "agency")
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"].endswith(query.partition("=")[0])
