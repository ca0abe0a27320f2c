"""The law as it would be, were a draft activated: a value of its own, kept nowhere."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from imdi_common.problems import Problem, conflict, invalid
from imdi_legislation.domain.conflicts import find_conflict
from imdi_legislation.domain.drafts import answers_fixed, check_proposal
from imdi_legislation.domain.effects import read_effect
from imdi_legislation.domain.facts import FactType
from imdi_legislation.domain.law import Law
from imdi_legislation.domain.rules import Rule
from imdi_legislation.domain.succession import DAY, Overlap, is_ended_by, replaced_by
from imdi_legislation.storage import rules
from imdi_legislation.storage.tables import RuleVersion


async def law_with(session: AsyncSession, law: Law, version: RuleVersion, begins: date, today: date) -> Law:
    """``law`` as the activation of ``version`` from a day on would leave it.

    Refused for what its activation would be refused: 409 where it overlaps or conflicts, ``Refused`` for its condition.
    """
    if version.effective_until is not None and version.effective_until < begins:
        raise invalid("on", "order", "It would begin after its end.")
    types = law.types | _types_fixed(version, law.types)
    versions = await rules.activated(session, version.code)
    try:
        replaced = replaced_by(versions, begins, version.effective_until)
    except Overlap:
        raise conflict("versions-overlap", "A later version of this rule is activated already.") from None
    beside = law.rules()
    if replaced is not None and is_ended_by(replaced, begins):
        beside = [replace(rule, ends=begins - DAY) if rule.id == str(replaced.id) else rule for rule in beside]
    titles = await rules.titles_of(session, [version])
    heir = str(replaced.id) if replaced else None
    draft = replace(rules.as_rule(version, titles, types), begins=begins, replaces=heir)
    _demand_harmony(draft, [rule for rule in beside if rule.ends is None or rule.ends >= today])
    return Law(law.epoch, [*beside, draft], types)


def _types_fixed(version: RuleVersion, types: dict[str, FactType]) -> dict[str, FactType]:
    effect = read_effect(version.kind, version.effect)
    fixed = answers_fixed(check_proposal(effect, version.condition, types), effect)
    for name, kind in fixed.items():
        if types.get(name, kind) != kind:
            raise conflict("answer-type-fixed", f"Other rules read {name} as {types[name]}.")
    return fixed


def _demand_harmony(draft: Rule, beside: list[Rule]) -> None:
    found = find_conflict(draft, beside)
    if found:
        raise Problem(
            "conflicting-rules", 409, f"It cannot be law beside other rules: {found.what}.", rules=list(found.rules)
        )


async def draft_of(session: AsyncSession, rule_id: UUID) -> RuleVersion:
    """A version that is not law yet; 409 where it is, or was."""
    version = await session.get_one(RuleVersion, rule_id)
    if version.status not in ("draft", "proposed"):
        raise conflict("wrong-state", "Only a draft or a proposed rule can be weighed.", state=version.status)
    return version
