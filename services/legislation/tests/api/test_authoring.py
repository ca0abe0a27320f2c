"""Rules written over HTTP: ETags, differences, and what a list is narrowed to."""

from __future__ import annotations

from typing import Any

import pytest
from services.legislation.tests.api.conftest import INSTRUMENT_ID, RULE_ID, Send, Stage
from services.legislation.tests.conftest import MEDICAL, rule_body
from services.legislation.tests.domain.test_hostile_conditions import HOSTILE

BAR = {"prohibits": "recruitment", "reason": "Closed"}


@pytest.fixture
def written(stage: Stage) -> Any:
    """The body of a rule on the stage's instrument."""

    def make(*said: Any, **other: Any) -> dict[str, Any]:
        basis = {"basis": [{"instrument": stage.ids[INSTRUMENT_ID], "provision": "art. 3"}]}
        return rule_body(*said, **other) | basis

    return make


async def test_a_draft_is_written_anew_only_by_who_has_read_it(stage: Stage, send: Send, written: Any) -> None:
    await stage.draft()
    path = f"/v1/rules/{stage.ids[RULE_ID]}"
    read = await send("GET", path, "anybody")
    tag = {"If-Match": read.headers["etag"]}
    body = written(effect=MEDICAL | {"validity": "P90D"})
    changed = await send("PUT", path, "government", body, **tag)
    assert (changed.status_code, changed.json()["effect"]["validity"]) == (200, "P90D")
    assert changed.headers["etag"] != read.headers["etag"]
    assert changed.headers["etag"] == (await send("GET", path, "anybody")).headers["etag"]
    assert (await send("PUT", path, "government", written(), **tag)).status_code == 412
    assert (await send("PUT", path, "government", written())).status_code == 428
    assert (await send("PUT", path, "government-np", written())).status_code == 403
    assert (await send("PUT", path, "anybody", written())).status_code == 401
    await send("POST", f"{path}/proposal", "government")
    proposed = (await send("GET", path, "anybody")).headers["etag"]
    assert proposed != changed.headers["etag"]
    answer = await send("PUT", path, "government", written(), **{"If-Match": proposed})
    assert (answer.status_code, answer.json()["state"]) == (409, "proposed")


async def test_a_version_is_compared_with_the_one_it_replaces_and_with_any_other(
    stage: Stage, send: Send, written: Any
) -> None:
    await stage.active()
    first = stage.ids[RULE_ID]
    made = await send("POST", "/v1/rules", "government", written(effect=MEDICAL | {"validity": "P90D"}))
    second = made.json()["id"]
    told = (await send("GET", f"/v1/rules/{second}/difference", "anybody")).json()
    assert told["compared_with"]["id"] == first
    assert told["changes"] == [{"attribute": "effect.validity", "before": "P60D", "after": "P90D"}]
    back = (await send("GET", f"/v1/rules/{first}/difference?with={second}", "anybody")).json()
    assert back["changes"] == [{"attribute": "effect.validity", "before": "P90D", "after": "P60D"}]
    other = (await send("POST", "/v1/rules", "government", written("sa-closed", "bar", BAR))).json()["id"]
    wrong = await send("GET", f"/v1/rules/{first}/difference?with={other}", "anybody")
    assert (wrong.status_code, wrong.json()["errors"][0]["field"]) == (422, "with")
    new = (await send("GET", f"/v1/rules/{other}/difference", "anybody")).json()
    assert new["compared_with"] is None
    assert {"attribute": "effect.reason", "before": None, "after": "Closed"} in new["changes"]


@pytest.fixture
async def library(stage: Stage, send: Send, written: Any) -> None:
    """One rule in force, one that lapses, one for Europe from when Croatia belonged, and one only drafted."""
    await stage.active()
    order = BAR | {"longest": "P6M"}
    rules = [
        written("sa-order", "bar", order, effective={"from": "2026-10-01", "until": "2027-03-31"}),
        written("sa-europe", "bar", BAR, scope={"origins": ["EU"], "destinations": ["SA"], "occupations": ["532"]}),
        written("sa-drafted", "bar", BAR),
    ]
    for body in rules:
        made = (await send("POST", "/v1/rules", "government", body)).json()
        if made["code"] != "sa-drafted":
            await send("POST", f"/v1/rules/{made['id']}/proposal", "government")
            await send("POST", f"/v1/rules/{made['id']}/activation", "government-2", {})


