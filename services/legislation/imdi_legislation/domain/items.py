"""Items that a worker must have done: every rule on one item binds, so the strictest of each attribute governs."""

from __future__ import annotations

import operator
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from imdi_legislation.domain.effects import COUNTED_FROM, MILESTONES, Requirement
from imdi_legislation.domain.judging import Disputed, Ruling, disputes_of
from imdi_legislation.domain.lengths import longest_of, shortest_of
from imdi_legislation.domain.rules import CONFIDENCE, Basis, Reference, Rule

Status = Literal["required", "not_applicable", "unknown"]
Governs = Callable[[Sequence[Any]], tuple[int, Any]]
"""Of the values that are said: the place of the one that governs, and what then holds."""


@dataclass(frozen=True, slots=True)
class Item:
    """One item of a case as the law determines it; ``governed_by`` names the rule behind each single attribute."""

    code: str
    category: str
    title: str
    performed_by: str
    status: Status
    needs_fact: str | None
    after: tuple[str, ...]
    lead_days: int | None
    lead_working_days: int | None
    validity: str | None
    counted_from: str
    holds_at: tuple[str, ...]
    beyond: str | None
    payer: str | None
    documents: tuple[str, ...]
    basis: tuple[Basis, ...]
    confidence: str
    governed_by: dict[str, Reference]
    disputed: tuple[Disputed, ...]


@dataclass(frozen=True, slots=True)
class _Claim:
    """A value of an attribute, and the rule that says it; a disputed one comes from a source beside the rule."""

    value: Any
    rule: Rule
    requirement: Requirement
    disputed: bool = False


def determine_items(rulings: Iterable[Ruling]) -> list[Item]:
    """One item per code, in the order of codes."""
    by_code: dict[str, list[tuple[Ruling, Requirement]]] = defaultdict(list)
    for ruling in rulings:
        if isinstance(ruling.rule.effect, Requirement):
            by_code[ruling.rule.effect.code].append((ruling, ruling.rule.effect))
    return [_item(by_code[code]) for code in sorted(by_code)]


def _item(found: list[tuple[Ruling, Requirement]]) -> Item:
    answers = [ruling.answer.holds for ruling, _ in found]
    status: Status = "required" if True in answers else "unknown" if None in answers else "not_applicable"
    speaking = {"required": True, "unknown": None, "not_applicable": False}[status]
    rules = sorted(
        ((ruling.rule, requirement) for ruling, requirement in found if ruling.answer.holds is speaking),
        key=lambda pair: pair[0].code,
    )
    governing = _of_leads({name: _strictest(rules, name, governs) for name, governs in _STRICTEST.items()})
    first = rules[0][1]
    return Item(
        code=first.code,
        category=first.category,
        title=first.title,
        performed_by=first.performed_by,
        status=status,
        needs_fact=next((ruling.answer.needs_fact for ruling, _ in found if ruling.answer.needs_fact), None),
        after=_union(requirement.after for _, requirement in rules),
        lead_days=governing["lead_days"].value,
        lead_working_days=governing["lead_working_days"].value,
        validity=governing["validity"].value,
        counted_from=governing["counted_from"].value,
        holds_at=tuple(m for m in MILESTONES if any(m in requirement.holds_at for _, requirement in rules)),
        beyond=governing["beyond"].value,
        payer=governing["payer"].value,
        documents=_union(requirement.documents for _, requirement in rules),
        basis=tuple(dict.fromkeys(basis for rule, _ in rules for basis in rule.basis)),
        confidence=_confidence(rules, governing.values()),
        governed_by=_governed_by(governing),
        disputed=tuple(dispute for rule, _ in rules for dispute in disputes_of(rule)),
    )


def _payer(payer: str) -> tuple[int, str]:
    """Strictest first: the employer, then others, then the worker."""
    return {"employer": 0, "worker": 2}.get(payer, 1), payer


def _least(rank: Callable[[Any], Any]) -> Governs:
    def governs(values: Sequence[Any]) -> tuple[int, Any]:
        place = min(range(len(values)), key=lambda place: rank(values[place]))
        return place, values[place]

    return governs


_MOST_DAYS = _least(operator.neg)
_STRICTEST: dict[str, Governs] = {
    "lead_days": _MOST_DAYS,
    "lead_working_days": _MOST_DAYS,
    "validity": shortest_of,
    "counted_from": _least(COUNTED_FROM.index),
    "beyond": longest_of,
    "payer": _least(_payer),
}
"""Which of the values of an attribute governs; a rule that says nothing of one gives way to any that does."""

DISPUTABLE = ("lead_days", "lead_working_days", "validity", "counted_from", "beyond", "payer")
"""Attributes of an item on which sources may be recorded as disagreeing."""


def _strictest(rules: Sequence[tuple[Rule, Requirement]], attribute: str, governs: Governs) -> _Claim:
    claims = [claim for rule, requirement in rules for claim in _claims(rule, requirement, attribute)]
    said = [claim for claim in claims if claim.value is not None]
    if not said:
        return claims[0]
    place, value = governs([claim.value for claim in said])
    return replace(said[place], value=value)


def _claims(rule: Rule, requirement: Requirement, attribute: str) -> list[_Claim]:
    sources = [source.value for source in rule.disputed if source.attribute == attribute]
    own = _Claim(getattr(requirement, attribute), rule, requirement)
    return [own, *(_Claim(value, rule, requirement, disputed=True) for value in sources)]


def _of_leads(governing: dict[str, _Claim]) -> dict[str, _Claim]:
    """Both leads where both take days: whichever ends later counts, and the calendar decides that; else the one."""
    days, working = governing["lead_days"], governing["lead_working_days"]
    if days.value is None or working.value is None or (days.value and working.value):
        return governing
    idle = "lead_days" if working.value else "lead_working_days"
    return governing | {idle: replace(governing[idle], value=None)}


def _governed_by(governing: dict[str, _Claim]) -> dict[str, Reference]:
    return {name: claim.rule.reference for name, claim in sorted(governing.items()) if claim.value is not None}


def _confidence(rules: Sequence[tuple[Rule, Requirement]], governing: Iterable[_Claim]) -> str:
    """The weakest of the rules that speak; disputed where a disputed source governs or a dispute is recorded."""
    if any(rule.disputed for rule, _ in rules) or any(claim.disputed for claim in governing):
        return "disputed"
    return max((rule.confidence for rule, _ in rules), key=CONFIDENCE.index)


def _union(lists: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(sorted({name for names in lists for name in names}))
