"""The first and the last day that can be written: whatever is said of them is taken, or refused by its field."""

from __future__ import annotations

from typing import Any

import pytest
from services.legislation.tests.api.conftest import ENTRY_ID, INSTRUMENT_ID, PROCEDURE_ID, RULE_ID, WORKER_ID, Stage
from services.legislation.tests.api.procedure_body import procedure_body
from services.legislation.tests.api.recognition_bodies import DECISION, HELD, ISSUER, PROFESSION, ROUTE
from services.legislation.tests.conftest import rule_body

FIRST, LAST = "0001-01-01", "9999-12-31"
BASIS = {"basis": [{"instrument": INSTRUMENT_ID, "provision": "art. 3"}]}
ALWAYS: dict[str, Any] = HELD | {"effective": {}}
ENTRIES = {"professions": PROFESSION, "recognition-routes": ROUTE, "accepted-issuers": ISSUER}
LISTS = (
    "rules?", "rules?ending_before=2027-01-01", "country-groups?",
    "professions?", "recognition-routes?origin=PH", "accepted-issuers?issued_in=PH",
)  # fmt: skip


async def demand_answer(stage: Stage, path: str, role: str, body: Any, field: str | None) -> None:
    """Taken where no field is named."""
    answer = await stage.send("POST", stage.real(path), role, stage.real(body))
    if field is None:
        assert answer.status_code in (200, 201), answer.text
    else:
        assert answer.status_code == 422, answer.text
        assert [error["field"] for error in answer.json()["errors"]] == [field]


@pytest.mark.parametrize("day", [FIRST, LAST])
@pytest.mark.parametrize("path", ENTRIES)
async def test_an_entry_begins_on_neither(stage: Stage, path: str, day: str) -> None:
    await stage.instrument()
    body = ENTRIES[path] | ALWAYS | BASIS
    await demand_answer(stage, f"/v1/{path}", "government", body, None)
    await demand_answer(stage, f"/v1/{path}", "government", body | {"effective": {"from": day}}, "effective.from")


@pytest.mark.parametrize("day", [FIRST, LAST])
@pytest.mark.parametrize("path", ENTRIES)
async def test_an_entry_is_ended_on_neither_and_may_end_with_either(stage: Stage, path: str, day: str) -> None:
    await stage.instrument()
    body = ENTRIES[path] | ALWAYS | BASIS | {"effective": {"until": day}}
    made = await stage.send("POST", f"/v1/{path}", "government", stage.real(body))
    assert made.status_code == 201
    stage.ids[ENTRY_ID] = made.json()["id"]
    await demand_answer(stage, f"/v1/{path}/{ENTRY_ID}/retirement", "government", {"on": day}, "on")


@pytest.mark.parametrize(("day", "until"), [(FIRST, "effective.until"), (LAST, None)])
async def test_a_rule_may_end_with_the_calendar(stage: Stage, day: str, until: str | None) -> None:
    await stage.proposed()
    path = f"/v1/rules/{RULE_ID}"
    for name, field in (("impact", "on"), ("activation", "from")):
        await demand_answer(stage, f"{path}/{name}", "government-2", {field: day}, field)
    await demand_answer(stage, f"{path}/activation", "government-2", {}, None)
    body = rule_body("to-the-end") | BASIS | {"effective": {"from": "2026-01-01", "until": day}}
    await demand_answer(stage, "/v1/rules", "government", body, until)
    body |= {"effective": {"from": "2999-12-31", "until": "9999-12-31"}, "code": "late"}
    late = (await stage.send("POST", "/v1/rules", "government", stage.real(body))).json()["id"]
    await demand_answer(stage, f"/v1/rules/{late}/impact", "government", {}, None)
    await demand_answer(stage, f"/v1/rules/{late}/proposal", "government", None, None)
    await demand_answer(stage, f"/v1/rules/{late}/activation", "government-2", {}, None)
    for rule_id in (RULE_ID, late):
        wrong = "on" if day == FIRST else None
        await demand_answer(stage, f"/v1/rules/{rule_id}/retirement", "government", {"on": day}, wrong)


@pytest.mark.parametrize(("day", "until"), [(FIRST, "effective.until"), (LAST, None)])
async def test_a_procedure_may_end_with_the_calendar(stage: Stage, day: str, until: str | None) -> None:
    await stage.procedure()
    path = f"/v1/procedures/{PROCEDURE_ID}"
    body = procedure_body(INSTRUMENT_ID) | {"effective": {"from": "2026-01-01", "until": day}}
    await demand_answer(stage, "/v1/procedures", "government", body, until)
    await demand_answer(stage, f"{path}/activation", "government", {"from": day}, "from")
    await demand_answer(stage, f"{path}/activation", "government", {}, None)
    await demand_answer(stage, f"{path}/retirement", "government", {"on": day}, "on" if day == FIRST else None)


@pytest.mark.parametrize("day", [FIRST, LAST])
async def test_a_decision_is_neither_of_the_first_day_nor_of_the_last(stage: Stage, day: str) -> None:
    await stage.worker()
    body = DECISION | {"worker_id": WORKER_ID}
    for changes in ({"decided_on": day}, {"decided_on": "2026-11-02", "valid_until": day}):
        answer = await stage.send("POST", "/v1/recognition-decisions", "government", stage.real(body | changes))
        assert answer.status_code in (201, 422), answer.text


@pytest.mark.parametrize("day", [FIRST, LAST])
@pytest.mark.parametrize("asked", LISTS)
async def test_a_list_is_asked_for_either(stage: Stage, asked: str, day: str) -> None:
    answer = await stage.send("GET", f"/v1/{asked}&on={day}", "anybody")
    assert (answer.status_code, answer.json()["items"] == []) == (200, "groups" not in asked)
