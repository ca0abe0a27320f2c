from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from imdi_common.database import Database
from imdi_registry.storage.tables import DuplicateNotice

Announced = Callable[[AsyncSession], Awaitable[list[tuple[str, str, str, int, dict[str, Any]]]]]
Registering = Callable[..., dict[str, Any]]


async def test_a_worker_is_registered_and_only_legal_facts_are_announced(
    desk: Any, registering: Registering, database: Database, announced: Announced
) -> None:
    member_id = await desk.join("Himal")
    answer = await desk.post("/v1/workers", "Himal", registering())
    assert answer.status_code == 201
    body = answer.json()
    assert body["given_names"] == "Maya"
    assert body["passport"] == {
        "number": "PA1234567",
        "issuing_country": "NP",
        "expires_on": "2031-05-01",
        "mrz_checked": True,
    }
    assert body["notices"] == []
    assert body["controller_id"] == member_id
    async with database.transaction() as session:
        *_, (topic, kind, key, sequence, data) = await announced(session)
    assert (topic, kind, key, sequence) == (
        "imdi.registry.workers",
        "org.imdi.worker.registered.v1",
        body["id"],
        1,
    )
    assert data == {
        "worker_id": body["id"],
        "status": "registered",
        "controller_id": member_id,
        "birth_date": "1996-04-02",
        "sex": "female",
        "nationality": "NP",
        "country": "NP",
        "consents": ["matching", "preparation"],
    }


async def test_nothing_of_a_person_lies_readable_in_the_database(desk: Any, database: Database) -> None:
    await desk.join("Himal")
    await desk.register("Himal", given_names="Canaria", family_name="Nowhereseen")
    async with database.transaction() as session:
        tables = list(await session.scalars(text("select tablename from pg_tables where schemaname = 'public'")))
        for table in tables:
            rows = list(await session.scalars(text(f"select t::text from \"{table}\" t where '{table}' <> 'outbox'")))
            for canary in ("Canaria", "Nowhereseen", "PA1234567", "9800000000", "maya@", "1996-04-02", "2031-05-01"):
                assert not any(canary in row for row in rows), (table, canary)
                assert not any(canary.encode().hex() in row for row in rows), (table, canary)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"given_names": " "}, "given_names"),
        ({"family_name": "a\x07b"}, "family_name"),
        ({"birth_date": "1996-13-02"}, "birth_date"),
        ({"birth_date": "2030-01-01"}, "birth_date"),
        ({"birth_date": 19960402}, "birth_date"),
        ({"sex": "F"}, "sex"),
        ({"nationality": "NPL"}, "nationality"),
        ({"country": "ZZ"}, "country"),
        ({"phone": "980"}, "phone"),
        ({"email": "maya"}, "email"),
        ({"passport": None}, "passport"),
        ({"passport": {"number": "P"}}, "passport.issuing_country"),
        ({"consents": [{"purpose": "advertising"}]}, "consents.0.purpose"),
        ({"consents": "matching"}, "consents"),
        ({"controller_id": str(uuid4())}, "controller_id"),
    ],
)
async def test_bad_input_names_its_field_and_registers_nobody(
    desk: Any, registering: Registering, change: dict[str, Any], field: str
) -> None:
    await desk.join("Himal")
    answer = await desk.post("/v1/workers", "Himal", registering() | change)
    assert answer.status_code == 422
    assert field in {error["field"] for error in answer.json()["errors"]}
    assert all(error["rule"] and error["detail"] for error in answer.json()["errors"])
    assert (await desk.get("/v1/workers", "Himal")).json()["items"] == []


async def test_a_misread_passport_is_refused_without_repeating_it(desk: Any, registering: Registering) -> None:
    await desk.join("Himal")
    stated = registering()
    first, second = stated["passport"]["mrz"]
    stated["passport"]["mrz"] = [first, "PB" + second[2:]]
    answer = await desk.post("/v1/workers", "Himal", stated)
    assert answer.status_code == 422
    assert {error["rule"] for error in answer.json()["errors"]} == {"check_digit"}
    assert "PA1234567" not in answer.text
    assert "PB1234567" not in answer.text


async def test_a_passport_without_its_zone_or_expired_is_accepted_and_said(desk: Any, registering: Registering) -> None:
    await desk.join("Himal")
    passport = {"number": "PA1234567", "issuing_country": "NP", "expires_on": "2026-01-01"}
    answer = await desk.post("/v1/workers", "Himal", registering(passport=passport))
    assert answer.status_code == 201
    assert answer.json()["notices"] == ["passport_expired", "mrz_missing"]


async def test_a_steward_registers_nobody(desk: Any, registering: Registering) -> None:
    assert (await desk.post("/v1/workers", "steward", registering())).status_code == 403
    assert (await desk.post("/v1/workers", None, registering())).status_code == 401


