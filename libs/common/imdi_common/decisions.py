"""What operators decide: each decision is recorded with who and why, in the transaction that carries it out."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncSession

from imdi_common.actor import Actor
from imdi_common.mechanics import decision

Deed = Literal["retry", "discard", "rebuild"]


async def record_decision(
    session: AsyncSession, deed: Deed, subject: str, actor: Actor, reason: str | None, now: datetime
) -> None:
    """``subject`` is the number of a held record, or the name of a copy."""
    row = {"at": now, "deed": deed, "subject": subject, "decided_by": actor.client_id, "reason": reason}
    await session.execute(insert(decision).values(row))
