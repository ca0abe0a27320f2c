"""Every operation × every kind of caller: who meets what, and that a foreign object looks like an absent one."""

from __future__ import annotations

from typing import Any, get_args

import pytest

from imdi_common.database import Database
from imdi_contracts.codes import MemberKind
from imdi_registry.actions.set_platform_clients import PlatformClient, set_platform_clients

KINDS: tuple[str, ...] = get_args(MemberKind)
ABSENT = "01936000-0000-7000-8000-0000000000ff"
EVIDENCE = {"kind": "signed_form", "reference": "file 12"}
ANY_VERSION = {"If-Match": "*"}
Cell = tuple[str, str, Any]
"""Method, path with ``{id}``, body."""

ON_A_WORKER: dict[str, Cell] = {
    "read": ("GET", "/v1/workers/{id}", None),
    "correct": ("PATCH", "/v1/workers/{id}", {"phone": "+9779811111111"}),
    "consent": ("POST", "/v1/workers/{id}/consents", {"purpose": "matching", "given": False}),
    "hand over": ("POST", "/v1/workers/{id}/controller", {"member_id": "{successor}", "evidence": EVIDENCE}),
    "erase": ("POST", "/v1/workers/{id}/erasure", {"reason": "asked"}),
    "follow erasure": ("GET", "/v1/workers/{id}/erasure", None),
    "disclosures": ("GET", "/v1/workers/{id}/disclosures", None),
}
DECISIONS: dict[str, Cell] = {
    "accredit": ("POST", "/v1/members/{id}/accreditation", {"note": "x"}),
    "suspend": ("POST", "/v1/members/{id}/suspension", {"reason": "x"}),
    "reinstate": ("POST", "/v1/members/{id}/reinstatement", None),
    "withdraw": ("POST", "/v1/members/{id}/withdrawal", {"reason": "x"}),
    "licence": (
        "POST",
        "/v1/members/{id}/licences",
        {"type": "trade", "number": "1", "issuer": "x", "valid_from": "2026-01-01", "valid_until": "2027-01-01"},
    ),
}
CLIENTS: dict[str, Cell] = {
    "create": ("POST", "/v1/members/{id}/clients", {"name": "office"}),
    "list": ("GET", "/v1/members/{id}/clients", None),
}
READS: dict[str, Cell] = {
    "members": ("GET", "/v1/members", None),
    "workers": ("GET", "/v1/workers", None),
    "duplicates": ("GET", "/v1/duplicates", None),
}
ALL = ON_A_WORKER | DECISIONS | CLIENTS | READS


async def ask(desk: Any, cell: Cell, who: str | None, subject: str, successor: str = ABSENT) -> Any:
    method, path, body = cell
    if body and body.get("member_id") == "{successor}":
        body = body | {"member_id": successor}
    return await desk.send(method, path.format(id=subject), who, body, headers=ANY_VERSION)


async def everybody(desk: Any, country: str = "NP") -> dict[str, str]:
    """One member of each kind, by kind: strangers to every worker."""
    return {kind: await desk.join(kind, kind, country) for kind in KINDS}


async def applicant(desk: Any, applying: Any, name: str = "Applicant") -> str:
    applied = (await desk.post("/v1/members", None, applying(name))).json()
    desk.members[name] = applied
    return str(applied["id"])


async def state_of(desk: Any, worker_id: str) -> Any:
    return (await desk.get(f"/v1/workers/{worker_id}", "Himal")).json()


@pytest.mark.parametrize("operation", ON_A_WORKER)
async def test_to_a_stranger_of_any_kind_a_worker_is_absent(desk: Any, operation: str) -> None:
    await desk.join("Himal")
    worker_id = await desk.register("Himal")
    before = await state_of(desk, worker_id)
    for kind, member_id in (await everybody(desk, "IN")).items():
        foreign, absent = [
            await ask(desk, ON_A_WORKER[operation], kind, subject, member_id) for subject in (worker_id, ABSENT)
        ]
        assert (kind, foreign.status_code, absent.status_code) == (kind, 404, 404)
        assert foreign.content == absent.content
    assert await state_of(desk, worker_id) == before


@pytest.mark.parametrize(
    ("who", "expected"),
    [
        (
            "Himal",
            {
                "read": 200,
                "disclosures": 200,
                "correct": 200,
                "consent": 200,
                "hand over": 403,
                "follow erasure": 200,
                "erase": 202,
            },
        ),
        (
            "steward",
            {
                "read": 200,
                "disclosures": 403,
                "correct": 403,
                "consent": 403,
                "erase": 403,
                "follow erasure": 403,
                "hand over": 200,
            },
        ),
        (
            "Kathmandu",
            {
                "read": 200,
                "disclosures": 403,
                "correct": 403,
                "consent": 403,
                "erase": 403,
                "follow erasure": 403,
                "hand over": 200,
            },
        ),
    ],
)
async def test_who_knows_the_worker_may_do_this_and_no_more(desk: Any, who: str, expected: dict[str, int]) -> None:
    await desk.join("Himal")
    await desk.join("Kathmandu", "government")
    rescue_id = await desk.join("Rescue", "civil_society")
    worker_id = await desk.register("Himal")
    found = {
        operation: (await ask(desk, ON_A_WORKER[operation], who, worker_id, rescue_id)).status_code
        for operation in expected
    }
    assert found == expected
    assert set(found) == set(ON_A_WORKER)


