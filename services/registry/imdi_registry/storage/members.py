"""Members, their licences and their clients, as rows."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from imdi_common.actor import Actor, Tenant
from imdi_common.problems import not_found
from imdi_registry.domain import members
from imdi_registry.storage.tables import Licence, Member


async def find(session: AsyncSession, member_id: UUID) -> Member:
    """The member; 404 where there is none."""
    found = await session.get(Member, member_id)
    if found is None:
        raise not_found()
    return found


async def lock(session: AsyncSession, member_id: UUID) -> Member:
    """The member, held until the transaction ends; 404 where there is none."""
    found = await session.get(Member, member_id, with_for_update=True, populate_existing=True)
    if found is None:
        raise not_found()
    return found


async def licences_of(session: AsyncSession, member_ids: Sequence[UUID]) -> list[Licence]:
    found = select(Licence).where(Licence.member_id.in_(member_ids)).order_by(Licence.valid_from, Licence.id)
    return list(await session.scalars(found))


def relations_to(member_id: UUID | None, actor: Actor) -> set[str]:
    """What the caller is to a member."""
    own = {"self"} if actor.tenant_id is not None and actor.tenant_id == member_id else set()
    return own | ({"steward"} if actor.is_steward else set())


def as_domain(licence: Licence) -> members.Licence:
    return members.Licence(licence.type, licence.valid_from, licence.valid_until)


def tenant_of(member: Member) -> Tenant:
    """The member as tokens carry it."""
    return Tenant(
        id=member.id,
        kind=member.kind,
        country=member.country,
        status=member.status,
        licensed_until=member.licensed_until,
        sequence=member.event_number,
    )


async def standing(session: AsyncSession, tenant: Tenant) -> Tenant:
    """The newer of what a token says of its member, and what is so now."""
    member = await session.get(Member, tenant.id)
    return tenant_of(member) if member and member.event_number >= tenant.sequence else tenant
