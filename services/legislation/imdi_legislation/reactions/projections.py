"""Copies kept of other services' state, for nothing but to be read."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from imdi_common.database import upsert_newer
from imdi_common.reactions import Projection, Received
from imdi_contracts.registry import MEMBERS, MemberState
from imdi_legislation.reactions.observed_items import OBSERVED
from imdi_legislation.storage.copies import Member


async def keep_members(session: AsyncSession, received: list[Received[MemberState]]) -> None:
    """Members' standing: who may make law, and whose tokens count."""
    rows = [
        {
            "id": UUID(event.state.member_id),
            "kind": event.state.kind,
            "country": event.state.country,
            "status": event.state.status,
            "licensed_until": event.state.licensed_until,
            "sequence": event.sequence,
        }
        for event in received
    ]
    await session.execute(upsert_newer(Member, rows))


PROJECTIONS: list[Projection[Any]] = [Projection(MEMBERS, MemberState, keep_members, Member), OBSERVED]
