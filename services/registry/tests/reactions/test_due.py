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