async def test_the_same_passport_again_is_told_to_its_own_member_alone(
    desk: Any, registering: Registering, database: Database
) -> None:
    await desk.join("Himal")
    await desk.join("Rival")
    worker_id = await desk.register("Himal")
    again = await desk.post("/v1/workers", "Himal", registering())
    assert again.status_code == 409
    assert again.json()["type"] == "urn:imdi:problem:already-registered"
    assert again.json()["worker_id"] == worker_id
    elsewhere = await desk.post("/v1/workers", "Rival", registering())
    assert elsewhere.status_code == 201
    assert elsewhere.json()["id"] != worker_id
    assert elsewhere.json()["notices"] == []
    pair = {"worker_id": elsewhere.json()["id"], "earlier_worker_id": worker_id}
    (told,) = (await desk.get("/v1/duplicates", "steward")).json()["items"]
    assert pair.items() <= told.items()
    assert (await desk.get("/v1/duplicates", "Rival")).status_code == 403


async def test_of_two_registrations_at_once_one_wins(desk: Any, registering: Registering) -> None:
    await desk.join("Himal")
    answers = await asyncio.gather(*(desk.post("/v1/workers", "Himal", registering()) for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]


async def test_a_member_lists_its_own_workers_page_by_page(desk: Any) -> None:
    own_id = await desk.join("Himal")
    await desk.join("Rival")
    ids = [await desk.register("Himal", f"PA{number}") for number in (1000001, 1000002, 1000003)]
    foreign = await desk.register("Rival", "PA2000001")
    first = (await desk.get("/v1/workers?limit=2", "Himal")).json()
    second = (await desk.get(f"/v1/workers?limit=2&cursor={first['next']}", "Himal")).json()
    assert [item["id"] for item in first["items"] + second["items"]] == ids
    assert first["items"][0]["family_name"] == "Tamang"
    assert second["next"] is None
    assert (await desk.get(f"/v1/workers?controller_id={own_id}", "Rival")).status_code == 403
    everybody = (await desk.get("/v1/workers", "steward")).json()["items"]
    assert [item["id"] for item in everybody] == [*ids, foreign]
    assert {item["family_name"] for item in everybody} == {None}
    narrowed = (await desk.get(f"/v1/workers?controller_id={own_id}", "steward")).json()["items"]
    assert [item["id"] for item in narrowed] == ids


async def correct(desk: Any, worker_id: str, change: dict[str, Any], etag: str | None = None) -> Any:
    tag = etag or (await desk.get(f"/v1/workers/{worker_id}", "Himal")).headers["ETag"]
    return await desk.send("PATCH", f"/v1/workers/{worker_id}", "Himal", change, headers={"If-Match": tag})


async def test_a_corrected_legal_fact_is_announced_a_name_is_not(
    desk: Any, database: Database, announced: Announced
) -> None:
    await desk.join("Himal")
    worker_id = await desk.register("Himal")
    assert (await correct(desk, worker_id, {"family_name": "Tamang Lama", "email": None})).json()["email"] is None
    answer = await correct(desk, worker_id, {"country": "IN", "birth_date": "1996-04-03"})
    assert answer.json()["family_name"] == "Tamang Lama"
    assert answer.json()["passport"]["mrz_checked"] is False
    async with database.transaction() as session:
        *_, before, (_, kind, _, sequence, data) = await announced(session)
    assert before[1] == "org.imdi.worker.registered.v1"
    assert (kind, sequence) == ("org.imdi.worker.facts-changed.v1", 2)
    assert (data["country"], data["birth_date"]) == ("IN", "1996-04-03")


async def test_a_correction_needs_the_newest_etag(desk: Any) -> None:
    await desk.join("Himal")
    worker_id = await desk.register("Himal")
    path = f"/v1/workers/{worker_id}"
    tag = (await desk.get(path, "Himal")).headers["ETag"]
    assert (await desk.send("PATCH", path, "Himal", {"sex": "male"})).status_code == 428
    assert (await correct(desk, worker_id, {"phone": "+9779811111111"}, tag)).status_code == 200
    assert (await correct(desk, worker_id, {"phone": "+9779822222222"}, tag)).status_code == 412


async def test_who_may_not_correct_is_told_that_before_anything_about_versions(desk: Any) -> None:
    await desk.join("Himal")
    await desk.join("Rival")
    worker_id = await desk.register("Himal")
    for who, status in (("steward", 403), ("Rival", 404)):
        for headers in ({}, {"If-Match": '"77"'}):
            path = f"/v1/workers/{worker_id}"
            answer = await desk.send("PATCH", path, who, {"phone": "+9779811111111"}, headers=headers)
            assert answer.status_code == status


async def test_an_erased_worker_is_a_conflict_to_its_controller_alone(desk: Any) -> None:
    await desk.join("Himal")
    worker_id = await desk.register("Himal")
    await desk.post(f"/v1/workers/{worker_id}/erasure", "Himal", {"reason": "asked"})
    assert (await correct(desk, worker_id, {"phone": "+9779811111111"})).status_code == 409
    headers = {"If-Match": "*"}
    refused = await desk.send("PATCH", f"/v1/workers/{worker_id}", "steward", {"phone": None}, headers=headers)
    assert refused.status_code == 403


async def test_a_steward_registers_nobody_however_the_request_looks(desk: Any, registering: Registering) -> None:
    for request in (registering(), registering(phone="nobody")):
        assert (await desk.post("/v1/workers", "steward", request)).status_code == 403


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"sex": None}, "sex"),
        ({"passport": None}, "passport"),
        ({"birth_date": "2030-01-01"}, "birth_date"),
        ({"status": "erased"}, "status"),
        ({"passport": {"number": "X", "issuing_country": "NP", "expires_on": "2031-05-01"}}, "passport.number"),
    ],
)
async def test_a_bad_correction_names_its_field(desk: Any, change: dict[str, Any], field: str) -> None:
    await desk.join("Himal")
    worker_id = await desk.register("Himal")
    answer = await correct(desk, worker_id, change)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == field


