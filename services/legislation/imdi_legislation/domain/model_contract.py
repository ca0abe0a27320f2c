"""A model contract: the strictest of what the law in force asks of the terms, fees and protection of one work."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from imdi_legislation.domain.effects import Cap, ContractTerm, Fee, Protection
from imdi_legislation.domain.facts import CONTRACT
from imdi_legislation.domain.judging import Ruling
from imdi_legislation.domain.money import Money
from imdi_legislation.domain.plain import plain, plain_effect
from imdi_legislation.domain.rules import Basis, Reference, Rule


@dataclass(frozen=True, slots=True)
class Clause:
    """One clause: what it is about, what it requires, in words, where it stands, and the rule behind each bound.

    ``status`` is required, or unknown where the rule hangs on a fact that the question leaves open (``needs_fact``):
    such a rule is a clause of its own.
    """

    clause: str
    kind: str
    text: str
    requires: dict[str, Any]
    status: str
    needs_fact: str | None
    basis: tuple[Basis, ...]
    governed_by: dict[str, Reference] = field(default_factory=dict)


_WORDS = {
    "months": "The contract runs for {} months.",
    "hours_per_week": "The worker works {} hours in a week.",
    "hours_per_day": "The worker works {} hours in a day.",
    "rest_days_per_week": "The worker rests on {} days in each week.",
    "annual_leave_days": "The worker has {} days of paid leave in each year.",
    "monthly_wage": "The wage is {} in each month.",
}
_CHOICES = {
    ("accommodation", True): "The employer provides lodging.",
    ("accommodation", False): "Lodging is no part of the contract.",
    ("food", True): "The employer provides food.",
    ("food", False): "Food is no part of the contract.",
    ("retains_documents", False): "Nobody but the worker keeps the worker's passport and papers.",
    ("retains_documents", True): "The employer keeps the worker's papers.",
    ("ticket_paid_by", "employer"): "The employer pays the ticket.",
    ("ticket_paid_by", "worker"): "The worker pays the ticket.",
}
_LESS_PROTECTS = ("months", "hours_per_week", "hours_per_day", "retains_documents", "ticket_paid_by")
"""Terms of which the lesser value protects more; of ``ticket_paid_by`` the employer comes first."""
_ORDER = ("monthly_wage", *CONTRACT)


def compose(rulings: Iterable[Ruling]) -> list[Clause]:
    """The clauses, terms first, then fees, then protections, whatever the order of the rules."""
    asked = [ruling for ruling in rulings if ruling.answer.holds is not False]
    binding = [ruling.rule for ruling in asked if ruling.answer.holds]
    open_ones = [_open_clause(ruling) for ruling in asked if ruling.answer.holds is None]
    composed = [*_terms(binding), *_fees(binding), *_protections(binding)]
    return composed + [clause for clause in open_ones if clause is not None]


def _terms(rules: Iterable[Rule]) -> list[Clause]:
    """One clause for each term; of a wage one for each currency, as those cannot be compared."""
    groups: dict[tuple[str, str], list[tuple[Rule, ContractTerm]]] = defaultdict(list)
    for rule in rules:
        if isinstance(rule.effect, ContractTerm):
            groups[rule.effect.term, _currency(rule.effect)].append((rule, rule.effect))
    return [_term(groups[key]) for key in sorted(groups, key=lambda key: (_ORDER.index(key[0]), key[1]))]


def _term(found: list[tuple[Rule, ContractTerm]]) -> Clause:
    """The highest floor, the lowest ceiling, and of exact values the one that protects the worker most."""
    bounds: dict[str, tuple[Any, Rule]] = {}
    exact = min if found[0][1].term in _LESS_PROTECTS else max
    for bound, prefer in (("min", max), ("max", min), ("equals", exact)):
        said = [(getattr(term, bound), rule) for rule, term in found if getattr(term, bound) is not None]
        if said:
            bounds[bound] = prefer(said, key=lambda pair: (_number(pair[0]), pair[1].code))
    term = found[0][1].term
    requires = {bound: plain(value) for bound, (value, _) in bounds.items()}
    return Clause(
        clause=term,
        kind="contract_term",
        text=_text(term, {bound: value for bound, (value, _) in bounds.items()}),
        requires=requires,
        status="required",
        needs_fact=None,
        basis=_bases(rule for rule, _ in found),
        governed_by={bound: rule.reference for bound, (_, rule) in bounds.items()},
    )


def _text(term: str, bounds: dict[str, Any]) -> str:
    if term in _WORDS:
        words: dict[str, Callable[[str], str]] = {
            "min": lambda value: f"at least {value}",
            "max": lambda value: f"at most {value}",
            "equals": lambda value: f"exactly {value}",
        }
        return _WORDS[term].format(" and ".join(words[bound](_shown(value)) for bound, value in bounds.items()))
    return _CHOICES[term, bounds["equals"]]


def _fees(rules: Iterable[Rule]) -> list[Clause]:
    """One clause for each component and unit of its cap; where it is zero, no other cap counts beside it."""
    components: dict[str, list[tuple[Rule, Fee]]] = defaultdict(list)
    for rule in rules:
        if isinstance(rule.effect, Fee):
            components[rule.effect.component].append((rule, rule.effect))
    clauses = []
    for _, found in sorted(components.items()):
        units = sorted({_unit(fee.cap) for _, fee in found})
        clauses += [_fee(found, unit) for unit in (units if units[0] else [""])]
    return clauses


def _fee(found: list[tuple[Rule, Fee]], unit: str) -> Clause:
    """The lowest cap in a unit on all that the rules on a component include, without what all of them exclude."""
    rule, fee = min(
        ((rule, fee) for rule, fee in found if _unit(fee.cap) == unit),
        key=lambda pair: (_cap_number(pair[1].cap), pair[0].code),
    )
    excludes = set.intersection(*(set(other.excludes) for _, other in found))
    counted = sorted({name for _, other in found for name in other.includes} - excludes)
    named = ", ".join([fee.component, *counted]).replace("_", " ")
    return Clause(
        clause=f"fee:{fee.component}",
        kind="fee",
        text=f"For {named} the worker pays {_most(fee.cap)}.",
        requires={"max": plain(fee.cap), "includes": counted, "excludes": sorted(excludes)},
        status="required",
        needs_fact=None,
        basis=_bases(other for other, _ in found),
        governed_by={"max": rule.reference},
    )


def _protections(rules: Iterable[Rule]) -> list[Clause]:
    return [_protection(rule, rule.effect) for rule in rules if isinstance(rule.effect, Protection)]


def _protection(rule: Rule, effect: Protection, status: str = "required", needs_fact: str | None = None) -> Clause:
    said = [effect.measure, effect.remedy, f"Contact: {effect.contact}" if effect.contact else None]
    text = " ".join(f"{part.rstrip('.')}." for part in said if part)
    return Clause(
        rule.code, "protection", text, plain_effect(effect), status, needs_fact, rule.basis, {"measure": rule.reference}
    )


def _open_clause(ruling: Ruling) -> Clause | None:
    """The clause of a rule that may bind: what it asks, and the fact on which it hangs."""
    rule, effect, needs = ruling.rule, ruling.rule.effect, ruling.answer.needs_fact
    if isinstance(effect, Protection):
        return _protection(rule, effect, "unknown", needs)
    if isinstance(effect, ContractTerm):
        composed = _term([(rule, effect)])
    elif isinstance(effect, Fee):
        composed = _fee([(rule, effect)], _unit(effect.cap))
    else:
        return None
    return Clause(
        composed.clause, composed.kind, composed.text, composed.requires, "unknown", needs, rule.basis,
        composed.governed_by,
    )  # fmt: skip


def _bases(rules: Iterable[Rule]) -> tuple[Basis, ...]:
    return tuple(dict.fromkeys(basis for rule in rules for basis in rule.basis))


def _currency(term: ContractTerm) -> str:
    return next((bound.currency for bound in (term.min, term.max, term.equals) if isinstance(bound, Money)), "")


def _number(value: Any) -> Any:
    return value.amount if isinstance(value, Money) else value


def _shown(value: Any) -> str:
    return f"{value.amount:f} {value.currency}" if isinstance(value, Money) else str(value)


def _unit(cap: Cap) -> str:
    """Nothing of months, nothing of a currency, and nothing at all are one: zero."""
    if not _cap_number(cap):
        return ""
    return "months" if cap.months_of_wage is not None else cap.money.currency if cap.money else ""


def _cap_number(cap: Cap) -> Any:
    return cap.months_of_wage if cap.months_of_wage is not None else cap.money.amount if cap.money else 0


def _most(cap: Cap) -> str:
    if not _cap_number(cap):
        return "nothing"
    return f"at most {_shown(cap.money)}" if cap.money else f"at most {cap.months_of_wage:f} months of the wage"
