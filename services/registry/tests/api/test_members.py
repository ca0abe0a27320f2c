from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from imdi_common.database import Database

Announced = Callable[[AsyncSession], Awaitable[list[tuple[str, str, str, int, dict[str, Any]]]]]
Applying = Callable[..., dict[str, Any]]


async def test_a_member_applies_without_a_token_and_is_announced(
    desk: Any, applying: Applying, database: Database, announced: Announced
) -> None:
    answer = await desk.post("/v1/members", None, applying())
    assert answer.status_code == 201
    body = answer.json()
    assert body["status"] == "applied"
    assert body["contact_email"] == "ops@example.org"
    assert body["licences"][0]["status"] == "expiring"
    async with database.transaction() as session:
        ((topic, kind, key, sequence, data),) = await announced(session)
    assert (topic, kind, key, sequence) == (
        "imdi.registry.members",
        "org.imdi.member.applied.v1",
        body["id"],
        1,
    )
    assert data["licensed_until"] == "2027-01-01"
    assert "ops@example.org" not in str(data)


async def test_a_members_standing_moves_and_each_move_is_announced(
    desk: Any, database: Database, announced: Announced
) -> None:
    member_id = await desk.join("Himal")
    for move, body, status in [
        ("suspension", {"reason": "fees taken"}, "suspended"),
        ("reinstatement", None, "accredited"),
        ("withdrawal", {}, "withdrawn"),
    ]:
        answer = await desk.post(f"/v1/members/{member_id}/{move}", "steward", body)
        assert (answer.status_code, answer.json()["status"]) == (200, status)
    async with database.transaction() as session:
        events = await announced(session)
    assert [kind.split(".")[3] for _, kind, *_ in events] == [
        "applied",
        "accredited",
        "suspended",
        "reinstated",
        "withdrawn",
    ]
    assert [sequence for *_, sequence, _ in events] == [1, 2, 3, 4, 5]
    assert "fees taken" not in str(events), "a steward's words about a member travel"


async def test_a_move_from_the_wrong_standing_is_a_conflict(desk: Any) -> None:
    member_id = await desk.join("Himal")
    answer = await desk.post(f"/v1/members/{member_id}/accreditation", "steward")
    assert answer.status_code == 409
    assert answer.json()["type"] == "urn:imdi:problem:wrong-state"


@pytest.mark.parametrize("move", ["accreditation", "suspension", "reinstatement"])
async def test_only_a_steward_decides_on_members(desk: Any, move: str) -> None:
    member_id = await desk.join("Himal")
    await desk.join("Rival")
    body = {"reason": "x"} if move == "suspension" else None
    for who in ("Himal", "Rival"):
        answer = await desk.post(f"/v1/members/{member_id}/{move}", who, body)
        assert answer.status_code == 403


async def test_a_member_may_withdraw_itself_and_no_other(desk: Any) -> None:
    member_id = await desk.join("Himal")
    await desk.join("Rival")
    assert (await desk.post(f"/v1/members/{member_id}/withdrawal", "Rival")).status_code == 403
    assert (await desk.post(f"/v1/members/{member_id}/withdrawal", "Himal", {"reason": "closing"})).status_code == 200
    assert (await desk.get(f"/v1/members/{member_id}", "Himal")).status_code == 403


async def test_a_suspended_member_is_refused_everything_at_once(desk: Any) -> None:
    member_id = await desk.join("Himal")
    await desk.post(f"/v1/members/{member_id}/suspension", "steward", {"reason": "fees taken"})
    for method, path, body in [
        ("GET", "/v1/members", None),
        ("GET", f"/v1/workers/{member_id}", None),
        ("POST", "/v1/workers", {"nonsense": 1}),
    ]:
        assert (await desk.send(method, path, "Himal", body)).status_code == 403


async def test_the_directory_is_public_to_tokens_and_contacts_are_not(desk: Any) -> None:
    member_id = await desk.join("Himal")
    await desk.join("Rival", "employer", "SA")
    seen = {who: (await desk.get(f"/v1/members/{member_id}", who)).json() for who in ("steward", "Himal", "Rival")}
    assert seen["steward"]["contact_email"] == seen["Himal"]["contact_email"] == "ops@example.org"
    assert seen["Rival"]["contact_email"] is None
    assert seen["Rival"]["reason"] is None
    assert seen["Rival"]["licences"] == seen["Himal"]["licences"]
    listed = (await desk.get("/v1/members", "Rival")).json()["items"]
    assert [item["contact_email"] for item in listed] == [None, "ops@example.org"]
    assert (await desk.get("/v1/members", None)).status_code == 401


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("", ["Himal Ltd", "Sahara Clinic", "Riyadh Care"]),
        ("?kind=employer", ["Riyadh Care"]),
        ("?country=NP", ["Himal Ltd", "Sahara Clinic"]),
        ("?status=accredited&q=cAr", ["Riyadh Care"]),
        ("?q=%25", []),
        ("?status=suspended", []),
    ],
)
async def test_members_are_found_by_what_they_are(desk: Any, query: str, names: list[str]) -> None:
    await desk.join("Himal Ltd")
    await desk.join("Sahara Clinic", "medical_provider")
    await desk.join("Riyadh Care", "employer", "SA")
    found = (await desk.get(f"/v1/members{query}", "steward")).json()
    assert [item["name"] for item in found["items"]] == names
    assert found["next"] is None