@pytest.mark.parametrize(
    ("query", "codes"),
    [
        ("", ["sa-drafted", "sa-europe", "sa-medical", "sa-order"]),
        ("occupation=5322", ["sa-drafted", "sa-europe", "sa-medical", "sa-order"]),
        ("occupation=8160&kind=bar", ["sa-drafted", "sa-order"]),
        ("on=2026-11-23", ["sa-europe", "sa-medical", "sa-order"]),
        ("on=2027-03-31&kind=bar", ["sa-europe", "sa-order"]),
        ("on=2027-04-01&kind=bar", ["sa-europe"]),
        ("on=2025-12-31", []),
        ("ending_before=2027-04-01", ["sa-order"]),
        ("ending_before=2027-03-31", []),
        ("on=2026-11-23&ending_before=2027-06-01&status=active", ["sa-order"]),
        ("instrument=SA-PH-2013&status=draft", ["sa-drafted"]),
        ("instrument=NOWHERE", []),
        ("origin=GB&kind=bar", ["sa-drafted", "sa-europe", "sa-order"]),
        ("origin=GB&kind=bar&on=2026-11-23", ["sa-order"]),
        ("origin=HR&kind=bar&on=2026-11-23", ["sa-europe", "sa-order"]),
        ("destination=MY", []),
    ],
)
async def test_what_a_list_is_narrowed_to(library: None, send: Send, query: str, codes: list[str]) -> None:
    answer = await send("GET", f"/v1/rules?{query}", "anybody")
    assert [rule["code"] for rule in answer.json()["items"]] == codes
    paged: list[str] = []
    cursor = ""
    while True:
        page = (await send("GET", f"/v1/rules?{query}&limit=1{cursor}", "anybody")).json()
        paged += [rule["code"] for rule in page["items"]]
        if page["next"] is None:
            break
        cursor = f"&cursor={page['next']}"
    assert paged == codes


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("on=yesterday", "on"),
        ("occupation=5x", "occupation"),
        ("ending_before=2027-02-30", "ending_before"),
        ("origin=EU1", "origin"),
        ("colour=red", "colour"),
        ("status=dead", "status"),
    ],
)
async def test_a_wrong_filter_is_named(send: Send, query: str, field: str) -> None:
    answer = await send("GET", f"/v1/rules?{query}", "anybody")
    assert (answer.status_code, [error["field"] for error in answer.json()["errors"]]) == (422, [f"query.{field}"])


@pytest.mark.parametrize(("on", "british"), [("2020-01-31", True), ("2020-02-01", False)])
async def test_groups_of_countries_are_those_of_the_day(send: Send, on: str, british: bool) -> None:
    told = (await send("GET", f"/v1/country-groups?on={on}", "anybody")).json()
    groups = {group["code"]: group for group in told["items"]}
    assert sorted(groups) == ["ASEAN", "EEA", "EU", "GCC"]
    assert ("GB" in groups["EU"]["members"]) is british
    assert {"country": "GB", "since": "1973-01-01", "until": "2020-01-31"} in groups["EU"]["history"]


async def test_a_condition_that_means_harm_is_refused_at_its_position_and_the_service_goes_on(
    stage: Stage, send: Send, written: Any
) -> None:
    await stage.instrument()
    for name, (text, reason) in HOSTILE.items():
        answer = await send("POST", "/v1/rules", "government", written(when=text))
        if reason == "likely facts":
            path = f"/v1/rules/{answer.json()['id']}"
            answer = await send("POST", f"{path}/proposal", "government")
        assert answer.status_code == 422, name
        problem = answer.json()
        [error] = problem["errors"]
        assert (error["field"], reason in error["detail"]) == ("when", True), name
        assert problem["position"]["line"] >= 1
        assert problem["position"]["column"] >= 1
    assert (await send("GET", "/v1/rules?status=proposed", "anybody")).json()["items"] == []
    assert (await send("POST", "/v1/rules", "government", written(when="worker.age >= 18"))).status_code == 201