async def test_a_renewed_passport_already_known_is_noticed(desk: Any, database: Database) -> None:
    await desk.join("Himal")
    await desk.join("Rival")
    first, other = await desk.register("Himal", "PA1000001"), await desk.register("Himal", "PA1000002")
    rivals = await desk.register("Rival", "PA1000003")
    passport = {"issuing_country": "NP", "expires_on": "2031-05-01"}
    own = await correct(desk, first, {"passport": passport | {"number": "PA1000002"}})
    assert (own.status_code, own.json()["worker_id"]) == (409, other)
    assert (await correct(desk, first, {"passport": passport | {"number": "PA1000003"}})).status_code == 200
    async with database.transaction() as session:
        (notice,) = await session.scalars(select(DuplicateNotice))
    assert (str(notice.worker_id), str(notice.earlier_worker_id)) == (first, rivals)


async def test_consents_are_announced_when_they_change(desk: Any, database: Database, announced: Announced) -> None:
    await desk.join("Himal")
    worker_id = await desk.register("Himal")
    path = f"/v1/workers/{worker_id}/consents"
    for given in (False, False, True):
        answer = await desk.post(path, "Himal", {"purpose": "matching", "given": given})
        assert answer.status_code == 200
        assert ("matching" in answer.json()["consents"]) == given
    async with database.transaction() as session:
        events = [event for event in await announced(session) if event[2] == worker_id]
    assert [(kind, data["consents"]) for _, kind, _, _, data in events[1:]] == [
        ("org.imdi.worker.consent-changed.v1", ["preparation"]),
        ("org.imdi.worker.consent-changed.v1", ["matching", "preparation"]),
    ]
    assert (await desk.post(path, "Himal", {"purpose": "matching"})).status_code == 422


EVIDENCE = {"kind": "signed_form", "reference": "file 12"}


@pytest.mark.parametrize("who", ["steward", "Kathmandu"])
async def test_a_suspended_controllers_workers_are_taken_over(
    desk: Any, database: Database, announced: Announced, who: str
) -> None:
    himal_id = await desk.join("Himal")
    rescue_id = await desk.join("Rescue", "civil_society")
    await desk.join("Kathmandu", "government", "NP")
    worker_id = await desk.register("Himal")
    await desk.post(f"/v1/members/{himal_id}/suspension", "steward", {"reason": "fees taken"})
    path = f"/v1/workers/{worker_id}/controller"
    answer = await desk.post(path, who, {"member_id": rescue_id, "evidence": EVIDENCE})
    assert (answer.status_code, answer.json()["controller_id"]) == (200, rescue_id)
    assert (await desk.get(f"/v1/workers/{worker_id}", "Rescue")).json()["given_names"] == "Maya"
    async with database.transaction() as session:
        *_, (_, kind, _, _, data) = await announced(session)
    assert (kind, data["controller_id"]) == ("org.imdi.worker.controller-changed.v1", rescue_id)
    again = await desk.post(path, who, {"member_id": rescue_id, "evidence": EVIDENCE})
    assert again.status_code == 409


async def test_a_controller_cannot_pass_its_worker_on(desk: Any) -> None:
    himal_id = await desk.join("Himal")
    rival_id = await desk.join("Rival")
    worker_id = await desk.register("Himal")
    path = f"/v1/workers/{worker_id}/controller"
    asked = {"member_id": rival_id, "evidence": EVIDENCE}
    assert (await desk.post(path, "Himal", asked)).status_code == 403
    assert (await desk.post(path, "Rival", asked)).status_code == 404
    for bad, field in [
        (asked | {"member_id": str(uuid4())}, "member_id"),
        ({"member_id": rival_id}, "evidence"),
        (asked | {"evidence": {"kind": "hearsay", "reference": "x"}}, "evidence.kind"),
    ]:
        answer = await desk.post(path, "steward", bad)
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, field)
    await desk.post(f"/v1/members/{rival_id}/suspension", "steward", {"reason": "x"})
    assert (await desk.post(path, "steward", asked)).status_code == 422
    assert (await desk.get(f"/v1/workers/{worker_id}", "Himal")).json()["controller_id"] == himal_id
