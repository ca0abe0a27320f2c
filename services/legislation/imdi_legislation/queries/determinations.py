"""Determinations as they were kept, for those whom they concern."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from imdi_common.actor import Actor
from imdi_common.problems import not_found
from imdi_legislation.queries.readers import may_read, may_read_facts
from imdi_legislation.storage.determinations import KeptAnswer, find_kept, kept_on


async def show_determination(session: AsyncSession, determination_id: UUID, actor: Actor) -> dict[str, Any]:
    """One determination with its facts: null where they are erased, and where they are not the caller's to read."""
    kept = await readable(session, determination_id, actor)
    told = kept.facts if may_read_facts(actor, kept) else None
    return _summary(kept) | {
        "facts": told.facts if told else None,
        "offer": told.offer if told else None,
        "withheld": kept.facts is not None and told is None,
    }


async def list_determinations(
    session: AsyncSession, subject_id: UUID, actor: Actor, limit: int, before: UUID | None
) -> list[dict[str, Any]]:
    """Those on one vacancy or preparation without their facts, the newest first; none on what is a stranger's."""
    found = await kept_on(session, subject_id, limit, before)
    return [_summary(kept) for kept in found if may_read(actor, kept)]


async def readable(session: AsyncSession, determination_id: UUID, actor: Actor) -> KeptAnswer:
    """One that the caller may read; ``not-found`` for everybody else."""
    kept = await find_kept(session, determination_id)
    if kept is None or not may_read(actor, kept):
        raise not_found()
    return kept


def _summary(kept: KeptAnswer) -> dict[str, Any]:
    answer = kept.determination
    return {
        "id": answer.id,
        "subject": answer.subject_id,
        "kind": answer.kind,
        "revision": answer.revision,
        "judged_on": answer.judged_on,
        "law_epoch": answer.law_epoch,
        "input_hash": answer.input_hash,
        "outcome": answer.outcome,
        "rules": answer.outcome["rules"],
        "determined_at": answer.determined_at,
        "erased": kept.facts is None,
    }
