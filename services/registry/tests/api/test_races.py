"""Two at once, over HTTP on real PostgreSQL: an erasure leaves nothing behind, whoever comes with it."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select

from imdi_common.database import Database
from imdi_registry.actions.erase_worker import Receipt, record_receipt
from imdi_registry.storage.tables import Consent, DuplicateNotice, Worker, WorkerKey

EVIDENCE = {"kind": "in_person", "reference": "file 1"}
RECEIPTS: tuple[Receipt, ...] = ("matching_at", "legislation_at", "worker_prep_at")


async def kinds_of(database: Database, announced: Any, key: str) -> list[str]:
    async with database.transaction() as session:
        return [kind.split(".", 3)[3] for _, kind, subject, *_ in await announced(session) if subject == key]


async def nothing_is_left(database: Database, worker_id: str) -> bool:
    async with database.transaction() as session:
        worker = await session.get_one(Worker, UUID(worker_id))
        key = await session.get(WorkerKey, worker.id)
        return key is None and worker.sealed is None and worker.passport_digest is None and worker.consents == []


async def test_an_erasure_asked_four_times_at_once_is_one(desk: Any, database: Database, announced: Any) -> None:
    await desk.join("Himal")
    worker_id = await desk.register("Himal")
    path = f"/v1/workers/{worker_id}/erasure"
    answers = await asyncio.gather(*(desk.post(path, "Himal", {"reason": "asked"}) for _ in range(4)))
    assert [answer.status_code for answer in answers] == [202] * 4
    assert await kinds_of(database, announced, worker_id) == ["registered.v1", "erasure-requested.v1"]


@pytest.mark.parametrize("attempt", range(3))
@pytest.mark.parametrize(
    ("method", "path", "who", "body"),
    [
        ("PATCH", "", "Himal", {"family_name": "Lama", "birth_date": "1996-04-03"}),
        ("POST", "/consents", "Himal", {"purpose": "matching", "given": False}),
        ("POST", "/controller", "steward", {"member_id": "{rescue}", "evidence": EVIDENCE}),
    ],
)
async def test_an_erasure_and_a_change_at_once_leave_nothing_of_the_person(
    desk: Any, database: Database, method: str, path: str, who: str, body: dict[str, Any], attempt: int
) -> None:
    await desk.join("Himal")
    rescue_id = await desk.join("Rescue", "civil_society")
    worker_id = await desk.register("Himal")
    if "member_id" in body:
        body = body | {"member_id": rescue_id}
    url = f"/v1/workers/{worker_id}"
    erased, changed = await asyncio.gather(
        desk.post(f"{url}/erasure", "Himal", {"reason": "asked"}),
        desk.send(method, f"{url}{path}", who, body, headers={"If-Match": "*"}),
    )
    taken_over = path == "/controller" and changed.status_code == 200 and erased.status_code != 202
    assert erased.status_code == (404 if taken_over else 202)
    assert changed.status_code in (200, 409)
    assert await nothing_is_left(database, worker_id) != taken_over


@pytest.mark.parametrize("attempt", range(3))
async def test_the_three_receipts_at_once_end_the_erasure_once(
    desk: Any, database: Database, announced: Any, clock: Any, attempt: int
) -> None:
    await desk.join("Himal")
    worker_id = await desk.register("Himal")
    await desk.post(f"/v1/workers/{worker_id}/erasure", "Himal", {"reason": "asked"})

    async def receive(receipt: Receipt) -> None:
        await database.run(lambda session: record_receipt(session, UUID(worker_id), receipt, clock.now()))

    await asyncio.gather(*(receive(receipt) for receipt in RECEIPTS * 2))
    body = (await desk.get(f"/v1/workers/{worker_id}/erasure", "Himal")).json()
    assert body["status"] == "erased"
    assert None not in body["receipts"].values()
    assert (await kinds_of(database, announced, worker_id)).count("erased.v1") == 1


async def test_a_correction_made_by_two_at_once_is_made_by_one(desk: Any) -> None:
    await desk.join("Himal")
    worker_id = await desk.register("Himal")
    path = f"/v1/workers/{worker_id}"
    tag = (await desk.get(path, "Himal")).headers["ETag"]
    names = ["Lama", "Rai", "Gurung"]
    answers = await asyncio.gather(
        *(desk.send("PATCH", path, "Himal", {"family_name": name}, headers={"If-Match": tag}) for name in names)
    )
    assert sorted(answer.status_code for answer in answers) == [200, 412, 412]
    (winner,) = [name for name, answer in zip(names, answers, strict=True) if answer.status_code == 200]
    assert (await desk.get(path, "Himal")).json()["family_name"] == winner


async def test_one_passport_registered_by_two_members_at_once_is_noticed_once(
    desk: Any, registering: Any, database: Database
) -> None:
    await desk.join("Himal")
    await desk.join("Rival")
    answers = await asyncio.gather(*(desk.post("/v1/workers", who, registering()) for who in ("Himal", "Rival")))
    assert [answer.status_code for answer in answers] == [201, 201]
    async with database.transaction() as session:
        (notice,) = await session.scalars(select(DuplicateNotice))
    assert {str(notice.worker_id), str(notice.earlier_worker_id)} == {answer.json()["id"] for answer in answers}


async def test_one_key_sent_twice_at_once_registers_one_worker(desk: Any, registering: Any) -> None:
    await desk.join("Himal")
    answers = await asyncio.gather(*(desk.post("/v1/workers", "Himal", registering(), key="one") for _ in range(3)))
    assert {answer.status_code for answer in answers} <= {201, 409}
    (made,) = {answer.json()["id"] for answer in answers if answer.status_code == 201}
    assert [item["id"] for item in (await desk.get("/v1/workers", "Himal")).json()["items"]] == [made]


async def test_a_member_is_accredited_once(desk: Any, applying: Any, database: Database, announced: Any) -> None:
    member_id = (await desk.post("/v1/members", None, applying())).json()["id"]
    path = f"/v1/members/{member_id}/accreditation"
    answers = await asyncio.gather(*(desk.post(path, "steward") for _ in range(3)))
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409]
    assert await kinds_of(database, announced, member_id) == ["applied.v1", "accredited.v1"]


async def test_a_suspension_and_a_take_over_by_that_member_leave_no_suspended_successor(desk: Any) -> None:
    await desk.join("Himal")
    rescue_id = await desk.join("Rescue", "civil_society")
    worker_id = await desk.register("Himal")
    asked = {"member_id": rescue_id, "evidence": EVIDENCE}
    suspended, taken = await asyncio.gather(
        desk.post(f"/v1/members/{rescue_id}/suspension", "steward", {"reason": "x"}),
        desk.post(f"/v1/workers/{worker_id}/controller", "steward", asked),
    )
    assert suspended.status_code == 200
    assert taken.status_code in (200, 422)
    controller_id = (await desk.get(f"/v1/workers/{worker_id}", "steward")).json()["controller_id"]
    assert (controller_id == rescue_id) == (taken.status_code == 200)


async def test_consents_given_at_once_are_all_kept_and_announced_in_order(
    desk: Any, database: Database, announced: Any
) -> None:
    await desk.join("Himal")
    worker_id = await desk.register("Himal", consents=[])
    path = f"/v1/workers/{worker_id}/consents"
    said = [{"purpose": purpose, "given": True} for purpose in ("matching", "preparation")]
    assert [each.status_code for each in await asyncio.gather(*(desk.post(path, "Himal", one) for one in said))] == [
        200,
        200,
    ]
    async with database.transaction() as session:
        events = [event for event in await announced(session) if event[2] == worker_id]
        rows = await session.scalar(select(func.count()).select_from(Consent))
    assert [sequence for *_, sequence, _ in events] == [1, 2, 3]
    assert [len(data["consents"]) for *_, data in events] == [0, 1, 2]
    assert rows == 2
