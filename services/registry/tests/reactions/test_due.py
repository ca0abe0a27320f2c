from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from imdi_common.database import Database
from imdi_common.mechanics import due
from imdi_registry.reactions.due import DUE_ACTIONS

Announced = Callable[[AsyncSession], Awaitable[list[tuple[str, str, str, int, dict[str, Any]]]]]


async def test_a_licence_that_ended_takes_its_cover_with_it(
    desk: Any, database: Database, announced: Announced
) -> None:
    member_id = await desk.join("Himal")
    async with database.transaction() as session:
        (row,) = await session.execute(select(due.c.kind, due.c.subject, due.c.at))
        assert (row.kind, row.subject) == ("licences", member_id)
        assert row.at == datetime(2027, 1, 1, 18, 15, tzinfo=UTC)  # 2 January begins in Kathmandu
        await DUE_ACTIONS[row.kind](session, row.subject, row.at)
        *_, (_, kind, key, sequence, data) = await announced(session)
    assert (kind, key, sequence) == ("org.imdi.member.licences-changed.v1", member_id, 3)
    assert data["licensed_until"] is None
    assert (await desk.get(f"/v1/members/{member_id}", "steward")).json()["licensed_until"] is None


async def test_nothing_is_said_where_nothing_changed(desk: Any, database: Database, announced: Announced) -> None:
    member_id = await desk.join("Himal")
    async with database.transaction() as session:
        before = len(await announced(session))
        await DUE_ACTIONS["licences"](session, member_id, datetime(2026, 12, 1, tzinfo=UTC))
        assert len(await announced(session)) == before


async def test_cover_follows_its_licences_through_a_gap_to_the_end(
    desk: Any, database: Database, announced: Announced
) -> None:
    member_id = await desk.join("Himal")
    licence = {
        "type": "recruitment",
        "number": "NP-5678",
        "issuer": "Department of Foreign Employment",
        "valid_from": "2027-02-01",
        "valid_until": "2028-01-31",
    }
    added = await desk.post(f"/v1/members/{member_id}/licences", "steward", licence)
    assert added.json()["licensed_until"] == "2027-01-01"
    moments: list[datetime] = []
    while True:
        async with database.transaction() as session:
            at = await session.scalar(select(due.c.at).where(due.c.subject == member_id))
            if at is None or at in moments:
                break
            moments.append(at)
            await DUE_ACTIONS["licences"](session, member_id, at)
    assert [f"{at:%Y-%m-%d %H:%M}" for at in moments] == ["2027-01-01 18:15", "2027-01-31 18:15", "2028-01-31 18:15"]
    async with database.transaction() as session:
        covers = [data["licensed_until"] for _, kind, *_, data in await announced(session) if "licences" in kind]
    assert covers == [None, "2028-01-31", None]


async def test_a_licence_of_another_trade_neither_covers_nor_announces(
    desk: Any, database: Database, announced: Announced
) -> None:
    member_id = await desk.join("Himal")
    trade = {"type": "trade", "number": "1", "issuer": "x", "valid_from": "2026-01-01", "valid_until": "2030-01-01"}
    added = await desk.post(f"/v1/members/{member_id}/licences", "steward", trade)
    assert added.json()["licensed_until"] == "2027-01-01"
    async with database.transaction() as session:
        assert [kind for _, kind, *_ in await announced(session) if "licences" in kind] == []
