"""What a fallen member has found, for those who must ask whether it still holds."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, false, select, true
from sqlalchemy.ext.asyncio import AsyncSession

from imdi_common.actor import Actor
from imdi_common.paging import decode_cursor, encode_cursor
from imdi_worker_prep.storage.copies import CONSENTS, MemberCopy
from imdi_worker_prep.storage.tables import Preparation, ResultRow

SHOWN = ("id", "preparation_id", "code", "outcome", "performed_on", "issued_on", "expires_on", "recorded_at")


async def of_fallen(
    session: AsyncSession, actor: Actor, *, performed_by: UUID, limit: int, cursor: str | None
) -> tuple[list[dict[str, Any]], str | None]:
    """A page of its results, oldest first; none of a member that is accredited, or of a worker who does not consent."""
    fallen = select(MemberCopy.id).where(MemberCopy.id == performed_by, MemberCopy.status != "accredited")
    found = select(ResultRow, Preparation.worker_id).join(Preparation, Preparation.id == ResultRow.preparation_id)
    found = found.where(ResultRow.member_id.in_(fallen), CONSENTS, _overseen_by(actor))
    if cursor:
        found = found.where(ResultRow.id > decode_cursor(cursor, UUID)[0])
    rows = (await session.execute(found.order_by(ResultRow.id).limit(limit + 1))).all()
    page = [
        {name: getattr(row, name) for name in SHOWN} | {"worker_id": worker_id, "performed_by": row.member_id}
        for row, worker_id in rows[:limit]
    ]
    return page, encode_cursor(page[-1]["id"]) if len(rows) > limit else None


def _overseen_by(actor: Actor) -> ColumnElement[bool]:
    """All cases to the steward, those that leave from its own country to a government, none to anybody else."""
    if actor.is_steward:
        return true()
    if actor.tenant and actor.tenant.kind == "government":
        return Preparation.origin == actor.tenant.country
    return false()
