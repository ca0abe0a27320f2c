"""Make a proposed rule law from a day on, ending the version that it replaces."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from imdi_common.actor import Actor
from imdi_common.problems import conflict, forbidden
from imdi_contracts.legislation import RuleActivated
from imdi_legislation.actions.law_changes import follow
from imdi_legislation.actions.permission import demand_may_succeed, lock_version_of
from imdi_legislation.actions.refusals import refused
from imdi_legislation.domain.conditions import Refused
from imdi_legislation.domain.facts import FactType
from imdi_legislation.domain.fields import Invalid
from imdi_legislation.domain.succession import DAY, is_ended_by
from imdi_legislation.storage import rules
from imdi_legislation.storage.drafts import demand_days, demand_harmony, demand_place, may_bind, types_fixed
from imdi_legislation.storage.law import change_law
from imdi_legislation.storage.tables import AnswerType, RuleVersion


async def activate_rule(
    session: AsyncSession,
    rule_id: UUID,
    begins: date | None,
    actor: Actor,
    now: datetime,
    allow_match: Callable[[RuleVersion], None] | None = None,
) -> UUID:
    """Activate from ``begins`` (else as drafted), which may lie in the past.

    403 for the client that proposed it and for who may not make the version before it; 409 where it overlaps a
    later version, or conflicts with other rules. ``allow_match`` raises where the caller has read another proposal.
    """
    await change_law(session)
    version = await lock_version_of(session, actor, rule_id)
    await demand_may_succeed(session, actor, version.code)
    if version.status != "proposed":
        raise conflict("wrong-state", "Only a proposed rule can be activated.", state=version.status)
    if version.proposed_by == actor.client_id:
        raise forbidden("Another client than the proposer activates a rule.")
    if allow_match:
        allow_match(version)
    await activate(session, version, begins, actor.client_id, now)
    return rule_id


async def activate(session: AsyncSession, version: RuleVersion, begins: date | None, by: str, now: datetime) -> None:
    """The activation itself, by whoever may; the law is held for change."""
    code = await rules.lock_code(session, version.code)
    try:
        replaced = await _take_place(session, version, begins or version.effective_from, now.date())
    except (Invalid, Refused) as error:
        raise refused(error) from error
    version.status, version.activated_by, version.activated_at = "active", by, now
    await follow(session, code, RuleActivated, [version, *([replaced] if replaced else [])], now)


async def _take_place(session: AsyncSession, version: RuleVersion, begins: date, today: date) -> RuleVersion | None:
    """Settle its days and the types that it fixes, and end the version that it replaces, which is returned."""
    demand_days(version, begins, "from")
    types, others = await rules.answer_types(session), await rules.activated(session)
    fixed = types_fixed(version, types)
    replaced = demand_place([other for other in others if other.code == version.code], version, begins)
    version.effective_from = begins
    if replaced:
        version.replaces = replaced.id
        if is_ended_by(replaced, begins):
            replaced.effective_until = begins - DAY
            await session.flush()  # its days are free before the new version takes them
    binding = [other for other in others if may_bind(other.status, other.effective_until, today)]
    titles = await rules.titles_of(session, [version, *binding])
    beside = [rules.as_rule(other, titles, types) for other in binding]
    demand_harmony(rules.as_rule(version, titles, types), beside)
    await _fix_types(session, version, fixed)
    return replaced


async def _fix_types(session: AsyncSession, version: RuleVersion, fixed: dict[str, FactType]) -> None:
    """Of the answers that it is the first to read."""
    for name, kind in fixed.items():
        row = insert(AnswerType).values(name=name, type=kind, fixed_by=version.id)
        await session.execute(row.on_conflict_do_nothing())
