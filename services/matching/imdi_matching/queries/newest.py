"""Pages of a list, the newest first."""

from __future__ import annotations

from typing import TypeVar
from uuid import UUID

from sqlalchemy import Select
from sqlalchemy.ext.asyncio import AsyncSession

from imdi_common.paging import decode_cursor, encode_cursor
from imdi_matching.storage.tables import Placement, Vacancy

Row = TypeVar("Row", Placement, Vacancy)


async def newest(
    session: AsyncSession, table: type[Row], found: Select[Row], limit: int, cursor: str | None
) -> tuple[list[Row], str | None]:
    """The rows of a page, and the cursor of the page after."""
    if cursor:
        (last,) = decode_cursor(cursor, UUID)
        found = found.where(table.id < last)
    rows = list(await session.scalars(found.order_by(table.id.desc()).limit(limit + 1)))
    return rows[:limit], encode_cursor(rows[limit - 1].id) if len(rows) > limit else None
