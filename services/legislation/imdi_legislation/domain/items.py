"""Items that a worker must have done: every rule on one item binds, so the strictest of each attribute governs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal

from imdi_legislation.domain.effects import COUNTED_FROM, MILESTONES, Requirement
from imdi_legislation.domain.judging import Disputed, Ruling, disputes_of
from imdi_legislation.domain.rules import CONFIDENCE, Basis, Reference, Rule
from imdi_planning.durations import duration

Status = Literal["required", "not_applicable", "unknown"]
Strictness = Callable[[Any], Any]
_DAYS_OF_A_MONTH = Fraction(146_097, 4_800)
"""The mean of the Gregorian calendar, by which ``P2M`` and ``P60D`` are ranked."""


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
    governing = {attribute: _strictest(rules, attribute, rank) for attribute, rank in _STRICTNESS.items()}
    lead_value: tuple[int | None, int | None] = governing["lead"].value
    first = rules[0][1]
    return Item(
        code=first.code,
        category=first.category,
        title=first.title,
        performed_by=first.performed_by,
        status=status,
        needs_fact=next((ruling.answer.needs_fact for ruling, _ in found if ruling.answer.needs_fact), None),
        after=_union(requirement.after for _, requirement in rules),
        lead_days=lead_value[0],
        lead_working_days=lead_value[1],
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


def length(text: str) -> Fraction:
    """The mean length of a duration in days, to rank it by; the day on which it ends is counted on the calendar."""
    held = duration(text)
    return held.months * _DAYS_OF_A_MONTH + held.days


def _length(text: str | None, unlimited: int) -> Fraction:
    return Fraction(unlimited) if text is None else length(text)


def _lead(lead: tuple[int | None, int | None]) -> int:
    """Fifths of a calendar day: five working days are a week."""
    calendar_days, working_days = lead
    return working_days * 7 if working_days is not None else (calendar_days or 0) * 5


def _payer(payer: str | None) -> tuple[int, str]:
    """Strictest first: anyone but the worker (the employer before others), then the worker, then nobody said."""
    if payer is None:
        return 3, ""
    return {"employer": 0, "worker": 2}.get(payer, 1), payer


_STRICTNESS: dict[str, Strictness] = {
    "lead": lambda lead: -_lead(lead),
    "validity": lambda validity: _length(validity, 10**9),
    "counted_from": COUNTED_FROM.index,
    "beyond": lambda beyond: -_length(beyond, -1),
    "payer": _payer,
}
"""How to rank the values of an attribute: the least governs."""

DISPUTABLE = ("lead_days", "lead_working_days", "validity", "counted_from", "beyond", "payer")
"""Attributes of an item on which sources may be recorded as disagreeing."""


def _strictest(rules: Sequence[tuple[Rule, Requirement]], attribute: str, rank: Strictness) -> _Claim:
    claims = [claim for rule, requirement in rules for claim in _claims(rule, requirement, attribute)]
    return min(claims, key=lambda claim: rank(claim.value))


def _claims(rule: Rule, requirement: Requirement, attribute: str) -> list[_Claim]:
    if attribute == "lead":
        own = _Claim((requirement.lead_days, requirement.lead_working_days), rule, requirement)
        sources = [((s.value, None) if s.attribute == "lead_days" else (None, s.value)) for s in _leads(rule)]
    else:
        own = _Claim(getattr(requirement, attribute), rule, requirement)
        sources = [source.value for source in rule.disputed if source.attribute == attribute]
    return [own, *(_Claim(value, rule, requirement, disputed=True) for value in sources)]


def _leads(rule: Rule) -> list[Any]:
    return [source for source in rule.disputed if source.attribute in ("lead_days", "lead_working_days")]


def _governed_by(governing: dict[str, _Claim]) -> dict[str, Reference]:
    named = {
        name: claim.rule.reference for name, claim in governing.items() if name != "lead" and claim.value is not None
    }
    lead_name = "lead_days" if governing["lead"].value[1] is None else "lead_working_days"
    return dict(sorted({**named, lead_name: governing["lead"].rule.reference}.items()))


def _confidence(rules: Sequence[tuple[Rule, Requirement]], governing: Iterable[_Claim]) -> str:
    """The weakest of the rules that speak; disputed where a disputed source governs or a dispute is recorded."""
    if any(rule.disputed for rule, _ in rules) or any(claim.disputed for claim in governing):
        return "disputed"
    return max((rule.confidence for rule, _ in rules), key=CONFIDENCE.index)


def _union(lists: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(sorted({name for names in lists for name in names}))
