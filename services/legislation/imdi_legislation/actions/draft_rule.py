"""Draft a rule, or the next version of one."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from imdi_common.actor import Actor
from imdi_common.ids import uuid7
from imdi_common.problems import conflict, invalid
from imdi_legislation.actions.permission import demand_may_rule, demand_may_succeed
from imdi_legislation.actions.refusals import demand_verified, refused
from imdi_legislation.domain.drafts import BasisDraft, DisputeDraft, RuleDraft, read_draft
from imdi_legislation.domain.fields import Invalid
from imdi_legislation.domain.plain import plain, plain_effect
from imdi_legislation.storage.rules import answer_types, last_number, lock_code
from imdi_legislation.storage.tables import Instrument, RuleCode, RuleVersion


async def draft_rule(session: AsyncSession, body: dict[str, Any], actor: Actor, now: datetime) -> UUID:
    """Draft what a caller posted: 422 for wrong fields, 403 if it, or the version before it, is not theirs to make."""
    return (await add_draft(session, await checked_draft(session, body, actor, now), actor.client_id, now)).id


async def checked_draft(session: AsyncSession, body: dict[str, Any], actor: Actor, now: datetime) -> RuleDraft:
    """What a caller wrote of a rule, if it is in order and theirs to make."""
    try:
        draft = read_draft(body, await answer_types(session))
    except Invalid as error:
        raise refused(error) from error
    await _demand_instruments(session, draft)
    await demand_may_rule(session, actor, draft.scope, {basis.instrument for basis in draft.basis})
    await demand_may_succeed(session, actor, draft.code)
    demand_verified(draft.verified_on, now)
    return draft


async def add_draft(session: AsyncSession, draft: RuleDraft, by: str, now: datetime) -> RuleVersion:
    """Add a draft that is known to be in order; an existing code gets its next version (409 for another kind)."""
    demand_verified(draft.verified_on, now)
    await session.execute(insert(RuleCode).values(code=draft.code, kind=draft.kind).on_conflict_do_nothing())
    code = await lock_code(session, draft.code)
    if code.kind != draft.kind:
        raise conflict("kind-differs", "The versions of a rule are of one kind.")
    version = RuleVersion(
        id=uuid7(),
        code=draft.code,
        number=await last_number(session, draft.code) + 1,
        kind=draft.kind,
        status="draft",
        **said(draft),
        drafted_by=by,
        drafted_at=now,
    )
    session.add(version)
    await session.flush()
    return version


def said(draft: RuleDraft) -> dict[str, Any]:
    """What a draft says, as it is kept."""
    return {
        "origins": list(draft.scope.origins),
        "destinations": list(draft.scope.destinations),
        "occupations": list(draft.scope.occupations),
        "condition": draft.when,
        "effect": plain_effect(draft.effect),
        "basis": [_basis(basis) for basis in draft.basis],
        "disputed": [_dispute(dispute) for dispute in draft.disputed],
        "effective_from": draft.begins,
        "effective_until": draft.ends,
        "transition": draft.transition,
        "confidence": draft.confidence,
        "verified_on": draft.verified_on,
        "verified_by": draft.verified_by,
        "source": draft.source,
        "note": draft.note,
    }


async def _demand_instruments(session: AsyncSession, draft: RuleDraft) -> None:
    ids = [_as_id(instrument) for instrument in draft.instruments()]
    found = set(
        await session.scalars(select(Instrument.id).where(Instrument.id.in_([known for known in ids if known])))
    )
    if any(instrument not in found for instrument in ids):
        raise invalid("basis", "instrument", "Each basis names an instrument by its id.")


def _as_id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _basis(basis: BasisDraft) -> dict[str, Any]:
    return {"instrument": str(UUID(basis.instrument)), "provision": basis.provision}


def _dispute(dispute: DisputeDraft) -> dict[str, Any]:
    told: dict[str, Any] = plain(dispute)
    return told | {"basis": [_basis(basis) for basis in dispute.basis]}
