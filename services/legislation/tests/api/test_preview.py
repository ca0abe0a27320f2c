from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest
from services.legislation.tests.api.conftest import INSTRUMENT_ID, SAUDI, Send, Stage
from services.legislation.tests.conftest import Parliament, rule_body
from sqlalchemy import select

from imdi_common.rate_limit import RateLimit
from imdi_common.service import Runtime
from imdi_legislation.storage.tables import Subject

URL = "/v1/determinations/preview"
OFFER: dict[str, Any] = {
    "wage": {"amount": "1200.00", "currency": "SAR"},
    "contract": {"rest_days_per_week": 1},
    "worker_pays": [{"component": "placement_fee", "amount": {"amount": "300", "currency": "PHP"}}],
}


def asked(**other: Any) -> dict[str, Any]:
    return {"origin": "PH", "destination": "SA", "occupation": "5322", "on": "2027-03-01"} | other


@pytest.fixture
def law(packs_as_law: None) -> None:
    """The demonstrator's packs."""


async def test_domestic_work_from_manila_to_riyadh(law: None, send: Send) -> None:
    facts = {"worker": {"age": 23, "sex": "female", "nationality": "PH"}, "vacancy": OFFER}
    answer = (await send("POST", URL, "anybody", asked(facts=facts))).json()
    assert [(found["criterion"], found["min"], found["status"]) for found in answer["criteria"]] == [
        ("age", 24, "not_met")
    ]
    breaches = {breach["term"]: (breach["found"], breach["required"]) for breach in answer["breaches"]}
    assert breaches["monthly_wage"] == ("1200.00", {"min": {"amount": "1500.00", "currency": "SAR"}})
    assert breaches["retains_documents"] == (None, {"equals": False})
    assert breaches["fee:service_fee"][1]["max"]["amount"] in ("0", "1200.00")
    assert {breach["rule"]["code"] for breach in answer["breaches"]} >= {"ph-domestic-fee", "ph-sa-wage"}
    items = {item["code"]: item for item in answer["items"]}
    assert items["exit_permit"]["validity"] == "P60D"
    assert items["medical_examination"]["confidence"] == "disputed"
    assert {source["value"] for source in items["medical_examination"]["disputed"]} == {"P30D", "P60D", "P90D", "P3M"}
    assert all(item["basis"][0]["title"] for item in answer["items"])


async def test_nepal_sends_nobody_to_iraq(law: None, send: Send) -> None:
    answer = (await send("POST", URL, "anybody", asked(origin="NP", destination="IQ", facts={"vacancy": {}}))).json()
    assert {(bar["prohibits"], bar["status"]) for bar in answer["bars"]} >= {("recruitment", "barred")}
    assert "recruitment" in {breach["term"] for breach in answer["breaches"]}


async def test_without_facts_what_hangs_on_them_is_unknown(law: None, send: Send) -> None:
    answer = (await send("POST", URL, "anybody", asked())).json()
    assert [(found["status"], found["needs_fact"]) for found in answer["criteria"]] == [("unknown", "worker.age")]
    assert answer["breaches"] == []


async def test_languages_are_said_as_level_or_number(stage: Stage) -> None:
    await stage.instrument()
    effect = {"criterion": "language", "language": "en", "level": "B1"}
    basis = {"basis": [{"instrument": stage.ids[INSTRUMENT_ID]}]}
    made = (await stage.send("POST", "/v1/rules", "government", rule_body("en", "criterion", effect) | basis)).json()
    await stage.send("POST", f"/v1/rules/{made['id']}/proposal", "government")
    await stage.send("POST", f"/v1/rules/{made['id']}/activation", "government-2")
    levels: list[tuple[Any, str]] = [("A2", "not_met"), ("B1", "met"), (2, "not_met"), (6, "met")]
    for level, status in levels:
        facts = {"worker": {"language": {"en": level}}}
        answer = (await stage.send("POST", URL, "anybody", asked(facts=facts))).json()
        assert answer["criteria"][0]["status"] == status


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"origin": "XX"}, "origin"),
        ({"destination": "Saudi Arabia"}, "destination"),
        ({"occupation": "53"}, "occupation"),
        ({"on": "2027-02-30"}, "on"),
        ({"on": 20270301}, "on"),
        ({"facts": {"worker": {"age": True}}}, "facts.worker.age"),
        ({"facts": {"worker": {"age": "30"}}}, "facts.worker.age"),
        ({"facts": {"worker": {"name": "x"}}}, "facts.worker.name"),
        ({"facts": {"worker": {"facts": {"a b": 1}}}}, "facts.worker.facts.a b.[key]"),
        ({"facts": {"vacancy": {"wage": {"amount": 1200, "currency": "SAR"}}}}, "facts.vacancy.wage.amount"),
        ({"facts": {"vacancy": {"contract": {"food": "yes"}}}}, "facts.vacancy.contract.food"),
        ({"facts": None}, "facts"),
    ],
)
async def test_wrong_questions_are_told_which_field(send: Send, wrong: dict[str, Any], field: str) -> None:
    answer = await send("POST", URL, "anybody", asked(**wrong))
    assert answer.status_code == 422
    assert field in [error["field"] for error in answer.json()["errors"]]


