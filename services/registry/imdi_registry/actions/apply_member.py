"""An organisation applies to be a member."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from imdi_common.ids import uuid7
from imdi_common.outbox import announce
from imdi_contracts.registry import MemberApplied
from imdi_registry.actions.refusals import bad_input
from imdi_registry.actions.review_licences import renew_cover
from imdi_registry.actions.telling import of_member
from imdi_registry.domain.application import Application, StatedLicence, application_faults
from imdi_registry.storage.tables import Licence, Member


async def apply_member(session: AsyncSession, application: Application, now: datetime) -> UUID:
    """Record the application; a steward decides on it. 422 names every bad field."""
    if faults := application_faults(application):
        raise bad_input(faults)
    member = Member(
        id=uuid7(),
        name=application.name,
        kind=application.kind,
        country=application.country,
        contact_email=application.contact_email,
        status="applied",
        services=[asdict(offered) | {"destinations": list(offered.destinations)} for offered in application.services],
        applied_at=now,
    )
    session.add(member)
    await session.flush()
    session.add_all(licence_row(member.id, licence) for licence in application.licences)
    await renew_cover(session, member, now)
    await announce(session, member, of_member(MemberApplied, member))
    return member.id


def licence_row(member_id: UUID, licence: StatedLicence) -> Licence:
    return Licence(
        id=uuid7(),
        member_id=member_id,
        type=licence.type,
        number=licence.number,
        issuer=licence.issuer,
        valid_from=licence.valid_from,
        valid_until=licence.valid_until,
    )
