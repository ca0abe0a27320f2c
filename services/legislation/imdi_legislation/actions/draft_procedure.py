"""Draft a procedure, or the next version of one."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from imdi_common.actor import Actor
from imdi_common.ids import uuid7
from imdi_common.problems import invalid
from imdi_legislation.actions.permission import demand_may_rule
from imdi_legislation.actions.refusals import demand_verified, refused
from imdi_legislation.domain.fields import Invalid
from imdi_legislation.domain.plain import plain
from imdi_legislation.domain.procedures import ProcedureDraft, bases_of, read_procedure
from imdi_legislation.storage.procedures import (
    ACTIVATED,
    ProcedureVersion,
    corridor_of,
    hold_code,
    instruments_by_id,
    steps_of,
    versions_of,
)


async def draft_procedure(session: AsyncSession, body: dict[str, Any], actor: Actor, now: datetime) -> UUID:
    """Draft what a caller posted: 422 for wrong fields, 403 if it, or the version before it, is not theirs to make."""
    try:
        draft = read_procedure(body)
    except Invalid as error:
        raise refused(error) from error
    await _demand_instruments(session, draft)
    await demand_may_rule(session, actor, draft.corridor.scope, draft.instruments())
    await hold_code(session, draft.code)
    await demand_may_succeed(session, actor, draft.code)
    return (await add_procedure(session, draft, actor.client_id, now)).id


async def demand_may_succeed(session: AsyncSession, actor: Actor, code: str) -> None:
    """403 unless what was activated last under a code is the caller's to make: the next version ends it."""
    activated = [version for version in await versions_of(session, code) if version.status in ACTIVATED]
    if activated:
        await demand_may_make(session, actor, activated[-1])


async def demand_may_make(session: AsyncSession, actor: Actor, version: ProcedureVersion) -> None:
    """403 unless a version is the caller's to make: as of rules, the government named at either end."""
    instruments = {basis.instrument for basis in bases_of(steps_of(version))}
    await demand_may_rule(session, actor, corridor_of(version).scope, instruments)


async def add_procedure(session: AsyncSession, draft: ProcedureDraft, by: str, now: datetime) -> ProcedureVersion:
    """Add a draft that is known to be in order; its code is held, and gets its next version."""
    demand_verified(draft.verified_on, now)
    earlier = await versions_of(session, draft.code)
    version = ProcedureVersion(
        id=uuid7(),
        code=draft.code,
        number=earlier[-1].number + 1 if earlier else 1,
        status="draft",
        title=draft.title,
        origin=draft.corridor.origin,
        destination=draft.corridor.destination,
        occupations=list(draft.corridor.occupations),
        steps=plain(draft.steps),
        effective_from=draft.begins,
        effective_until=draft.ends,
        confidence=draft.confidence,
        verified_on=draft.verified_on,
        verified_by=draft.verified_by,
        source=draft.source,
        note=draft.note,
        drafted_by=by,
        drafted_at=now,
    )
    session.add(version)
    await session.flush()
    return version


async def _demand_instruments(session: AsyncSession, draft: ProcedureDraft) -> None:
    ids = {_as_id(instrument) for instrument in draft.instruments()}
    known = await instruments_by_id(session, {found for found in ids if found})
    if None in ids or len(known) < len(ids):
        raise invalid("steps", "instrument", "Each basis names an instrument by its id.")


def _as_id(text: str) -> UUID | None:
    try:
        found = UUID(text)
    except ValueError:
        return None
    return found if str(found) == text else None
