"""Write a draft anew, and take a proposal back to be one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from imdi_common.actor import Actor
from imdi_common.problems import conflict, invalid
from imdi_legislation.actions.draft_rule import checked_draft, said
from imdi_legislation.actions.permission import lock_version_of
from imdi_legislation.storage.tables import RuleVersion


async def edit_draft(
    session: AsyncSession,
    rule_id: UUID,
    body: dict[str, Any],
    demand_match: Callable[[RuleVersion], None],
    actor: Actor,
    now: datetime,
) -> UUID:
    """Write a draft anew, checked as when it was posted; its code and kind stay.

    ``demand_match`` raises where the caller has not read the draft as it is. 409 for what is a draft no more.
    """
    version = await lock_version_of(session, actor, rule_id)
    if version.status != "draft":
        raise conflict("wrong-state", "Only a draft can be written anew.", state=version.status)
    demand_match(version)
    draft = await checked_draft(session, body, actor, now)
    if draft.code != version.code:
        raise invalid("code", "fixed", "A version keeps the code of its rule.")
    if draft.kind != version.kind:
        raise conflict("kind-differs", "The versions of a rule are of one kind.")
    for name, value in said(draft).items():
        setattr(version, name, value)
    version.drafted_by, version.drafted_at = actor.client_id, now
    await session.flush()
    return rule_id


async def withdraw_proposal(session: AsyncSession, rule_id: UUID, actor: Actor) -> UUID:
    """Make a proposed rule a draft again; 409 for any other."""
    version = await lock_version_of(session, actor, rule_id)
    if version.status != "proposed":
        raise conflict("wrong-state", "Only a proposal can be withdrawn.", state=version.status)
    version.status, version.proposed_by = "draft", None
    return rule_id
