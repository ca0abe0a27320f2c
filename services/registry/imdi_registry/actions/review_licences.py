"""Licences begin and end: until when a member is covered follows them, by the clock."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from imdi_common import due
from imdi_common.clock import start_of_day, today_in
from imdi_common.outbox import announce
from imdi_contracts.registry import MemberLicencesChanged
from imdi_registry.actions.telling import of_member
from imdi_registry.domain.members import licensed_until, next_change
from imdi_registry.storage import members
from imdi_registry.storage.tables import Member

DUE = "licences"


async def review_licences(session: AsyncSession, subject: str, now: datetime) -> None:
    """Due on the day a licence of the member begins, or the day after one ends, in the member's country."""
    member = await members.lock(session, UUID(subject))
    if await renew_cover(session, member, now):
        member.version += 1
        await announce(session, member, of_member(MemberLicencesChanged, member))


async def renew_cover(session: AsyncSession, member: Member, now: datetime) -> bool:
    """Set ``licensed_until`` from the licences, and when to look again; whether it changed."""
    await session.flush()
    licences = [members.as_domain(licence) for licence in await members.licences_of(session, [member.id])]
    today = today_in(member.country, now)
    covered = licensed_until(member.kind, licences, today)
    changed = covered != member.licensed_until
    member.licensed_until = covered
    if day := next_change(member.kind, licences, today):
        await due.schedule(session, DUE, str(member.id), start_of_day(day, member.country))
    return changed
