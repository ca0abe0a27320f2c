"""What stands against activating a draft, and the law as that would leave it: a value of its own, kept nowhere."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from imdi_common.problems import Problem, conflict
from imdi_legislation.domain.conflicts import find_conflict
from imdi_legislation.domain.drafts import answers_fixed, check_proposal
from imdi_legislation.domain.effects import read_effect
from imdi_legislation.domain.facts import FactType
from imdi_legislation.domain.fields import FieldError, Invalid
from imdi_legislation.domain.law import Law
from imdi_legislation.domain.periods import beginning_error, end_error
from imdi_legislation.domain.rules import Rule
from imdi_legislation.domain.succession import DAY, Overlap, is_ended_by, replaced_by
from imdi_legislation.storage import rules
from imdi_legislation.storage.tables import RuleVersion


async def law_with(session: AsyncSession, law: Law, version: RuleVersion, begins: date, today: date) -> Law:
    """``law`` as the activation of ``version`` from a day ``on`` would leave it; refused where that would be."""
    demand_days(version, begins, "on")
    types = law.types | types_fixed(version, law.types)
    versions = await rules.activated(session)
    replaced = demand_place([other for other in versions if other.code == version.code], version, begins)
    last = {str(other.id): other.effective_until for other in versions}
    if replaced is not None and is_ended_by(replaced, begins):
        last[str(replaced.id)] = begins - DAY
    over = {str(other.id) for other in versions if not may_bind(other.status, last[str(other.id)], today)}
    beside = [replace(rule, ends=last.get(rule.id, rule.ends)) for rule in law.rules()]
    titles = await rules.titles_of(session, [version])
    heir = str(replaced.id) if replaced else None
    draft = replace(rules.as_rule(version, titles, types), begins=begins, replaces=heir)
    demand_harmony(draft, [rule for rule in beside if rule.id not in over])
    return Law(law.epoch, [*beside, draft], types)


def demand_days(version: RuleVersion, begins: date, field: str) -> None:
    """``Invalid``, naming ``field``, where it cannot begin on that day."""
    ends = version.effective_until
    wrong = beginning_error(begins) or end_error(read_effect(version.kind, version.effect), begins, ends)
    if wrong is None and ends is not None and ends < begins:
        wrong = FieldError(field, "order", "It would begin after its end.")
    if wrong is not None:
        raise Invalid([replace(wrong, field=field)])


def demand_place(versions: Iterable[RuleVersion], new: RuleVersion, begins: date) -> RuleVersion | None:
    """The version of its code that it replaces; 409 where a later one is activated already within its days."""
    try:
        return replaced_by(versions, begins, new.effective_until)
    except Overlap:
        raise conflict("versions-overlap", "A later version of this rule is activated already.") from None


def may_bind(status: str, ends: date | None, today: date) -> bool:
    """Whether an activated version may bind anybody yet: a retired one until its last day.

    One that was replaced may spare cases, which stay with it.
    """
    return status == "active" or ends is None or ends >= today


def types_fixed(version: RuleVersion, types: Mapping[str, FactType]) -> dict[str, FactType]:
    """The types of the answers that it reads; 409 where other rules read one otherwise.

    ``Refused`` for its condition.
    """
    effect = read_effect(version.kind, version.effect)
    fixed = answers_fixed(check_proposal(effect, version.condition, types), effect)
    for name, kind in fixed.items():
        if types.get(name, kind) != kind:
            raise conflict("answer-type-fixed", f"Other rules read {name} as {types[name]}.")
    return fixed


def demand_harmony(new: Rule, beside: Iterable[Rule]) -> None:
    """409 where it conflicts with other rules."""
    found = find_conflict(new, beside)
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
