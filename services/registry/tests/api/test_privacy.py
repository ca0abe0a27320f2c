from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from imdi_common.database import Database
from imdi_common.mechanics import outbox
from imdi_registry.actions.erase_worker import record_receipt
from imdi_registry.storage.tables import WorkerKey

Announced = Callable[[AsyncSession], Awaitable[list[tuple[str, str, str, int, dict[str, Any]]]]]
REASON = {"reason": "the worker asked for it"}
RECEIPTS = ("matching_at", "legislation_at", "worker_prep_at")
NULLS = dict.fromkeys(("matching", "legislation", "worker-prep"))


async def receive_all(database: Database, worker_id: str, clock: Any) -> None:
    for receipt in RECEIPTS:
        async with database.transaction() as session:
            await record_receipt(session, UUID(worker_id), receipt, clock.now())  # type: ignore[arg-type]


async def publish(database: Database) -> None:
    """As the relay does, once Kafka has them."""
    async with database.transaction() as session:
        marks = {"published_at": func.now(), "published_position": outbox.c.position}
        await session.execute(update(outbox).where(outbox.c.published_at.is_(None)).values(marks))


async def test_the_key_goes_at_the_request(desk: Any, database: Database, announced: Announced) -> None:
    himal_id = await desk.join("Himal")
    worker_id = await desk.register("Himal")
    answer = await desk.post(f"/v1/workers/{worker_id}/erasure", "Himal", REASON)
    assert answer.status_code == 202
    assert answer.json()["status"] == "erasure_requested"
    assert answer.json()["receipts"] == NULLS
    async with database.transaction() as session:
        assert (await session.scalars(select(WorkerKey))).first() is None
        *_, (_, kind, key, sequence, data) = await announced(session)
    assert (kind, key, sequence) == ("org.imdi.worker.erasure-requested.v1", worker_id, 2)
    assert data == {
        "worker_id": worker_id,
        "status": "erasure_requested",
        "controller_id": himal_id,
        "birth_date": None,
        "sex": None,
        "nationality": None,
        "country": None,
        "consents": [],
    }
    body = (await desk.get(f"/v1/workers/{worker_id}", "Himal")).json()
    assert body["status"] == "erasure_requested"
    assert body["given_names"] is body["passport"] is body["birth_date"] is None


async def test_asked_again_it_is_the_same_erasure(desk: Any, database: Database, announced: Announced) -> None:
    await desk.join("Himal")
    worker_id = await desk.register("Himal")
    first, again = [await desk.post(f"/v1/workers/{worker_id}/erasure", "Himal", REASON) for _ in range(2)]
    assert first.json() == again.json()
    async with database.transaction() as session:
        assert sum("erasure" in kind for _, kind, *_ in await announced(session)) == 1


async def test_it_ends_when_all_three_have_said_so(
    desk: Any, database: Database, announced: Announced, clock: Any
) -> None:
    await desk.join("Himal")
    worker_id = await desk.register("Himal")
    await desk.post(f"/v1/workers/{worker_id}/erasure", "Himal", REASON)
    path = f"/v1/workers/{worker_id}/erasure"
    for count, receipt in enumerate(RECEIPTS, start=1):
        for _ in range(2):  # a receipt may come twice
            async with database.transaction() as session:
                await record_receipt(session, UUID(worker_id), receipt, clock.now())  # type: ignore[arg-type]
        body = (await desk.get(path, "Himal")).json()
        assert sum(at is not None for at in body["receipts"].values()) == count
        assert body["status"] == ("erased" if count == 3 else "erasure_requested")
    assert body["completed_at"] == "2026-11-23T09:00:00Z"
    async with database.transaction() as session:
        *_, (_, kind, _, sequence, data) = await announced(session)
    assert (kind, sequence) == ("org.imdi.worker.erased.v1", 3)
    assert data["status"] == "erased"
    assert {value for name, value in data.items() if name not in ("worker_id", "status", "consents")} == {None}


