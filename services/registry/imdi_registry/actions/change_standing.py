"""A member is accredited, suspended, reinstated, or withdraws."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from imdi_common.actor import Actor
from imdi_common.outbox import announce
from imdi_common.problems import conflict
from imdi_contracts.registry import (
    MemberAccredited,
    MemberReinstated,
    MemberState,
    MemberSuspended,
    MemberWithdrawn,
)
from imdi_registry.actions.refusals import demand
from imdi_registry.actions.telling import of_member
from imdi_registry.domain.members import Move, after
from imdi_registry.storage import members
from imdi_registry.storage.members import relations_to

_EVENTS: dict[Move, type[MemberState]] = {
    "accreditation": MemberAccredited,
    "suspension": MemberSuspended,
    "reinstatement": MemberReinstated,
    "withdrawal": MemberWithdrawn,
}


async def change_standing(session: AsyncSession, member_id: UUID, move: Move, reason: str | None, actor: Actor) -> UUID:
    """Move a member to its next standing; 409 ``wrong-state`` where that is not open from here."""
    member = await members.lock(session, member_id)
    demand(move, relations_to(member_id, actor))
    status = after(move, member.status)  # type: ignore[arg-type]  # rows hold what the domain wrote
    if status is None:
        raise conflict("wrong-state", f"There is no {move} from this standing.", state=member.status)
    member.status, member.reason = status, reason
    member.version += 1
    await announce(session, member, of_member(_EVENTS[move], member))
    return member_id
