"""Whatever is wrong with a request is named by field and rule, and nothing is changed by it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import pytest
from services.legislation.tests.api.conftest import INSTRUMENT_ID, RULE_ID, Send, Stage
from services.legislation.tests.conftest import INSTRUMENT, MEDICAL, rule_body
from sqlalchemy import func, select

from imdi_common.database import Database
from imdi_legislation.storage.tables import Instrument, LawState, RuleCode, RuleVersion

LONG = "x" * 2001


async def count(database: Database) -> tuple[int, ...]:
    async with database.transaction() as session:
        rows = [
            await session.scalar(select(func.count()).select_from(table))
            for table in (Instrument, RuleCode, RuleVersion)
        ]
        statuses = list(await session.scalars(select(RuleVersion.status).order_by(RuleVersion.id)))
        epoch = await session.scalar(select(LawState.epoch))
    return (*(row or 0 for row in rows), statuses.count("draft"), statuses.count("active"), epoch or 0)


@pytest.fixture
async def unchanged(stage: Stage) -> AsyncIterator[None]:
    """A proposed rule is there before; after the test, the law is as it was."""
    await stage.proposed()
    before = await count(stage.database)
    yield
    assert await count(stage.database) == before


def told(answer: Any) -> list[tuple[str, str]]:
    assert answer.status_code == 422, answer.text
    problem = answer.json()
    assert problem["type"] == "urn:imdi:problem:invalid-request"
    assert all(set(error) == {"field", "rule", "detail"} for error in problem["errors"])
    return [(error["field"], error["rule"]) for error in problem["errors"]]


@pytest.mark.parametrize(
    ("other", "fields"),
    [
        ({"code": None}, ["code"]),
        ({"code": "a b"}, ["code"]),
        ({"code": 3}, ["code"]),
        ({"title": ""}, ["title"]),
        ({"title": LONG}, ["title"]),
        ({"title": "a\x00b"}, None),
        ({"type": "song"}, ["type"]),
        ({"level": "village"}, ["level"]),
        ({"parties": "SA"}, ["parties"]),
        ({"parties": ["XX", "SA"]}, ["parties"]),
        ({"parties": [1]}, ["parties.0"]),
        ({"adopted_on": "2013-02-30"}, ["adopted_on"]),
        ({"adopted_on": 2013}, ["adopted_on"]),
        ({"in_force_on": "31-07-2013"}, ["in_force_on"]),
        ({"status": "dead"}, ["status"]),
        ({"official_url": "ftp://sa.example"}, ["official_url"]),
        ({"topics": ["weather"]}, ["topics.0"]),
        ({"confidence": "sure"}, ["confidence"]),
        ({"verified_on": "2027-01-01"}, ["verified_on"]),
        ({"surprise": 1}, ["surprise"]),
    ],
)
async def test_instruments(unchanged: None, send: Send, other: dict[str, Any], fields: list[str] | None) -> None:
    answer = await send("POST", "/v1/instruments", "government", INSTRUMENT | {"code": "NEW"} | other)
    if fields is None:
        assert answer.status_code in (400, 422)
    else:
        assert [field for field, _ in told(answer)] == fields


@pytest.mark.parametrize(
    ("other", "fields"),
    [
        ({"code": "a b"}, ["code"]),
        ({"code": None}, ["code"]),
        ({"kind": "wish"}, ["kind"]),
        ({"scope": None}, ["scope"]),
        ({"scope": {"origins": ["*"], "destinations": ["SA"]}}, ["scope.occupations"]),
        ({"scope": {"origins": [], "destinations": ["SA"], "occupations": ["*"]}}, ["scope.origins"]),
        ({"scope": {"origins": ["*"], "destinations": ["SAU"], "occupations": ["*"]}}, ["scope.destinations"]),
        ({"scope": {"origins": ["*"], "destinations": ["SA"], "occupations": ["5x"]}}, ["scope.occupations"]),
        ({"when": "worker.age >="}, ["when"]),
        ({"when": "has(worker.age)"}, ["when"]),
        ({"when": "worker.name == 'x'"}, ["when"]),
        ({"when": LONG}, ["when"]),
        ({"effect": {}}, ["effect.code", "effect.category", "effect.title", "effect.performed_by"]),
        ({"effect": MEDICAL | {"validity": "60 days"}}, ["effect.validity"]),
        ({"effect": MEDICAL | {"lead_days": 1.5}}, ["effect.lead_days"]),
        ({"effect": MEDICAL | {"colour": "red"}}, ["effect.colour"]),
        ({"effect": "visa"}, ["effect"]),
        ({"basis": []}, ["basis"]),
        ({"basis": [{"provision": "art. 1"}]}, ["basis.0.instrument"]),
        ({"basis": [{"instrument": "nowhere"}]}, ["basis"]),
        ({"basis": [{"instrument": str(uuid4())}]}, ["basis"]),
        ({"effective": {}}, ["effective.from"]),
        ({"effective": {"from": "2027-02-29"}}, ["effective.from"]),
        ({"effective": {"from": 20270101}}, ["effective.from"]),
        ({"effective": {"from": "1799-12-31"}}, ["effective.from"]),
        ({"effective": {"from": "0001-01-01"}}, ["effective.from"]),
        ({"effective": {"from": "3000-01-01"}}, ["effective.from"]),
        ({"kind": "contract_term", "effect": {"term": "hours_per_week", "min": 60, "max": 48}}, ["effect.max"]),
        ({"effective": {"from": "2027-01-01", "until": "2026-12-31"}}, ["effective.until"]),
        ({"transition": "never"}, ["transition"]),
        ({"confidence": "sure"}, ["confidence"]),
        ({"verified_on": "2027-01-01"}, ["verified_on"]),
        ({"verified_by": ""}, ["verified_by"]),
        ({"disputed": [{"attribute": "colour", "value": 1, "basis": [{"instrument": "x"}]}]}, ["disputed.0.attribute"]),
        ({"version": 3}, ["version"]),
    ],
)
async def test_rules(unchanged: None, stage: Stage, other: dict[str, Any], fields: list[str]) -> None:
    basis = {"basis": [{"instrument": stage.ids[INSTRUMENT_ID]}]}
    answer = await stage.send("POST", "/v1/rules", "government", rule_body("new") | basis | other)
    assert [field for field, _ in told(answer)] == fields


@pytest.mark.parametrize(
    ("deed", "body", "field"),
    [
        ("activation", {"from": "tomorrow"}, "from"),
        ("activation", {"from": 20270101}, "from"),
        ("activation", {"from": "0001-01-01"}, "from"),
        ("activation", {"from": "9999-12-31"}, "from"),
        ("activation", {"from": "2027-02-30"}, "from"),
        ("activation", {"on": "2027-01-01"}, "on"),
        ("retirement", {}, "on"),
        ("retirement", {"on": None}, "on"),
        ("retirement", {"on": "2027-13-01"}, "on"),
        ("retirement", {"on": "2027-01-01", "why": "x"}, "why"),
    ],
)
async def test_deeds_on_a_rule(unchanged: None, stage: Stage, deed: str, body: dict[str, Any], field: str) -> None:
    answer = await stage.send("POST", f"/v1/rules/{stage.ids[RULE_ID]}/{deed}", "government-2", body)
    assert [wrong for wrong, _ in told(answer)] == [field]


@pytest.mark.parametrize("deed", ["proposal", "activation", "retirement"])
async def test_a_rule_that_is_not_there(unchanged: None, send: Send, deed: str) -> None:
    body = {"on": "2027-01-01"} if deed == "retirement" else None
    absent = await send("POST", f"/v1/rules/{uuid4()}/{deed}", "government", body)
    assert (absent.status_code, absent.json()["type"]) == (404, "urn:imdi:problem:not-found")
    assert told(await send("POST", f"/v1/rules/one/{deed}", "government", body))[0][0] == "path.rule_id"


@pytest.mark.parametrize("resource", ["rules", "instruments", "requirements"])
async def test_reading_what_is_not_there(unchanged: None, send: Send, resource: str) -> None:
    assert (await send("GET", f"/v1/{resource}/{uuid4()}", "government")).status_code == 404
    told(await send("GET", f"/v1/{resource}/one", "government"))


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("/v1/rules?kind=wish", "kind"),
        ("/v1/rules?status=dead", "status"),
        ("/v1/rules?origin=sa", "origin"),
        ("/v1/rules?destination=Saudi", "destination"),
        ("/v1/rules?limit=0", "limit"),
        ("/v1/rules?limit=201", "limit"),
        ("/v1/rules?limit=many", "limit"),
        ("/v1/rules?cursor=x", "cursor"),
        (f"/v1/rules?code={'x' * 101}", "code"),
        ("/v1/instruments?level=village", "level"),
        ("/v1/instruments?status=dead", "status"),
        ("/v1/instruments?party=SAU", "party"),
        ("/v1/instruments?topic=weather", "topic"),
        ("/v1/instruments?cursor=x", "cursor"),
        ("/v1/instruments?limit=-1", "limit"),
    ],
)
async def test_lists(unchanged: None, send: Send, path: str, field: str) -> None:
    [(wrong, _)] = told(await send("GET", path, "anybody"))
    assert wrong.removeprefix("query.") == field


async def test_a_post_without_a_key_changes_nothing(unchanged: None, stage: Stage, token: Any, client: Any) -> None:
    headers = token(member={"id": uuid4(), "kind": "government", "country": "SA"}, client_id="two")
    for path, body in {
        "/v1/instruments": INSTRUMENT | {"code": "NEW"},
        f"/v1/rules/{stage.ids[RULE_ID]}/activation": {},
    }.items():
        answer = await client.post(path, json=body, headers=headers)
        assert (answer.status_code, answer.json()["type"]) == (400, "urn:imdi:problem:idempotency-key-missing")


async def test_the_same_key_does_it_once(stage: Stage) -> None:
    await stage.proposed()
    path, key = f"/v1/rules/{stage.ids[RULE_ID]}/activation", {"Idempotency-Key": "one-key-of-mine"}
    first, again = [await stage.send("POST", path, "government-2", {}, **key) for _ in range(2)]
    assert (first.status_code, again.status_code) == (200, 200)
    assert first.json() == again.json()
    other = await stage.send("POST", path, "government-2", {"from": "2027-01-01"}, **key)
    assert (other.status_code, other.json()["type"]) == (422, "urn:imdi:problem:idempotency-key-reused")
    assert (await count(stage.database))[-1] == 1


@pytest.mark.parametrize(
    ("role", "status"),
    [("government-np", 403), ("employer", 403), ("steward", 403), ("anybody", 401)],
)
async def test_who_is_refused_at_every_step(unchanged: None, stage: Stage, role: str, status: int) -> None:
    path = f"/v1/rules/{stage.ids[RULE_ID]}"
    basis = {"basis": [{"instrument": stage.ids[INSTRUMENT_ID]}]}
    steps: list[tuple[str, Any]] = [
        ("/v1/instruments", INSTRUMENT | {"code": "NEW"}),
        ("/v1/rules", rule_body("new") | basis),
        (f"{path}/proposal", None),
        (f"{path}/activation", {}),
        (f"{path}/retirement", {"on": "2027-01-01"}),
    ]
    answers = [await stage.send("POST", step, role, body) for step, body in steps]
    assert [answer.status_code for answer in answers] == [status] * len(steps)


async def test_the_proposer_cannot_activate_over_http(unchanged: None, stage: Stage) -> None:
    answer = await stage.send("POST", f"/v1/rules/{stage.ids[RULE_ID]}/activation", "government", {})
    assert (answer.status_code, answer.json()["type"]) == (403, "urn:imdi:problem:forbidden")


async def test_a_wrong_value_is_never_echoed(unchanged: None, stage: Stage) -> None:
    basis = {"basis": [{"instrument": stage.ids[INSTRUMENT_ID]}]}
    for other in (
        {"when": "hush > 3"},
        {"kind": "hush"},
        {"effect": MEDICAL | {"validity": "hush"}},
        {"code": "hush!"},
    ):
        answer = await stage.send("POST", "/v1/rules", "government", rule_body("new") | basis | other)
        assert told(answer)
        assert "hush" not in answer.text
