"""End a rule without another in its place."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from imdi_common.actor import Actor
from imdi_common.problems import conflict, invalid
from imdi_contracts.legislation import RuleRetired
from imdi_legislation.actions.law_changes import follow
from imdi_legislation.actions.permission import lock_version_of
from imdi_legislation.domain.succession import DAY
from imdi_legislation.storage.law import change_law
from imdi_legislation.storage.rules import lock_code


async def retire_rule(session: AsyncSession, rule_id: UUID, on: date, actor: Actor, now: datetime) -> UUID:
    """From the day ``on`` the rule binds no more; its last day is the one before.

    409 for what is not active or has ended by then, 422 for a day before its first.
    """
    await change_law(session)
    version = await lock_version_of(session, actor, rule_id)
    if version.status != "active" or (version.effective_until and version.effective_until < on):
        raise conflict(
            "wrong-state", "Only an active rule that binds on that day can be retired.", state=version.status
        )
    if on < version.effective_from:
        raise invalid("on", "order", "It is not before the first day on which the rule binds.")
    code = await lock_code(session, version.code)
    version.effective_until = on - DAY
    version.status, version.retired_by, version.retired_at = "retired", actor.client_id, now
    await follow(session, code, RuleRetired, [version], now)
    return rule_id
