"""Bring a drafted procedure into force from a day on, ending the version that it replaces; and end one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from imdi_common.actor import Actor
from imdi_common.problems import conflict, invalid, not_found
from imdi_legislation.actions.draft_procedure import demand_may_make, demand_may_succeed
from imdi_legislation.actions.refusals import refused
from imdi_legislation.domain.fields import Invalid
from imdi_legislation.domain.periods import beginning_error
from imdi_legislation.domain.succession import DAY, is_ended_by
from imdi_legislation.storage.procedures import (
    ACTIVATED,
    ProcedureVersion,
    find_version,
    hold_code,
    versions_of,
)


async def activate_procedure(
    session: AsyncSession,
    procedure_id: UUID,
    begins: date | None,
    actor: Actor,
    now: datetime,
    allow_match: Callable[[ProcedureVersion], None] | None = None,
) -> UUID:
    """Activate from ``begins`` (else as drafted), which may lie in the past; 409 where it overlaps a later version.

    ``allow_match`` raises where the caller has read another draft.
    """
    version = await _hold_version(session, procedure_id, actor)
    await demand_may_succeed(session, actor, version.code)
    if version.status != "draft":
        raise conflict("wrong-state", "Only a draft can be activated.", state=version.status)
    if allow_match:
        allow_match(version)
    await activate(session, version, begins, actor.client_id, now)
    return procedure_id


async def activate(
    session: AsyncSession, version: ProcedureVersion, begins: date | None, by: str, now: datetime
) -> None:
    """The activation itself, by whoever may; the code is held."""
    begins = begins or version.effective_from
    wrong = beginning_error(begins)
    if wrong:
        raise refused(Invalid([wrong]))
    if version.effective_until and version.effective_until < begins:
        raise invalid("from", "order", "It would begin after its end.")
    for other in await versions_of(session, version.code):
        if other.status in ACTIVATED and is_ended_by(other, begins):
            if other.effective_from >= begins:
                if version.effective_until is None or other.effective_from <= version.effective_until:
                    raise conflict("versions-overlap", "A later version of this procedure is activated already.")
            else:
                other.effective_until = begins - DAY
    await session.flush()  # their days are free before the new version takes them
    version.effective_from, version.status = begins, "active"
    version.activated_by, version.activated_at = by, now
    await session.flush()


async def retire_procedure(session: AsyncSession, procedure_id: UUID, on: date, actor: Actor, now: datetime) -> UUID:
    """From the day ``on`` it is in force no more; its last day is the one before."""
    version = await _hold_version(session, procedure_id, actor)
    if version.status != "active" or (version.effective_until and version.effective_until < on):
        raise conflict("wrong-state", "Only what is in force on that day can be retired.", state=version.status)
    if on < version.effective_from:
        raise invalid("on", "order", "It is not before the first day on which it is in force.")
    version.effective_until, version.status = on - DAY, "retired"
    version.retired_by, version.retired_at = actor.client_id, now
    await session.flush()
    return procedure_id


async def _hold_version(session: AsyncSession, procedure_id: UUID, actor: Actor) -> ProcedureVersion:
    found = await find_version(session, procedure_id)
    if found is None:
        raise not_found()
    await hold_code(session, found.code)
    version = await find_version(session, procedure_id)
    if version is None:
        raise not_found()
    await demand_may_make(session, actor, version)
    return version
