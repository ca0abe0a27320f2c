"""A rule as it is drafted, before it is law: every field checked, whether it comes over HTTP or in a pack."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Literal, get_args

from imdi_legislation.domain.budget import demand_within_budget
from imdi_legislation.domain.conditions import Condition, Refused, compile_condition, parse_condition, try_out
from imdi_legislation.domain.disputes import dispute_error
from imdi_legislation.domain.effects import KINDS, Bar, Criterion, Effect, read_effect
from imdi_legislation.domain.facts import FactType
from imdi_legislation.domain.fields import FieldError, Invalid, Reader
from imdi_legislation.domain.periods import beginning_error, end_error
from imdi_legislation.domain.rules import CONFIDENCE
from imdi_legislation.domain.scope import Scope, scope_errors
from imdi_legislation.domain.screening import screen

Transition = Literal["all_open", "opened_after"]


@dataclass(frozen=True, slots=True)
class BasisDraft:
    """An instrument (its id; in a pack its code) and the provision."""

    instrument: str
    provision: str | None


@dataclass(frozen=True, slots=True)
class DisputeDraft:
    """What another source says of one attribute of the effect."""

    attribute: str
    value: Any
    basis: tuple[BasisDraft, ...]
    source: str | None
    note: str | None


@dataclass(frozen=True, slots=True)
class RuleDraft:
    """One version of a rule as posted."""

    code: str
    kind: str
    scope: Scope
    when: str | None
    effect: Effect
    basis: tuple[BasisDraft, ...]
    begins: date
    ends: date | None
    transition: str
    confidence: str
    verified_on: date | None
    verified_by: str | None
    disputed: tuple[DisputeDraft, ...]
    source: str | None
    note: str | None

    def instruments(self) -> list[str]:
        """Every instrument that it names."""
        bases = [*self.basis, *(basis for dispute in self.disputed for basis in dispute.basis)]
        return list(dict.fromkeys(basis.instrument for basis in bases))


def read_draft(data: Mapping[str, Any], types: Mapping[str, FactType] | None = None) -> RuleDraft:
    """A rule from JSON; raises ``Invalid`` naming each field that is wrong.

    ``types`` are those that the law in force fixed for ``worker.facts.<name>``.
    """
    reader = Reader(data, "")
    code, kind = reader.code("code"), reader.choice("kind", KINDS)
    scope = _scope(reader)
    effect_data = reader.part("effect")
    effect = _effect(reader, kind, effect_data) if kind in KINDS and not _wrong(reader, "effect") else None
    effective = Reader(reader.part("effective"), "effective")
    begins, ends = effective.day("from"), effective.day("until", None)
    if begins and (wrong := beginning_error(begins)):
        effective.wrong(wrong.field, wrong.rule, wrong.detail)
    if begins and ends and ends < begins:
        effective.wrong("until", "order", "until is not before from.")
    elif begins and effect and (wrong := end_error(effect, begins, ends)):
        effective.wrong(wrong.field, wrong.rule, wrong.detail)
    when = reader.text("when", None)
    draft = RuleDraft(
        code=code,
        kind=kind,
        scope=scope,
        when=when,
        effect=effect,  # type: ignore[arg-type]  # None only beside an error, which finish() raises
        basis=_bases(reader, "basis"),
        begins=begins,
        ends=ends,
        transition=reader.choice("transition", get_args(Transition), "all_open"),
        confidence=reader.choice("confidence", CONFIDENCE),
        verified_on=reader.day("verified_on", None),
        verified_by=reader.text("verified_by", None, longest=200),
        disputed=_disputes(reader, effect),
        source=reader.text("source", None),
        note=reader.text("note", None),
    )
    if isinstance(when, str) and not _wrong(reader, "when"):
        _check_condition(reader, draft, types or {})
    _merge(reader, effective)
    reader.finish()
    return draft


def check_proposal(effect: Effect, when: str | None, types: Mapping[str, FactType]) -> Condition | None:
    """What is asked of a rule when it is proposed and activated; ``Refused`` with the position.

    Its condition is within the budget, type-checks, can be evaluated with likely facts, and, where the rule screens,
    only screens.
    """
    if when is None:
        return None
    condition = _typed(when, types)
    if screens(effect):
        screen(condition)
    try_out(condition)
    return condition


def _typed(when: str, types: Mapping[str, FactType]) -> Condition:
    demand_within_budget(when, parse_condition(when))
    return compile_condition(when, types)


def screens(effect: Effect) -> bool:
    """Whether matching holds the rule's condition as columns."""
    return isinstance(effect, Criterion) or (isinstance(effect, Bar) and effect.prohibits == "recruitment")


def answers_fixed(condition: Condition | None, effect: Effect) -> dict[str, FactType]:
    """The types of ``worker.facts.<name>`` that a rule fixes by being activated."""
    types = dict(condition.answer_types) if condition else {}
    if isinstance(effect, Criterion) and effect.criterion == "recognition":
        types[effect.fact] = "bool"
    return types


def refusal(refused: Refused) -> Invalid:
    """A refused condition as an error of its field."""
    return Invalid([FieldError("when", "condition", str(refused), (refused.line, refused.column))])


def _check_condition(reader: Reader, draft: RuleDraft, types: Mapping[str, FactType]) -> None:
    """Read, within the budget, and typed; what screens too much is refused when it is proposed."""
    try:
        _typed(draft.when or "", types)
    except Refused as refused:
        reader.errors += refusal(refused).errors


def _scope(reader: Reader) -> Scope:
    part = Reader(reader.part("scope"), "scope")
    scope = Scope(part.texts("origins"), part.texts("destinations"), part.texts("occupations"))
    before = len(part.errors)
    if not _wrong(reader, "scope"):
        part.errors.extend(error for error in scope_errors(scope) if not before)
        _merge(reader, part)
    return scope


def _effect(reader: Reader, kind: str, data: Mapping[str, Any]) -> Effect | None:
    try:
        return read_effect(kind, data)
    except Invalid as invalid:
        reader.errors.extend(invalid.errors)
        return None


def _bases(reader: Reader, name: str) -> tuple[BasisDraft, ...]:
    found = []
    for number, part in enumerate(reader.parts(name)):
        basis = Reader(part, f"{name}.{number}")
        found.append(BasisDraft(basis.text("instrument", longest=100), basis.text("provision", None, longest=200)))
        _merge(reader, basis)
    if not found and not _wrong(reader, name):
        reader.wrong(name, "required", "A rule stands on at least one instrument.")
    return tuple(found)


def _disputes(reader: Reader, effect: Effect | None) -> tuple[DisputeDraft, ...]:
    found = []
    for number, part in enumerate(reader.parts("disputed", [])):
        inner = Reader(part, f"disputed.{number}")
        attribute, value = inner.text("attribute", longest=64), inner.take("value", None)
        dispute = DisputeDraft(
            attribute, value, _bases(inner, "basis"), inner.text("source", None), inner.text("note", None)
        )
        if effect is not None and isinstance(attribute, str):
            wrong = dispute_error(effect, attribute, value)
            if wrong:
                inner.wrong(wrong.field, wrong.rule, wrong.detail)
        _merge(reader, inner)
        found.append(dispute)
    return tuple(found)


def _wrong(reader: Reader, name: str) -> bool:
    return reader.data.get(name) is None or any(error.field == name for error in reader.errors)


def _merge(reader: Reader, inner: Reader) -> None:
    """Take over the errors of an object within, those about unknown fields included."""
    try:
        inner.finish()
    except Invalid as invalid:
        reader.errors.extend(replace(error, field=_under(reader.path, error.field)) for error in invalid.errors)


def _under(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name
