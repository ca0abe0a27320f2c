"""Lists page by page: nothing skipped, nothing told twice, and a cursor opens nobody else's list."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest

from imdi_common.database import Database
from imdi_common.ids import uuid7
from imdi_common.paging import encode_cursor
from imdi_registry.storage.tables import DuplicateNotice


async def walk(desk: Any, path: str, who: str, limit: int) -> list[list[str]]:
    """The ids of every page."""
    pages: list[list[str]] = []
    cursor = ""
    while True:
        page = (await desk.get(f"{path}?limit={limit}{cursor}", who)).json()
        pages.append([item["id"] for item in page["items"]])
        if page["next"] is None:
            return pages
        cursor = f"&cursor={page['next']}"


@pytest.mark.parametrize("limit", [1, 2, 3, 4, 5, 200])
async def test_workers_come_once_each_whatever_the_page(desk: Any, limit: int) -> None:
    await desk.join("Himal")
    made = [await desk.register("Himal", f"PA{1000000 + number}") for number in range(4)]
    pages = await walk(desk, "/v1/workers", "Himal", limit)
    assert [worker_id for page in pages for worker_id in page] == made
    assert all(0 < len(page) <= limit for page in pages)


async def test_who_registers_meanwhile_comes_later_and_pushes_nobody_out(desk: Any) -> None:
    await desk.join("Himal")
    made = [await desk.register("Himal", f"PA{1000000 + number}") for number in range(2)]
    first = (await desk.get("/v1/workers?limit=1", "Himal")).json()
    made.append(await desk.register("Himal", "PA2000000"))
    rest = (await desk.get(f"/v1/workers?limit=5&cursor={first['next']}", "Himal")).json()
    assert [item["id"] for item in first["items"] + rest["items"]] == made


async def test_a_cursor_of_another_member_opens_ones_own_list_alone(desk: Any) -> None:
    await desk.join("Himal")
    await desk.join("Rival")
    for number in range(3):
        await desk.register("Himal", f"PA{1000000 + number}")
    own = await desk.register("Rival", "PA2000000")
    theirs = (await desk.get("/v1/workers?limit=1", "Himal")).json()["next"]
    answer = (await desk.get(f"/v1/workers?cursor={theirs}", "Rival")).json()
    assert [item["id"] for item in answer["items"]] == [own]


async def test_a_made_up_cursor_is_a_place_and_no_permission(desk: Any) -> None:
    await desk.join("Himal")
    await desk.join("Rival")
    await desk.register("Himal")
    lowest = encode_cursor(UUID(int=0))
    assert (await desk.get(f"/v1/workers?cursor={lowest}", "Rival")).json() == {"items": [], "next": None}
    highest = encode_cursor(UUID(int=2**128 - 1))
    assert (await desk.get(f"/v1/workers?cursor={highest}", "Himal")).json() == {"items": [], "next": None}


@pytest.mark.parametrize("path", ["/v1/members", "/v1/workers", "/v1/duplicates"])
@pytest.mark.parametrize("cursor", ["x", encode_cursor(7), encode_cursor("a", "b"), encode_cursor("no-uuid")])
async def test_what_is_no_cursor_is_refused_by_its_name(desk: Any, path: str, cursor: str) -> None:
    answer = await desk.get(f"{path}?cursor={cursor}", "steward")
    assert answer.status_code == 422
    assert "cursor" in answer.json()["errors"][0]["field"]


async def test_a_cursor_of_disclosures_does_not_cross_workers(desk: Any) -> None:
    await desk.join("Himal")
    first, second = await desk.register("Himal", "PA1000001"), await desk.register("Himal", "PA1000002")
    for worker_id in (first, second, first, second):
        await desk.get(f"/v1/workers/{worker_id}", "Himal")
    cursor = (await desk.get(f"/v1/workers/{second}/disclosures?limit=1", "Himal")).json()["next"]
    whole = (await desk.get(f"/v1/workers/{first}/disclosures", "Himal")).json()["items"]
    rest = (await desk.get(f"/v1/workers/{first}/disclosures?cursor={cursor}", "Himal")).json()["items"]
    own = {item["id"] for item in whole}
    assert rest
    assert {item["id"] for item in rest} <= own


async def test_a_former_controllers_cursor_is_worth_nothing(desk: Any) -> None:
    await desk.join("Himal")
    rescue_id = await desk.join("Rescue", "civil_society")
    worker_id = await desk.register("Himal")
    for _ in range(2):
        await desk.get(f"/v1/workers/{worker_id}", "Himal")
    path = f"/v1/workers/{worker_id}/disclosures"
    cursor = (await desk.get(f"{path}?limit=1", "Himal")).json()["next"]
    evidence = {"kind": "in_person", "reference": "file 1"}
    await desk.post(f"/v1/workers/{worker_id}/controller", "steward", {"member_id": rescue_id, "evidence": evidence})
    assert (await desk.get(f"{path}?cursor={cursor}", "Himal")).status_code == 404
    assert (await desk.get(f"{path}?cursor={cursor}", "Rescue")).status_code == 200


@pytest.mark.parametrize("limit", [1, 2, 10])
async def test_duplicates_come_once_each(desk: Any, database: Database, clock: Any, limit: int) -> None:
    await desk.join("Himal")
    pairs = [await desk.register("Himal", f"PA{1000000 + number}") for number in range(2)]
    made: list[str] = []
    async with database.transaction() as session:
        for _ in range(3):
            notice = DuplicateNotice(
                id=uuid7(),
                worker_id=UUID(pairs[0]),
                earlier_worker_id=UUID(pairs[1]),
                noticed_at=clock.now(),
            )
            session.add(notice)
            made.append(str(notice.id))
    pages = await walk(desk, "/v1/duplicates", "steward", limit)
    assert [one for page in pages for one in page] == sorted(made)


async def test_members_are_paged_within_their_filter(desk: Any) -> None:
    for number in range(5):
        name, kind = ("Clinic", "medical_provider") if number % 2 else ("Agency", "lender")
        await desk.join(f"{name} {number}", kind)
    found: list[str] = []
    cursor = ""
    while True:
        page = (await desk.get(f"/v1/members?q=agency&kind=lender&limit=1{cursor}", "steward")).json()
        found += [item["name"] for item in page["items"]]
        if page["next"] is None:
            break
        cursor = f"&cursor={page['next']}"
    assert found == ["Agency 0", "Agency 2", "Agency 4"]


@pytest.mark.parametrize("limit", [1, 2, 3, 200])
async def test_clients_come_once_each_and_no_cursor_shows_anothers(desk: Any, limit: int) -> None:
    paths = [f"/v1/members/{await desk.join(name)}/clients" for name in ("Himal", "Rival")]
    made = [(await desk.post(paths[0], "Himal", {"name": f"office {number}"})).json() for number in range(3)]
    await desk.post(paths[1], "Rival", {"name": "office"})
    found: list[str] = []
    cursor = ""
    while True:
        listed = (await desk.get(f"{paths[0]}?limit={limit}{cursor}", "Himal")).json()
        assert len(listed["items"]) <= limit
        found += [item["client_id"] for item in listed["items"]]
        if listed["next"] is None:
            break
        cursor = f"&cursor={listed['next']}"
    assert found == sorted(each["client_id"] for each in made)
    first = (await desk.get(f"{paths[0]}?limit=1", "Himal")).json()["next"]
    assert (await desk.get(f"{paths[0]}?cursor={first}", "Rival")).status_code == 404


@pytest.mark.parametrize("cursor", ["x", encode_cursor("a", "b"), encode_cursor("\x00")])
async def test_what_is_no_cursor_of_clients_is_refused(desk: Any, cursor: str) -> None:
    path = f"/v1/members/{await desk.join('Himal')}/clients"
    assert (await desk.get(f"{path}?cursor={cursor}", "Himal")).status_code == 422


async def test_a_controller_that_is_nobody_has_no_workers(desk: Any) -> None:
    await desk.join("Himal")
    await desk.register("Himal")
    answer = await desk.get(f"/v1/workers?controller_id={uuid4()}", "steward")
    assert answer.json() == {"items": [], "next": None}
    assert (await desk.get(f"/v1/workers?controller_id={uuid4()}", "Himal")).status_code == 403
