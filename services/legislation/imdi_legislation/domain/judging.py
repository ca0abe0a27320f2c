"""Rules asked about the facts of one case: what applies, what does not, what is unknown and which fact it hangs on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from imdi_legislation.domain.conditions import Answer
from imdi_legislation.domain.effects import Bar, ContractTerm, Criterion, Effect, Fee
from imdi_legislation.domain.facts import Facts
from imdi_legislation.domain.rules import Basis, Reference, Rule


@dataclass(frozen=True, slots=True)
class Ruling:
    """One rule in scope of a case, and its condition's answer."""

    rule: Rule
    answer: Answer


@dataclass(frozen=True, slots=True)
class Judged:
    """One rule's effect on a case.

    ``status``: a bar is barred, a criterion met or not_met, a term or fee required; each may be not_applicable or
    unknown, then ``needs_fact`` names the first absent fact of its text.
    """

    effect: Effect
    status: str
    needs_fact: str | None
    rule: Reference
    basis: tuple[Basis, ...]


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


def status_of(answer: Answer, applies: str) -> str:
    """The status for an answer: ``applies`` where the rule does."""
    return "unknown" if answer.holds is None else applies if answer.holds else "not_applicable"


def _judged(ruling: Ruling, applies: str) -> Judged:
    rule, answer = ruling.rule, ruling.answer
    return Judged(rule.effect, status_of(answer, applies), answer.needs_fact, rule.reference, rule.basis)


def _criterion(ruling: Ruling, criterion: Criterion, facts: Facts) -> Judged:
    if not ruling.answer.holds:
        return _judged(ruling, "met")
    rule, value = ruling.rule, facts.get(criterion.fact)
    if value is None:
        return Judged(criterion, "unknown", criterion.fact, rule.reference, rule.basis)
    status = "met" if criterion.met_by(value) else "not_met"
    return Judged(criterion, status, None, rule.reference, rule.basis)