async def test_no_word_and_no_legal_fact_stays_behind_either(
    desk: Any, database: Database, clock: Any, lying_in: Callable[[AsyncSession, str], Awaitable[list[str]]]
) -> None:
    await desk.join("Himal")
    rival_id = await desk.join("Rival")
    worker_id = await desk.register("Himal", birth_date="1993-07-19", passport=passport("PA7654321"))
    evidence = {"kind": "signed_form", "reference": "Canaria-Tamang.pdf"}
    handover = {"member_id": rival_id, "evidence": evidence}
    assert (await desk.post(f"/v1/workers/{worker_id}/controller", "steward", handover)).status_code == 200
    async with database.transaction() as session:
        assert await lying_in(session, "Canaria") == ["controller_change"]
        assert await lying_in(session, "1993-07-19") == ["outbox"]
    await desk.post(f"/v1/workers/{worker_id}/erasure", "Rival", {"reason": "Canaria wishes it"})
    async with database.transaction() as session:
        assert await lying_in(session, "Canaria") == []
    await publish(database)
    await receive_all(database, worker_id, clock)
    async with database.transaction() as session:
        for canary in ("1993-07-19", "Canaria", "PA7654321", "Tamang"):
            assert await lying_in(session, canary) == []


def passport(number: str) -> dict[str, str]:
    return {"number": number, "issuing_country": "NP", "expires_on": "2031-05-01"}


async def test_a_receipt_for_nobody_is_nothing(database: Database, clock: Any) -> None:
    await receive_all(database, str(UUID(int=7)), clock)


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "consents", {"purpose": "matching", "given": True}),
        ("PATCH", "", {"sex": "male"}),
    ],
)
async def test_the_erased_cannot_be_changed(
    desk: Any, database: Database, clock: Any, method: str, path: str, body: dict[str, Any]
) -> None:
    await desk.join("Himal")
    worker_id = await desk.register("Himal")
    await desk.post(f"/v1/workers/{worker_id}/erasure", "Himal", REASON)
    url = f"/v1/workers/{worker_id}/{path}".rstrip("/")
    for _ in range(2):
        answer = await desk.send(method, url, "Himal", body, headers={"If-Match": "*"})
        assert (answer.status_code, answer.json()["type"]) == (409, "urn:imdi:problem:wrong-state")
        await receive_all(database, worker_id, clock)


async def test_the_same_person_may_come_again(desk: Any) -> None:
    await desk.join("Himal")
    worker_id = await desk.register("Himal")
    await desk.post(f"/v1/workers/{worker_id}/erasure", "Himal", REASON)
    assert await desk.register("Himal") != worker_id


async def test_a_notice_of_a_duplicate_goes_with_either(desk: Any) -> None:
    await desk.join("Himal")
    await desk.join("Rival")
    await desk.register("Himal")
    worker_id = await desk.register("Rival")
    await desk.post(f"/v1/workers/{worker_id}/erasure", "Rival", REASON)
    assert (await desk.get("/v1/duplicates", "steward")).json()["items"] == []


async def test_only_the_controller_asks_and_says_why(desk: Any) -> None:
    await desk.join("Himal")
    worker_id = await desk.register("Himal")
    path = f"/v1/workers/{worker_id}/erasure"
    assert (await desk.post(path, "steward", REASON)).status_code == 403
    assert (await desk.get(path, "steward")).status_code == 403
    for bad in ({}, {"reason": ""}, {"reason": "x" * 2001}, {"reason": "x", "now": True}):
        assert (await desk.post(path, "Himal", bad)).status_code == 422
    assert (await desk.get(path, "Himal")).json()["status"] == "registered"


async def test_pages_of_disclosures_go_back_in_time(desk: Any) -> None:
    await desk.join("Himal")
    worker_id = await desk.register("Himal")
    for _ in range(3):
        await desk.get(f"/v1/workers/{worker_id}", "Himal")
    path = f"/v1/workers/{worker_id}/disclosures"
    first = (await desk.get(f"{path}?limit=3", "Himal")).json()
    second = (await desk.get(f"{path}?limit=3&cursor={first['next']}", "Himal")).json()
    ids = [item["id"] for item in first["items"] + second["items"]]
    assert ids == sorted(ids, reverse=True)
    assert len(set(ids)) == 4
    assert second["next"] is None
