"""A nurse from the Philippines to Germany, over HTTP and by the project's own pack: recognised in part, and in full."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from services.legislation.tests.api.conftest import WORKER_ID, Send, Stage

NURSES = {"origin": "PH", "destination": "DE", "occupation": "2221", "on": "2027-06-01"}
MEASURE = "compensation_measure"


async def preview(send: Send, **facts: Any) -> dict[str, Any]:
    worker = {"age": 30, "nationality": "PH", "language": {"de": "B1"}, "facts": facts}
    answer = await send("POST", "/v1/determinations/preview", "anybody", NURSES | {"facts": {"worker": worker}})
    assert answer.status_code == 200, answer.json()
    return dict(answer.json())


def standing(told: dict[str, Any], code: str) -> tuple[str, str | None]:
    [found] = [one for one in told["criteria"] if one["rule"]["code"] == code]
    return found["status"], found["needs_fact"]


@pytest.mark.usefixtures("packs_as_law")
@pytest.mark.parametrize(
    ("facts", "measure", "recognition"),
    [
        ({"recognition_nurse": "partial"}, "required", "not_applicable"),
        ({"recognition_nurse": "full"}, "not_applicable", "met"),
        ({"recognised_nurse": True}, "not_applicable", "met"),
        ({"recognition_nurse": "conditional"}, "not_applicable", "not_applicable"),
        ({"recognition_nurse": "none"}, "not_applicable", "not_met"),
        ({}, "unknown", "unknown"),
    ],
)
async def test_the_preview_asks_for_the_compensation_of_a_partial_recognition(
    send: Send, facts: dict[str, Any], measure: str, recognition: str
) -> None:
    told = await preview(send, **facts)
    items = {item["code"]: item for item in told["items"]}
    assert items[MEASURE]["status"] == measure
    assert items[MEASURE]["needs_fact"] == (None if facts else "worker.facts.recognition_nurse")
    assert items[MEASURE]["basis"][0]["provision"] == "sec. 40"
    assert items[MEASURE]["holds_at"] == ["arrival"]
    assert standing(told, "de-nurse-recognition")[0] == recognition
    assert standing(told, "de-nurse-language") == ("met", None)
    assert {"recognition_decision", "visa", "professional_licence", "exit_permit"} <= set(items)


@pytest.mark.usefixtures("packs_as_law")
async def test_a_nurses_rights_and_model_contract_are_told_with_their_basis(send: Send) -> None:
    told = await preview(send, recognition_nurse="full")
    query = "&".join(f"{name}={value}" for name, value in NURSES.items())
    listed = (await send("GET", f"/v1/protections?{query}", "anybody")).json()
    codes = {right["rule"]["code"] for right in listed["items"]}
    assert {"de-fair-integration", "de-employer-informs", "de-recognition-remedy"} <= codes
    assert {right["rule"]["code"] for right in told["protections"]} == codes
    assert all(right["basis"] for right in listed["items"])
    contract = (await send("GET", f"/v1/model-contract?{query}", "anybody")).json()
    texts = [clause["text"] for clause in contract["clauses"]]
    assert "For service fee, placement fee, recruitment cost the worker pays nothing." in texts
    assert all(clause["basis"] for clause in contract["clauses"])
    before = query.replace("2027-06-01", "2025-12-31")
    earlier = (await send("GET", f"/v1/protections?{before}", "anybody")).json()["items"]
    assert codes - {right["rule"]["code"] for right in earlier} == {"de-fair-integration", "de-employer-informs"}


@pytest.mark.usefixtures("packs_as_law")
async def test_routes_depend_on_where_one_trained(send: Send) -> None:
    routes = "/v1/recognition-routes?profession=nurse&destination=DE&on=2027-06-01&origin="
    found = [(await send("GET", routes + origin, "anybody")).json()["items"] for origin in ("PH", "FR", "NP")]
    assert [[route["route"] for route in one] for one in found] == [["general"], ["automatic"], []]
    assert found[0][0]["time_limits"] == {"acknowledgement": "P1M", "decision": "P3M", "fast_track": "P2M"}


@pytest.mark.usefixtures("packs_as_law")
@pytest.mark.parametrize(
    ("issued_in", "on", "telc"),
    [
        ("RS", date(2022, 6, 22), True),
        ("RS", date(2022, 6, 23), False),
        ("BA", date(2022, 6, 22), True),
        ("BA", date(2022, 6, 23), False),
        ("PH", date(2022, 6, 23), True),
        ("FR", date(2022, 6, 22), False),
    ],
)
async def test_an_issuer_is_accepted_until_a_day(send: Send, issued_in: str, on: date, telc: bool) -> None:
    path = f"/v1/accepted-issuers?country=DE&certificate=language_certificate_b2&issued_in={issued_in}&on={on}"
    issuers = [entry["issuer"] for entry in (await send("GET", path, "anybody")).json()["items"]]
    assert any(issuer.startswith("telc") for issuer in issuers) is telc
    assert any(issuer.startswith("Goethe") for issuer in issuers)


async def test_a_decision_over_http_is_read_by_controller_and_government_alone(stage: Stage, send: Send) -> None:
    await stage.decided()
    path = f"/v1/recognition-decisions?worker_id={stage.ids[WORKER_ID]}"
    seen = {
        role: len((await send("GET", path, role, owner=stage.owner)).json()["items"])
        for role in ("owner", "government", "government-np", "employer", "steward")
    }
    assert seen == {"owner": 1, "government": 1, "government-np": 0, "employer": 0, "steward": 0}