async def test_one_address_may_not_ask_without_end(runtime: Runtime, send: Send) -> None:
    runtime.resources = RateLimit(2)
    statuses = [await send("POST", URL, "anybody", asked()) for _ in range(3)]
    assert [answer.status_code for answer in statuses] == [200, 200, 429]
    assert 0 < int(statuses[-1].headers["Retry-After"]) <= 60


async def test_the_law_is_public_and_making_it_is_not(stage: Stage) -> None:
    await stage.active()
    for path in ("/v1/rules", "/v1/instruments"):
        assert (await stage.send("GET", path, "anybody")).status_code == 200
    for path in ("/v1/rules", "/v1/instruments", "/v1/rules/x/proposal"):
        assert (await stage.send("POST", path, "anybody", {})).status_code == 401


async def test_a_suspended_government_is_refused(send: Send, token: Any, client: Any) -> None:
    headers = token(member=SAUDI | {"status": "suspended"})
    answer = await client.post("/v1/instruments", json={}, headers=headers | {"Idempotency-Key": "k"})
    assert answer.status_code == 403


@pytest.mark.parametrize("role", ["employer", "government", "steward"])
async def test_requirements_are_for_the_readers_of_the_preparation(stage: Stage, role: str) -> None:
    await stage.determined()
    path = stage.real("/v1/requirements/01936000-0000-7000-8000-000000000003")
    assert (await stage.send("GET", path, "owner", owner=stage.owner)).status_code == 200
    assert (await stage.send("GET", path, role)).status_code == 404
    assert (await stage.send("GET", path, "anybody")).status_code == 401


async def test_a_performer_reads_its_own_items_of_the_requirements_while_the_worker_consents(stage: Stage) -> None:
    """Partners see only their own items, and no bars and criteria."""
    await stage.determined()
    cases = stage.cases
    assert cases
    clinic, school = uuid4(), uuid4()
    assigned = [("medical_examination", "medical", clinic), ("orientation", "orientation", school)]
    items = [{"code": c, "category": g, "status": "required", "assigned_to": str(m)} for c, g, m in assigned]

    async with stage.database.transaction() as session:
        parliament = Parliament(session)
        parliament.instrument = UUID(stage.ids[INSTRUMENT_ID])
        await parliament.enact("age", "criterion", {"criterion": "age", "min": 21})
        await cases.on(session).preparation(items=items, revision=2)
        found = select(Subject.determination_id).where(Subject.id == UUID(cases.preparation_id))
        path = f"/v1/requirements/{await session.scalar(found)}"

    async def read(member: Any) -> Any:
        answer = await stage.send("GET", path, "owner", owner=member)
        told = answer.json()
        return answer.status_code, [item["code"] for item in told.get("items", [])], len(told.get("criteria", []))

    for consents, status, codes in ((["preparation"], 200, ["medical_examination"]), (["matching"], 404, [])):
        async with stage.database.transaction() as session:
            await cases.on(session).worker(consents=consents)
            await cases.on(session).preparation(items=items, revision=2)
        assert await read(clinic) == (status, codes, 0)
        assert await read(school) == (status, [], 0)
        assert await read(stage.owner) == (200, ["medical_examination"], 1)
    async with stage.database.transaction() as session:
        await cases.on(session).worker()
        await cases.on(session).preparation(items=[], revision=2)
    assert await read(clinic) == (404, [], 0)


async def test_lists_page_by_cursor(law: None, send: Send) -> None:
    seen: list[str] = []
    cursor = ""
    while True:
        page = (await send("GET", f"/v1/rules?limit=20{cursor}", "anybody")).json()
        seen += [item["code"] for item in page["items"]]
        if page["next"] is None:
            break
        cursor = f"&cursor={page['next']}"
    assert seen == sorted(seen)
    assert len(seen) == len(set(seen)) > 40
    only = (await send("GET", "/v1/rules?origin=NP&destination=MY&kind=bar", "anybody")).json()
    assert all("NP" in item["scope"]["origins"] or "*" in item["scope"]["origins"] for item in only["items"])
    assert (await send("GET", "/v1/rules?cursor=x", "anybody")).status_code == 422
    named = (await send("GET", "/v1/instruments?party=PH&topic=domestic_work", "anybody")).json()["items"]
    assert named
    assert all("PH" in item["parties"] for item in named)
