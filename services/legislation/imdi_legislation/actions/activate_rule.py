"""Make a proposed rule law from a day on, ending the version that it replaces."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from imdi_common.actor import Actor
from imdi_common.problems import Problem, conflict, forbidden, invalid
from imdi_contracts.legislation import RuleActivated
from imdi_legislation.actions.law_changes import follow
from imdi_legislation.actions.permission import demand_may_succeed, lock_version_of
from imdi_legislation.actions.refusals import refused
from imdi_legislation.domain.conditions import Refused
from imdi_legislation.domain.conflicts import find_conflict
from imdi_legislation.domain.drafts import answers_fixed, check_proposal
from imdi_legislation.domain.effects import read_effect
from imdi_legislation.domain.facts import FactType
from imdi_legislation.domain.fields import Invalid
from imdi_legislation.domain.periods import beginning_error, end_error
from imdi_legislation.domain.succession import DAY, Overlap, is_ended_by, replaced_by
from imdi_legislation.storage import rules
from imdi_legislation.storage.law import change_law
from imdi_legislation.storage.tables import AnswerType, RuleVersion


async def activate_rule(session: AsyncSession, rule_id: UUID, begins: date | None, actor: Actor, now: datetime) -> UUID:
    """Activate from ``begins`` (else as drafted), which may lie in the past.

    403 for the client that proposed it and for who may not make the version before it; 409 where it overlaps a
    later version, or conflicts with other rules.
    """
    await change_law(session)
    version = await lock_version_of(session, actor, rule_id)
    await demand_may_succeed(session, actor, version.code)
    if version.status != "proposed":
        raise conflict("wrong-state", "Only a proposed rule can be activated.", state=version.status)
    if version.proposed_by == actor.client_id:
        raise forbidden("Another client than the proposer activates a rule.")
    await activate(session, version, begins, actor.client_id, now)
    return rule_id


async def activate(session: AsyncSession, version: RuleVersion, begins: date | None, by: str, now: datetime) -> None:
    """The activation itself, by whoever may; the law is held for change."""
    version.effective_from = begins or version.effective_from
    effect, begins_on = read_effect(version.kind, version.effect), version.effective_from
    wrong = beginning_error(begins_on) or end_error(effect, begins_on, version.effective_until)
    if wrong:
        raise refused(Invalid([replace(wrong, field="from")]))
    if version.effective_until and version.effective_until < version.effective_from:
        raise invalid("from", "order", "It would begin after its end.")
    types = await rules.answer_types(session)
    code, others = await rules.lock_code(session, version.code), await rules.activated(session)
    replaced = _replaced([other for other in others if other.code == version.code], version)
    if replaced:
        version.replaces = replaced.id
        if is_ended_by(replaced, version.effective_from):
            replaced.effective_until = version.effective_from - DAY
            await session.flush()  # its days are free before the new version takes them
    await _demand_harmony(session, version, [other for other in others if _still_binds(other, now.date())], types)
    await _fix_types(session, version, types)
    version.status, version.activated_by = "active", by
    await follow(session, code, RuleActivated, [version, *([replaced] if replaced else [])], now)


def _replaced(versions: list[RuleVersion], new: RuleVersion) -> RuleVersion | None:
    """409 where a later version is activated already within its days."""
    try:
        return replaced_by(versions, new.effective_from, new.effective_until)
    except Overlap:
        raise conflict("versions-overlap", "A later version of this rule is activated already.") from None


def _still_binds(version: RuleVersion, today: date) -> bool:
    """A retired rule binds until its last day."""
    return version.status == "active" or version.effective_until is None or version.effective_until >= today


async def _demand_harmony(
    session: AsyncSession, version: RuleVersion, others: list[RuleVersion], types: dict[str, FactType]
) -> None:
    titles = await rules.titles_of(session, [version, *others])
    beside = [rules.as_rule(other, titles, types) for other in others]
    try:
        found = find_conflict(rules.as_rule(version, titles, types), beside)
    except Refused as error:
        raise refused(error) from error
    if found:
        raise Problem(
            "conflicting-rules", 409, f"It cannot be law beside other rules: {found.what}.", rules=list(found.rules)
        )


async def _fix_types(session: AsyncSession, version: RuleVersion, types: dict[str, FactType]) -> None:
    """Fix the types of the answers that it is the first to read; refuse one that differs."""
    effect = read_effect(version.kind, version.effect)
    try:
        condition = check_proposal(effect, version.condition, types)
    except Refused as error:
        raise refused(error) from error
    for name, kind in answers_fixed(condition, effect).items():
        if types.get(name, kind) != kind:
            raise conflict("answer-type-fixed", f"Other rules read {name} as {types[name]}.")
        row = insert(AnswerType).values(name=name, type=kind, fixed_by=version.id)
        await session.execute(row.on_conflict_do_nothing())
