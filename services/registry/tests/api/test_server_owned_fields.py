"""What the server decides cannot be sent: each such field, on each write, is refused and changes nothing."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

SOMEBODY = str(uuid4())
OF_A_MEMBER = {
    "id": SOMEBODY,
    "status": "accredited",
    "licensed_until": "2099-12-31",
    "reason": "x",
    "applied_at": "2020-01-01T00:00:00Z",
    "version": 7,
    "event_number": 7,
}
OF_A_WORKER = {
    "id": SOMEBODY,
    "status": "erased",
    "controller_id": SOMEBODY,
    "registered_at": "2020-01-01T00:00:00Z",
    "notices": [],
    "adult": True,
    "age_band": "30-39",
    "sealed": "00",
    "passport_digest": "00",
    "version": 7,
}
EVIDENCE = {"kind": "signed_form", "reference": "file 12"}
LICENCE = {"type": "trade", "number": "1", "issuer": "x", "valid_from": "2026-01-01", "valid_until": "2027-01-01"}


def fields(answer: Any) -> set[str]:
    assert answer.status_code == 422, answer.text
    return {error["field"] for error in answer.json()["errors"]}


@pytest.mark.parametrize("name", OF_A_MEMBER)
async def test_an_applicant_cannot_say_how_it_stands(desk: Any, applying: Any, name: str) -> None:
    answer = await desk.post("/v1/members", None, applying() | {name: OF_A_MEMBER[name]})
    assert fields(answer) == {name}
    assert (await desk.get("/v1/members", "steward")).json()["items"] == []


@pytest.mark.parametrize("name", ["status", "member_id", "id"])
async def test_a_licence_says_nothing_of_its_own_standing(desk: Any, applying: Any, name: str) -> None:
    stated = applying()
    stated["licences"][0][name] = "valid"
    assert fields(await desk.post("/v1/members", None, stated)) == {f"licences.0.{name}"}
    member_id = await desk.join("Himal")
    answer = await desk.post(f"/v1/members/{member_id}/licences", "steward", LICENCE | {name: "valid"})
    assert fields(answer) == {name}


@pytest.mark.parametrize("name", OF_A_WORKER)
async def test_a_clerk_cannot_say_what_the_registry_decides(desk: Any, registering: Any, name: str) -> None:
    await desk.join("Himal")
    answer = await desk.post("/v1/workers", "Himal", registering() | {name: OF_A_WORKER[name]})
    assert fields(answer) == {name}
    assert (await desk.get("/v1/workers", "Himal")).json()["items"] == []


@pytest.mark.parametrize("name", [*OF_A_WORKER, "consents"])
async def test_a_correction_cannot_either(desk: Any, name: str) -> None:
    await desk.join("Himal")
    worker_id = await desk.register("Himal")
    path = f"/v1/workers/{worker_id}"
    before = (await desk.get(path, "Himal")).json()
    change = {"phone": "+9779811111111", name: OF_A_WORKER.get(name, [])}
    answer = await desk.send("PATCH", path, "Himal", change, headers={"If-Match": "*"})
    assert fields(answer) == {name}
    assert (await desk.get(path, "Himal")).json() == before


async def test_the_check_of_a_passport_is_never_stated(desk: Any, registering: Any) -> None:
    await desk.join("Himal")
    stated = registering()
    stated["passport"] = {"number": "PA1234567", "issuing_country": "NP", "expires_on": "2031-05-01"}
    stated["passport"]["mrz_checked"] = True
    assert fields(await desk.post("/v1/workers", "Himal", stated)) == {"passport.mrz_checked"}


@pytest.mark.parametrize(
    ("path", "body", "name"),
    [
        ("consents", {"purpose": "matching", "given": True}, "at"),
        ("consents", {"purpose": "matching", "given": True}, "member_id"),
        ("erasure", {"reason": "asked"}, "status"),
        ("erasure", {"reason": "asked"}, "receipts"),
        ("controller", {"member_id": SOMEBODY, "evidence": EVIDENCE}, "from_id"),
        ("controller", {"member_id": SOMEBODY, "evidence": EVIDENCE}, "controller_id"),
    ],
)
async def test_deeds_take_what_they_ask_and_nothing_more(desk: Any, path: str, body: dict[str, Any], name: str) -> None:
    himal_id = await desk.join("Himal")
    worker_id = await desk.register("Himal")
    who = "steward" if path == "controller" else "Himal"
    answer = await desk.post(f"/v1/workers/{worker_id}/{path}", who, body | {name: "x"})
    assert fields(answer) == {name}
    after = (await desk.get(f"/v1/workers/{worker_id}", "Himal")).json()
    assert (after["status"], after["controller_id"]) == ("registered", himal_id)
    assert after["consents"] == ["matching", "preparation"]


@pytest.mark.parametrize("name", ["scopes", "client_id", "client_secret", "member_id"])
async def test_a_member_cannot_choose_what_its_client_may_do(desk: Any, name: str) -> None:
    member_id = await desk.join("Himal")
    path = f"/v1/members/{member_id}/clients"
    assert fields(await desk.post(path, "Himal", {"name": "office", name: ["steward"]})) == {name}
    assert (await desk.get(path, "Himal")).json()["items"] == []
    made = (await desk.post(path, "Himal", {"name": "office"})).json()
    assert made["scopes"] == ["partner"]


@pytest.mark.parametrize("move", ["accreditation", "suspension", "reinstatement", "withdrawal"])
async def test_a_decision_cannot_set_a_status_beside(desk: Any, move: str) -> None:
    member_id = await desk.join("Himal")
    words = {"note": "x"} if move in ("accreditation", "reinstatement") else {"reason": "x"}
    answer = await desk.post(f"/v1/members/{member_id}/{move}", "steward", words | {"status": "accredited"})
    assert fields(answer) == {"status"}
