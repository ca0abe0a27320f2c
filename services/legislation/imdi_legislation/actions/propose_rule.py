"""Propose a draft to become law."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from imdi_common.actor import Actor
from imdi_common.problems import conflict
from imdi_legislation.actions.permission import lock_version_of
from imdi_legislation.actions.refusals import refused
from imdi_legislation.domain.conditions import Refused
from imdi_legislation.domain.drafts import check_proposal
from imdi_legislation.domain.effects import read_effect
from imdi_legislation.storage.rules import answer_types
from imdi_legislation.storage.tables import RuleVersion


async def propose_rule(session: AsyncSession, rule_id: UUID, actor: Actor) -> UUID:
    """Propose; 422 where the condition cannot be evaluated or does more than screen, with the position."""
    version = await lock_version_of(session, actor, rule_id)
    if version.status != "draft":
        raise conflict("wrong-state", "Only a draft can be proposed.", state=version.status)
    await propose(session, version, actor.client_id)
    return rule_id


async def propose(session: AsyncSession, version: RuleVersion, by: str) -> None:
    """The proposal itself, by whoever may."""
    effect = read_effect(version.kind, version.effect)
    try:
        check_proposal(effect, version.condition, await answer_types(session))
    except Refused as error:
        raise refused(error) from error
    version.status, version.proposed_by = "proposed", by
