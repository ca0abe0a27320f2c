"""A member's standing, as far as it is known here."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

from imdi_common.actor import Tenant
from imdi_matching.storage.copies import Member


async def standing(session: AsyncSession, tenant: Tenant) -> Tenant:
    """The local copy where it is newer than the token, else the token's own word."""
    copy = await session.get(Member, tenant.id)
    if copy is None or copy.sequence < tenant.sequence:
        return tenant
    return Tenant(copy.id, copy.kind, copy.country, copy.status, copy.licensed_until, copy.sequence)