async def test_pages_follow_each_other(desk: Any) -> None:
    for name in "ABC":
        await desk.join(name)
    first = (await desk.get("/v1/members?limit=2", "steward")).json()
    second = (await desk.get(f"/v1/members?limit=2&cursor={first['next']}", "steward")).json()
    assert [item["name"] for item in first["items"] + second["items"]] == ["A", "B", "C"]
    assert second["next"] is None


@pytest.mark.parametrize("query", ["kind=x", "country=np", "status=x", "limit=0", "limit=201", "cursor=x", "name=x"])
async def test_a_bad_query_names_its_field(desk: Any, query: str) -> None:
    answer = await desk.get(f"/v1/members?{query}", "steward")
    assert answer.status_code == 422
    assert query.split("=", maxsplit=1)[0] in answer.json()["errors"][0]["field"]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "x" * 201}, "name"),
        ({"name": 7}, "name"),
        ({"kind": "agency"}, "kind"),
        ({"country": "Nepal"}, "country"),
        ({"country": "ZZ"}, "country"),
        ({"contact_email": "nobody"}, "contact_email"),
        ({"status": "accredited"}, "status"),
        ({"licences": [{"type": "recruitment"}]}, "licences.0.number"),
        ({"services": [{"service": "Medical!", "country": "NP", "destinations": ["*"]}]}, "services.0.service"),
        ({"services": [{"service": "visa", "country": "NP", "destinations": []}]}, "services.0.destinations"),
        ({"services": [{"service": "visa", "country": "NP", "destinations": ["ZZ"]}]}, "services.0.destinations"),
        ({"services": [{"service": "visa", "country": "ZZ", "destinations": ["*"]}]}, "services.0.country"),
    ],
)
async def test_a_bad_application_names_its_field(
    desk: Any, applying: Applying, change: dict[str, Any], field: str
) -> None:
    answer = await desk.post("/v1/members", None, applying() | change)
    assert answer.status_code == 422
    assert field in {error["field"] for error in answer.json()["errors"]}
    assert (await desk.get("/v1/members", "steward")).json()["items"] == []


async def test_a_licence_that_ends_before_it_begins_is_refused(desk: Any, applying: Applying) -> None:
    stated = applying()
    stated["licences"][0]["valid_until"] = "2025-12-31"
    answer = await desk.post("/v1/members", None, stated)
    assert answer.json()["errors"][0] == {
        "field": "licences.0.valid_until",
        "rule": "not_before_valid_from",
        "detail": "must not lie before valid_from.",
    }


async def test_a_licence_without_an_end_is_kept_as_it_was_stated(desk: Any, applying: Applying) -> None:
    stated = applying()
    stated["licences"][0]["valid_until"] = "9999-12-31"
    answer = await desk.post("/v1/members", None, stated)
    assert answer.status_code == 201
    assert answer.json()["licensed_until"] == "9999-12-31"
    assert answer.json()["licences"][0] == stated["licences"][0] | {"status": "valid"}


async def test_an_application_sent_twice_is_one_application(desk: Any, applying: Applying) -> None:
    first = await desk.post("/v1/members", None, applying(), key="one")
    again = await desk.post("/v1/members", None, applying(), key="one")
    assert again.headers["Idempotency-Replayed"] == "true"
    assert again.json()["id"] == first.json()["id"]
    assert (await desk.post("/v1/members", None, applying("Other"), key="one")).status_code == 422


async def test_a_licence_recorded_by_a_steward_extends_the_cover(
    desk: Any, database: Database, announced: Announced
) -> None:
    member_id = await desk.join("Himal")
    licence = {
        "type": "recruitment",
        "number": "NP-5678",
        "issuer": "Department of Foreign Employment",
        "valid_from": "2027-01-02",
        "valid_until": "2028-01-01",
    }
    path = f"/v1/members/{member_id}/licences"
    assert (await desk.post(path, "Himal", licence)).status_code == 403
    answer = await desk.post(path, "steward", licence)
    assert answer.status_code == 201
    assert answer.json()["licensed_until"] == "2028-01-01"
    async with database.transaction() as session:
        *_, (_, kind, _, sequence, data) = await announced(session)
    assert (kind, sequence) == ("org.imdi.member.licences-changed.v1", 3)
    assert data["licensed_until"] == "2028-01-01"
    bad = await desk.post(path, "steward", licence | {"valid_until": "2026-01-01"})
    assert bad.json()["errors"][0]["field"] == "valid_until"


async def test_an_ended_licence_is_shown_as_expired(desk: Any, clock: Any) -> None:
    member_id = await desk.join("Himal")
    clock.set(datetime(2027, 1, 1, 18, 16, tzinfo=UTC))  # 2 January in Kathmandu
    shown = (await desk.get(f"/v1/members/{member_id}", "steward")).json()
    assert shown["licences"][0]["status"] == "expired"
