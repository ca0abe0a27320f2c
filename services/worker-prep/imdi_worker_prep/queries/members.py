"""A member's standing, as far as it is known here."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy.ext.asyncio import AsyncSession

from imdi_common.actor import Tenant
from imdi_worker_prep.storage.copies import MemberCopy


async def standing(session: AsyncSession, tenant: Tenant) -> Tenant:
    """The newer of what a token says of its member and the local copy."""
    copy = await session.get(MemberCopy, tenant.id)
    if copy is None or copy.sequence < tenant.sequence:
        return tenant
    return replace(
        tenant,
        kind=copy.kind,
        country=copy.country,
        status=copy.status,
        licensed_until=copy.licensed_until,
        sequence=copy.sequence,
    )
