"""A member's standing: the token decides until the local copy is as new."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

from imdi_common.actor import Tenant
from imdi_legislation.storage.copies import Member


async def standing(session: AsyncSession, tenant: Tenant) -> Tenant:
    """The tenant as the newer of token and copy says."""
    copy = await session.get(Member, tenant.id)
    if copy is None or copy.sequence < tenant.sequence:
        return tenant
    return Tenant(copy.id, copy.kind, copy.country, copy.status, copy.licensed_until, copy.sequence)
