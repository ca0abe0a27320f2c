"""A vacancy's terms against the law: one breach for each rule broken."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from imdi_legislation.domain.components import component_of
from imdi_legislation.domain.effects import Bar, ContractTerm, Fee
from imdi_legislation.domain.facts import FactValue, asks_the_worker
from imdi_legislation.domain.judging import Ruling
from imdi_legislation.domain.money import Money
from imdi_legislation.domain.plain import plain
from imdi_legislation.domain.rules import Basis, Reference, Rule


@dataclass(frozen=True, slots=True)
class Offer:
    """What a vacancy says of its regulated terms; what it leaves unsaid is absent."""

    wage: Money | None = None
    contract: Mapping[str, FactValue] = field(default_factory=dict)
    worker_pays: tuple[tuple[str, Money], ...] = ()
    """Each component and its amount."""


@dataclass(frozen=True, slots=True)
class Breach:
    """A term that breaks a rule, for some origins; ``found`` is None where the vacancy leaves it unsaid."""

    term: str
    found: bool | int | str | None
    required: dict[str, Any]
    origins: tuple[str, ...]
    rule: Reference
    basis: tuple[Basis, ...]
    reason: str | None = None


def find_breaches(rulings: Sequence[Ruling], offer: Offer, origin: str) -> list[Breach]:
    """The breaches of the rules that apply to a vacancy, for workers from one origin."""
    found: list[Breach] = []
    applying = [ruling.rule for ruling in rulings if ruling.answer.holds]
    for rule in applying:
        effect = rule.effect
        if isinstance(effect, Bar) and effect.prohibits == "recruitment" and not _asks_the_worker(rule):
            found.append(_breach(rule, "recruitment", None, {}, origin, effect.reason))
        elif isinstance(effect, ContractTerm):
            found.extend(_term_breach(rule, effect, offer, origin))
    return found + _fee_breaches(applying, offer, origin)


def over_origins(breaches: Iterable[Breach]) -> list[Breach]:
    """The same breach for several origins, as one that names them all."""
    merged: dict[tuple[str, str, str], Breach] = {}
    for breach in breaches:
        key = (breach.rule.id, breach.term, str(breach.required))
        before = merged.get(key)
        merged[key] = replace(breach, origins=tuple(sorted({*(before.origins if before else ()), *breach.origins})))
    return sorted(merged.values(), key=lambda breach: (breach.term, breach.rule.code, breach.origins))


def _asks_the_worker(rule: Rule) -> bool:
    return rule.condition is not None and any(map(asks_the_worker, rule.condition.facts))


def _breach(
    rule: Rule,
    term: str,
    found: bool | int | str | None,
    required: dict[str, Any],
    origin: str,
    reason: str | None = None,
) -> Breach:
    return Breach(term, found, required, (origin,), rule.reference, rule.basis, reason)


def _term_breach(rule: Rule, term: ContractTerm, offer: Offer, origin: str) -> list[Breach]:
    bounds = {"min": term.min, "max": term.max, "equals": term.equals}
    said = {name: bound for name, bound in bounds.items() if bound is not None}
    required = {name: plain(bound) for name, bound in said.items()}
    if term.term == "monthly_wage":
        limits = [bound for bound in said.values() if isinstance(bound, Money)]
        wage = offer.wage if offer.wage and all(limit.currency == offer.wage.currency for limit in limits) else None
        lawful = wage is not None and _within(
            wage.amount, {n: b.amount for n, b in said.items() if isinstance(b, Money)}
        )
        return [] if lawful else [_breach(rule, term.term, plain(wage.amount) if wage else None, required, origin)]
    value = offer.contract.get(term.term)
    if value is not None and _within(value, said):
        return []
    return [_breach(rule, term.term, value, required, origin)]


def _within(value: Any, bounds: Mapping[str, Any]) -> bool:
    return (
        ("min" not in bounds or value >= bounds["min"])
        and ("max" not in bounds or value <= bounds["max"])
        and ("equals" not in bounds or value == bounds["equals"])
    )


def _fee_breaches(applying: Iterable[Rule], offer: Offer, origin: str) -> list[Breach]:
    """Judge each rule's cap, the rules on one component binding together.

    What counts towards the component is the union of what they include, without what all of them exclude.
    """
    by_component: dict[str, list[tuple[Rule, Fee]]] = defaultdict(list)
    for rule in applying:
        if isinstance(rule.effect, Fee):
            by_component[rule.effect.component].append((rule, rule.effect))
    found = []
    for component, rules in by_component.items():
        included = {component}.union(*(fee.includes for _, fee in rules))
        excluded = set.intersection(*(set(fee.excludes) for _, fee in rules))
        counted = included - excluded
        amounts = [money for name, money in offer.worker_pays if component_of(name) in counted and money.amount]
        for rule, fee in rules:
            found.extend(_fee_breach(rule, fee, amounts, offer.wage, origin))
    return found


def _fee_breach(rule: Rule, fee: Fee, amounts: list[Money], wage: Money | None, origin: str) -> list[Breach]:
    if not amounts:
        return []  # zero is lawful in any currency
    limit = fee.cap.limit(wage, amounts[0].currency)
    comparable = limit is not None and {money.currency for money in amounts} == {limit.currency}
    total = sum((money.amount for money in amounts), Decimal(0)) if comparable else None
    if limit is not None and total is not None and total <= limit.amount:
        return []
    required = {"max": plain(limit) if limit else plain(fee.cap)}
    return [_breach(rule, f"fee:{fee.component}", plain(total), required, origin)]