@pytest.mark.parametrize("operation", DECISIONS)
async def test_members_of_no_kind_decide_on_others(desk: Any, operation: str) -> None:
    himal_id = await desk.join("Himal")
    for kind in await everybody(desk):
        told = await ask(desk, DECISIONS[operation], kind, himal_id)
        assert (kind, told.status_code) == (kind, 403)
        assert (await ask(desk, DECISIONS[operation], kind, ABSENT)).status_code == 404
    assert (await desk.get(f"/v1/members/{himal_id}", "Himal")).json()["status"] == "accredited"


@pytest.mark.parametrize("operation", CLIENTS)
async def test_clients_of_a_member_are_absent_to_members_of_every_kind(desk: Any, operation: str) -> None:
    himal_id = await desk.join("Himal")
    made = (await desk.post(f"/v1/members/{himal_id}/clients", "Himal", {"name": "office"})).json()
    for kind in await everybody(desk):
        foreign, absent = [await ask(desk, CLIENTS[operation], kind, subject) for subject in (himal_id, ABSENT)]
        assert (kind, foreign.status_code, absent.status_code) == (kind, 404, 404)
        assert foreign.content == absent.content
        deletions = [
            await desk.send("DELETE", f"/v1/clients/{name}", kind) for name in (made["client_id"], "imdi-nobody")
        ]
        assert [each.status_code for each in deletions] == [404, 404]
        assert deletions[0].content == deletions[1].content
    listed = (await desk.get(f"/v1/members/{himal_id}/clients", "steward")).json()["items"]
    assert [item["client_id"] for item in listed] == [made["client_id"]]


async def test_a_platform_client_is_nobodys_to_delete_but_a_stewards(desk: Any, runtime: Any) -> None:
    second = PlatformClient("Second", "steward-2", "secret", ["steward"])
    await desk.join("Himal")
    async with runtime.database.transaction() as session:
        await set_platform_clients(session, [second], runtime.clock.now())
    assert (await desk.send("DELETE", "/v1/clients/steward-2", "Himal")).status_code == 404
    assert (await desk.send("DELETE", "/v1/clients/steward-2", "steward")).status_code == 204


@pytest.mark.parametrize("standing", ["applied", "suspended", "withdrawn"])
async def test_who_is_not_accredited_is_refused_before_anything_is_looked_at(
    desk: Any, applying: Any, standing: str
) -> None:
    if standing == "applied":
        outside_id = await applicant(desk, applying, "Outside")
    else:
        outside_id = await desk.join("Outside")
    worker_id = ABSENT
    if standing != "applied":
        worker_id = await desk.register("Outside")
        move = {"suspended": "suspension", "withdrawn": "withdrawal"}[standing]
        moved = await desk.post(f"/v1/members/{outside_id}/{move}", "steward", {"reason": "x"})
        assert moved.json()["status"] == standing
    for operation, cell in ALL.items():
        for subject in (outside_id, worker_id, ABSENT, "no-uuid"):
            told = await ask(desk, cell, "Outside", subject)
            assert (operation, subject, told.status_code) == (operation, subject, 403)
    nonsense = await desk.post("/v1/workers", "Outside", {"nonsense": 1})
    assert nonsense.status_code == 403
    assert (await desk.send("DELETE", "/v1/clients/x", "Outside")).status_code == 403


@pytest.mark.parametrize("operation", ALL)
async def test_without_a_token_there_is_no_difference_either(desk: Any, operation: str) -> None:
    himal_id = await desk.join("Himal")
    worker_id = await desk.register("Himal")
    told = [await ask(desk, ALL[operation], None, subject) for subject in (himal_id, worker_id, ABSENT, "no-uuid")]
    assert [answer.status_code for answer in told] == [401] * 4
    assert len({answer.content for answer in told}) == 1
    assert {answer.headers["WWW-Authenticate"] for answer in told} == {"Bearer"}


@pytest.mark.parametrize("kind", KINDS)
async def test_a_member_of_any_kind_registers_and_controls_its_own(desk: Any, kind: str) -> None:
    member_id = await desk.join(kind, kind)
    worker_id = await desk.register(kind)
    body = (await desk.get(f"/v1/workers/{worker_id}", kind)).json()
    assert (body["controller_id"], body["given_names"]) == (member_id, "Maya")
    assert [item["id"] for item in (await desk.get("/v1/workers", kind)).json()["items"]] == [worker_id]
    assert (await desk.get("/v1/duplicates", kind)).status_code == 403


async def test_refused_callers_leave_no_trace_in_events_or_disclosures(
    desk: Any, database: Database, announced: Any
) -> None:
    himal_id = await desk.join("Himal")
    await desk.join("Rival")
    worker_id = await desk.register("Himal")
    async with database.transaction() as session:
        before = await announced(session)
    for cell in ON_A_WORKER.values():
        await ask(desk, cell, "Rival", worker_id, himal_id)
    for cell in (DECISIONS | CLIENTS).values():
        await ask(desk, cell, "Rival", himal_id)
    async with database.transaction() as session:
        assert await announced(session) == before
    log = (await desk.get(f"/v1/workers/{worker_id}/disclosures", "Himal")).json()["items"]
    assert {entry["member_id"] for entry in log} == {himal_id}
