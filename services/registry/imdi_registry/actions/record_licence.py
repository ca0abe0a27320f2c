"""A steward records a member's new or renewed licence."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from imdi_common.actor import Actor
from imdi_common.outbox import announce
from imdi_common.problems import conflict
from imdi_contracts.registry import MemberLicencesChanged
from imdi_registry.actions.apply_member import licence_row
from imdi_registry.actions.refusals import bad_input, demand
from imdi_registry.actions.review_licences import renew_cover
from imdi_registry.actions.telling import of_member
from imdi_registry.domain.application import StatedLicence, licence_faults
from imdi_registry.storage import members
from imdi_registry.storage.members import relations_to


async def record_licence(
    session: AsyncSession, member_id: UUID, licence: StatedLicence, actor: Actor, now: datetime
) -> UUID:
    """Add the licence; where the cover changes with it, say so to all."""
    member = await members.lock(session, member_id)
    demand("record_licence", relations_to(member_id, actor))
    if member.status == "withdrawn":
        raise conflict("wrong-state", "The member has withdrawn.", state=member.status)
    if faults := licence_faults(licence):
        raise bad_input(faults)
    session.add(licence_row(member_id, licence))
    member.version += 1
    if await renew_cover(session, member, now):
        await announce(session, member, of_member(MemberLicencesChanged, member))
    return member_id
