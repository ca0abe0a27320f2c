"""Rules asked about the facts of one case: what applies, what does not, what is unknown and which fact it hangs on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from imdi_legislation.domain.conditions import Answer
from imdi_legislation.domain.effects import Bar, ContractTerm, Criterion, Effect, Fee, Protection
from imdi_legislation.domain.facts import Facts
from imdi_legislation.domain.plain import plain, plain_effect
from imdi_legislation.domain.rules import Basis, Reference, Rule


@dataclass(frozen=True, slots=True)
class Ruling:
    """One rule in scope of a case, and its condition's answer."""

    rule: Rule
    answer: Answer


@dataclass(frozen=True, slots=True)
class Disputed:
    """What one source says of an attribute on which sources disagree."""

    attribute: str
    value: Any
    rule: Reference
    basis: tuple[Basis, ...]
    note: str | None


@dataclass(frozen=True, slots=True)
class Judged:
    """One rule's effect on a case.

    ``status``: a bar is barred, a criterion met or not_met, a term, fee or protection required; each may be
    not_applicable or unknown, then ``needs_fact`` names the first absent fact of its text.
    """

    effect: Effect
    status: str
    needs_fact: str | None
    rule: Reference
    basis: tuple[Basis, ...]
    disputed: tuple[Disputed, ...]

    def standing(self) -> dict[str, Any]:
        """As JSON, without the effect."""
        return {name: value for name, value in plain(self).items() if name != "effect"}

    def told(self) -> dict[str, Any]:
        """As JSON, the effect's own fields beside its standing."""
        return plain_effect(self.effect) | self.standing()


def rule_on(rules: Iterable[Rule], facts: Facts) -> list[Ruling]:
    """Ask each rule, in the order of codes: no outcome depends on the order in which rules came."""
    return [Ruling(rule, rule.ask(facts)) for rule in sorted(rules, key=lambda rule: rule.code)]


def bars(rulings: Iterable[Ruling]) -> list[Judged]:
    return [_judged(ruling, "barred") for ruling in rulings if isinstance(ruling.rule.effect, Bar)]


def criteria(rulings: Iterable[Ruling], facts: Facts) -> list[Judged]:
    """Criteria with what the worker's facts say of each."""
    return [
        _criterion(ruling, ruling.rule.effect, facts) for ruling in rulings if isinstance(ruling.rule.effect, Criterion)
    ]


def terms(rulings: Iterable[Ruling]) -> list[Judged]:
    return [_judged(ruling, "required") for ruling in rulings if isinstance(ruling.rule.effect, ContractTerm)]


def fees(rulings: Iterable[Ruling]) -> list[Judged]:
    return [_judged(ruling, "required") for ruling in rulings if isinstance(ruling.rule.effect, Fee)]


def protections(rulings: Iterable[Ruling]) -> list[Judged]:
    return [_judged(ruling, "required") for ruling in rulings if isinstance(ruling.rule.effect, Protection)]


def status_of(answer: Answer, applies: str) -> str:
    """The status for an answer: ``applies`` where the rule does."""
    return "unknown" if answer.holds is None else applies if answer.holds else "not_applicable"


def disputes_of(rule: Rule) -> tuple[Disputed, ...]:
    """Every source on each attribute that a rule records as disputed, the rule's own value first."""
    attributes = dict.fromkeys(source.attribute for source in rule.disputed)
    own = [Disputed(name, getattr(rule.effect, name), rule.reference, rule.basis, None) for name in attributes]
    others = [Disputed(s.attribute, s.value, rule.reference, s.basis, s.note) for s in rule.disputed]
    return tuple(sorted([*own, *others], key=lambda dispute: list(attributes).index(dispute.attribute)))


def _judged(ruling: Ruling, applies: str) -> Judged:
    return _standing(ruling.rule, status_of(ruling.answer, applies), ruling.answer.needs_fact)


def _criterion(ruling: Ruling, criterion: Criterion, facts: Facts) -> Judged:
    if not ruling.answer.holds:
        return _judged(ruling, "met")
    value = facts.get(criterion.fact)
    if value is None:
        return _standing(ruling.rule, "unknown", criterion.fact)
    return _standing(ruling.rule, "met" if criterion.met_by(value) else "not_met", None)


def _standing(rule: Rule, status: str, needs_fact: str | None) -> Judged:
    return Judged(rule.effect, status, needs_fact, rule.reference, rule.basis, disputes_of(rule))
