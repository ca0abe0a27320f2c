"""Held records: their order, their pauses, and two processes at once; and the operator's pages of them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from httpx import AsyncClient
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from imdi_common import held
from imdi_common.database import Database
from imdi_common.mechanics import held_record
from imdi_common.paging import encode_cursor
from imdi_local.testing.plugin import MORNING, FixedClock

Token = Callable[..., dict[str, str]]
LATER = MORNING + timedelta(days=1)


def record(key: str = "a", offset: int = 1, **changed: Any) -> Any:
    whole = {"topic": "t", "partition": 0, "offset": offset, "key": key.encode(), "headers": [("ce_id", b"1")]}
    return SimpleNamespace(**(whole | {"value": b"{}"} | changed))


async def hold(session: AsyncSession, one: Any, status: held.Status = "waiting", reaction: str = "act") -> None:
    await held.hold(session, reaction, one, status, None, MORNING)


async def heads(session: AsyncSession, now: Any = LATER) -> list[int]:
    return [row.id for row in await held.ready_heads(session, ["act", "other"], now)]


async def row_of(session: AsyncSession, record_id: int) -> Any:
    found = select(held_record).where(held_record.c.id == record_id)
    return (await session.execute(found)).mappings().one()


async def test_the_same_record_is_held_once_for_each_reaction(session: AsyncSession) -> None:
    for reaction in ("act", "act", "other"):
        await hold(session, record(), reaction=reaction)
    assert await session.scalar(text("select count(*) from held_record")) == 2


async def test_a_record_without_key_or_value_and_with_odd_bytes_is_held(session: AsyncSession) -> None:
    await hold(session, record(key="", value=None, headers=[("x", b"\xff")]))
    await hold(session, SimpleNamespace(**(vars(record(offset=2)) | {"key": None})))
    rows = (await session.execute(select(held_record))).mappings().all()
    assert [(row["key"], row["headers"]) for row in rows] == [("", [["x", {"base64": "/w=="}]]), ("", [["ce_id", "1"]])]


@pytest.mark.parametrize(
    ("status", "blocked"),
    [("waiting", True), ("parked", True), ("quarantined", False), ("replayed", False), ("discarded", False)],
)
async def test_only_what_waits_or_is_parked_blocks_its_key(
    status: held.Status, blocked: bool, session: AsyncSession
) -> None:
    await hold(session, record(), status)
    assert (await held.standing(session, "act", record(offset=2)))[1] is blocked
    assert await held.standing(session, "act", record("b", 2)) == (False, False)
    assert await held.standing(session, "act", record(offset=2, topic="u")) == (False, False)
    assert await held.standing(session, "other", record(offset=2)) == (False, False)


async def test_the_first_of_each_key_is_ready_and_none_behind_a_parked_one(session: AsyncSession) -> None:
    for number, (key, status) in enumerate(
        [("a", "waiting"), ("a", "waiting"), ("b", "parked"), ("b", "waiting"), ("c", "quarantined"), ("c", "waiting")]
    ):
        await hold(session, record(key, number), status)  # type: ignore[arg-type]
    ids = list((await session.execute(select(held_record.c.id).order_by(held_record.c.id))).scalars())
    assert await heads(session) == [ids[0], ids[5]]


async def test_what_another_process_does_not_react_to_is_not_its_head(session: AsyncSession) -> None:
    await hold(session, record(), reaction="elsewhere")
    assert await heads(session) == []


async def test_a_head_is_ready_when_its_pause_is_over(session: AsyncSession) -> None:
    await hold(session, record())
    assert await heads(session, MORNING) == []
    assert await heads(session, MORNING + held.FIRST_PAUSE - timedelta(milliseconds=1)) == []
    assert len(await heads(session, MORNING + held.FIRST_PAUSE)) == 1


async def test_pauses_grow_to_a_limit(session: AsyncSession) -> None:
    await hold(session, record())
    (one,) = await heads(session)
    pauses = []
    for _ in range(14):
        await held.postpone(session, await row_of(session, one), MORNING, None)
        pauses.append((await row_of(session, one))["next_at"] - MORNING)
    assert pauses[:3] == [2 * held.FIRST_PAUSE, 4 * held.FIRST_PAUSE, 8 * held.FIRST_PAUSE]
    assert pauses == sorted(pauses)
    assert pauses[-1] == held.LONGEST_PAUSE
    assert (await row_of(session, one))["attempts"] == 15


async def test_what_fails_on_a_new_try_is_parked_with_its_reason(session: AsyncSession) -> None:
    await hold(session, record())
    (one,) = await heads(session)
    await held.postpone(session, await row_of(session, one), MORNING, "ValueError")
    kept = await row_of(session, one)
    assert (kept["status"], kept["error_class"]) == ("parked", "ValueError")
    assert await heads(session) == []
    assert await held.take(session, one) is None


async def test_what_is_applied_is_forgotten_unless_a_person_decided(session: AsyncSession) -> None:
    for offset in (1, 2):
        await hold(session, record(str(offset), offset))
    first, second = await heads(session)
    await session.execute(text("update held_record set decided_by = 'ops' where id = :id"), {"id": second})
    for one in (first, second):
        await held.settle(session, await row_of(session, one))
    rows = (await session.execute(select(held_record.c.id, held_record.c.status))).all()
    assert [tuple(row) for row in rows] == [(second, "replayed")]


async def test_two_processes_never_take_the_same_record(database: Database) -> None:
    async with database.transaction() as session:
        for offset in (1, 2):
            await hold(session, record(str(offset), offset))
    async with database.transaction() as one, database.transaction() as other:
        first, second = await heads(one)
        assert await held.take(one, first)
        assert await held.take(other, first) is None
        assert await held.take(other, second)
    async with database.transaction() as session:
        assert await held.take(session, first)


async def many(database: Database, number: int) -> None:
    async with database.transaction() as session:
        for offset in range(number):
            await hold(session, record(str(offset), offset), "parked" if offset % 2 else "quarantined")


@pytest.mark.parametrize("limit", [1, 2, 3, 5, 200])
async def test_pages_give_every_record_once_and_end(
    limit: int, client: AsyncClient, token: Token, database: Database
) -> None:
    await many(database, 5)
    keys: list[str] = []
    cursor: str | None = None
    while True:
        query = {"limit": str(limit)} | ({"cursor": cursor} if cursor else {})
        page = (await client.get("/ops/held", params=query, headers=token("ops"))).json()
        assert len(page["items"]) <= limit
        keys += [item["key"] for item in page["items"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert keys == [str(number) for number in range(5)]


async def test_a_filter_holds_over_pages(client: AsyncClient, token: Token, database: Database) -> None:
    await many(database, 6)
    first = (await client.get("/ops/held?status=parked&limit=2", headers=token("ops"))).json()
    rest = (
        await client.get("/ops/held", params={"status": "parked", "cursor": first["next"]}, headers=token("ops"))
    ).json()
    assert [item["key"] for item in first["items"] + rest["items"]] == ["1", "3", "5"]


@pytest.mark.parametrize(
    "query",
    [
        {"limit": "0"},
        {"limit": "201"},
        {"limit": "x"},
        {"status": "gone"},
        {"cursor": "garbage"},
        {"cursor": "x" * 501},
        {"cursor": encode_cursor("a")},
        {"cursor": encode_cursor(1, 2)},
        {"cursor": encode_cursor(10**30)},
    ],
)
async def test_what_is_no_page(query: dict[str, str], client: AsyncClient, token: Token) -> None:
    answer = await client.get("/ops/held", params=query, headers=token("ops"))
    assert (answer.status_code, answer.json()["type"]) == (422, "urn:imdi:problem:invalid-request")


@pytest.mark.parametrize(("number", "status"), [("1", 404), ("x", 422), (str(10**30), 422)])
async def test_deciding_on_what_is_not_there(number: str, status: int, client: AsyncClient, token: Token) -> None:
    headers = token("ops") | {"Idempotency-Key": "k"}
    for deed, body in (("retry", None), ("discard", {"reason": "x"})):
        answer = await client.post(f"/ops/held/{number}/{deed}", json=body, headers=headers)
        assert answer.status_code == status


@pytest.mark.parametrize(
    ("status", "deed", "answered"),
    [
        ("parked", "retry", 200),
        ("waiting", "retry", 409),
        ("quarantined", "retry", 200),
        ("parked", "discard", 200),
        ("waiting", "discard", 200),
        ("quarantined", "discard", 200),
        ("replayed", "discard", 409),
        ("discarded", "retry", 409),
    ],
)
async def test_what_may_be_decided_in_which_state(
    status: held.Status, deed: str, answered: int, client: AsyncClient, token: Token, database: Database
) -> None:
    async with database.transaction() as session:
        await hold(session, record(), status)
        one = await session.scalar(select(held_record.c.id))
    headers = token("ops") | {"Idempotency-Key": "k"}
    answer = await client.post(
        f"/ops/held/{one}/{deed}", json={"reason": "seen"} if deed == "discard" else None, headers=headers
    )
    assert answer.status_code == answered
    async with database.transaction() as session:
        kept = await row_of(session, int(one or 0))
    decided = {"retry": "waiting", "discard": "discarded"}[deed] if answered == 200 else status
    assert (kept["status"], kept["decided_by"]) == (decided, "client-ops" if answered == 200 else None)


async def test_the_flow_tells_what_is_unpublished_due_and_held(
    client: AsyncClient, token: Token, database: Database, clock: FixedClock, things: Any
) -> None:
    async with database.transaction() as session:
        await things.make(session, "a")
        await hold(session, record(), "parked")
        await session.execute(
            text("insert into due (kind, subject, at) values ('x', 'now', :now), ('x', 'later', :later)"),
            {"now": clock.now(), "later": clock.now() + timedelta(seconds=1)},
        )
    flow = (await client.get("/ops/flow", headers=token("ops"))).json()
    assert flow.pop("oldest_unpublished_at").endswith("Z")
    assert flow.pop("oldest_held_at") == "2026-11-23T09:00:00Z"
    assert flow == {"unpublished": 1, "held_back": [], "due": 1, "held": {"parked": 1}}
    assert (await client.get("/ops/flow", headers=token("steward"))).status_code == 403
    metrics = (await client.get("/metrics")).text
    assert "imdi_outbox_unpublished 1.0" in metrics
    assert 'imdi_held_records{status="parked"} 1.0' in metrics
