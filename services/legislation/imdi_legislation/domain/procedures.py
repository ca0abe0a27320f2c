"""A procedure: the steps that a corridor asks, by whom, with which papers, at what cost and within which time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from imdi_legislation.domain.countries import COUNTRIES, EVERYWHERE
from imdi_legislation.domain.drafts import BasisDraft
from imdi_legislation.domain.effects import PERFORMERS
from imdi_legislation.domain.fields import Invalid, Reader
from imdi_legislation.domain.money import Money
from imdi_legislation.domain.periods import beginning_error
from imdi_legislation.domain.rules import CONFIDENCE
from imdi_legislation.domain.scope import Scope, scope_errors
from imdi_planning.order import in_order

UNSOURCED = "unsourced"
HOW_SURE = (*CONFIDENCE, UNSOURCED)
"""As of rules; a step that nobody read anywhere says so."""
LIMITS = ("days", "working_days", "duration")
MOST_STEPS = 100


@dataclass(frozen=True, slots=True)
class Corridor:
    """Origin and destination (ISO 3166-1, or ``*``) and ISCO-08 prefixes, as in a rule's scope."""

    origin: str
    destination: str
    occupations: tuple[str, ...]

    @property
    def scope(self) -> Scope:
        return Scope((self.origin,), (self.destination,), self.occupations)


@dataclass(frozen=True, slots=True)
class TimeLimit:
    """How long the law gives for a step, in one of three units, and where it says so."""

    days: int | None
    working_days: int | None
    duration: str | None
    basis: BasisDraft


@dataclass(frozen=True, slots=True)
class Payment:
    """A fee of a step, and who pays it."""

    payer: str
    amount: Money
    title: str | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One step. ``item`` is the item code of preparations by which it is observed."""

    code: str
    title: str
    actor: str
    channel: str | None = None
    documents_in: tuple[str, ...] = ()
    documents_out: tuple[str, ...] = ()
    fees: tuple[Payment, ...] = ()
    time_limit: TimeLimit | None = None
    item: str | None = None
    after: tuple[str, ...] = ()
    basis: tuple[BasisDraft, ...] = ()
    confidence: str = UNSOURCED
    source: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class ProcedureDraft:
    """One version of a procedure as posted; its steps stand in the order in which they are taken today."""

    code: str
    title: str
    corridor: Corridor
    begins: date
    ends: date | None
    steps: tuple[Step, ...]
    confidence: str
    verified_on: date | None
    verified_by: str | None
    source: str | None
    note: str | None

    def instruments(self) -> list[str]:
        """Every instrument that it names."""
        return list(dict.fromkeys(basis.instrument for basis in bases_of(self.steps)))


def bases_of(steps: tuple[Step, ...]) -> list[BasisDraft]:
    """Where steps and their time limits stand."""
    limits = [step.time_limit.basis for step in steps if step.time_limit]
    return [*limits, *(basis for step in steps for basis in step.basis)]


def read_procedure(data: Mapping[str, Any]) -> ProcedureDraft:
    """A procedure from JSON; raises ``Invalid`` naming each field that is wrong."""
    reader = Reader(data, "")
    effective = Reader(reader.part("effective"), "effective")
    begins, ends = effective.day("from"), effective.day("until", None)
    if begins and (wrong := beginning_error(begins)):
        effective.wrong(wrong.field, wrong.rule, wrong.detail)
    if begins and ends and ends < begins:
        effective.wrong("until", "order", "until is not before from.")
    draft = ProcedureDraft(
        code=reader.code("code"),
        title=reader.text("title", longest=500),
        corridor=_corridor(reader),
        begins=begins,
        ends=ends,
        steps=_steps(reader),
        confidence=reader.choice("confidence", CONFIDENCE),
        verified_on=reader.day("verified_on", None),
        verified_by=reader.text("verified_by", None, longest=200),
        source=reader.text("source", None),
        note=reader.text("note", None),
    )
    _take_errors(reader, effective)
    reader.finish()
    return draft


def read_steps(data: list[dict[str, Any]]) -> tuple[Step, ...]:
    """The steps as they are kept; raises ``Invalid``."""
    reader = Reader({"steps": data}, "")
    steps = _steps(reader)
    reader.finish()
    return steps


def order_error(steps: tuple[Step, ...]) -> str | None:
    """What is wrong with the order of steps: a prerequisite that is none of them, or a circle, which is named."""
    codes = {step.code for step in steps}
    for step in steps:
        for before in step.after:
            if before not in codes:
                return f"{step.code} comes after {before}, which is no step here."
    try:
        in_order({step.code: set(step.after) for step in steps})
    except ValueError as circle:
        return f"{str(circle)[:1].upper()}{str(circle)[1:]}."
    return None


def _corridor(reader: Reader) -> Corridor:
    part = Reader(reader.part("corridor"), "corridor")
    corridor = Corridor(
        part.text("origin", longest=2), part.text("destination", longest=2), part.texts("occupations") or (EVERYWHERE,)
    )
    for end in ("origin", "destination"):
        place = getattr(corridor, end)
        if place is not None and place not in COUNTRIES | {EVERYWHERE}:
            part.wrong(end, "country", "An ISO 3166-1 alpha-2 code, or *.")
    for error in scope_errors(Scope((EVERYWHERE,), (EVERYWHERE,), corridor.occupations)):
        part.wrong("occupations", error.rule, error.detail)
    _take_errors(reader, part)
    return corridor


def _steps(reader: Reader) -> tuple[Step, ...]:
    parts = reader.parts("steps")
    if len(parts) > MOST_STEPS:
        reader.wrong("steps", "length", f"At most {MOST_STEPS} steps.")
        return ()
    before = len(reader.errors)
    steps = tuple(_step(reader, part, f"steps.{number}") for number, part in enumerate(parts))
    if len(reader.errors) > before:
        return steps
    codes = [step.code for step in steps]
    if not steps:
        reader.wrong("steps", "required", "A procedure has at least one step.")
    elif len(set(codes)) < len(codes):
        twice = next(code for code in codes if codes.count(code) > 1)
        reader.wrong("steps", "unique", f"{twice} stands twice.")
    elif wrong := order_error(steps):
        reader.wrong("steps", "order", wrong)
    return steps


def _step(outer: Reader, data: Mapping[str, Any], path: str) -> Step:
    reader = Reader(data, path)
    step = Step(
        code=reader.name("code"),
        title=reader.text("title", longest=500),
        actor=reader.choice("actor", PERFORMERS),
        channel=reader.text("channel", None, longest=200),
        documents_in=reader.texts("documents_in"),
        documents_out=reader.texts("documents_out"),
        fees=tuple(_payment(reader, part, f"{path}.fees.{n}") for n, part in enumerate(reader.parts("fees", []))),
        time_limit=_time_limit(reader, f"{path}.time_limit") if data.get("time_limit") is not None else None,
        item=reader.name("item", None),
        after=reader.names("after"),
        basis=tuple(_basis(reader, part, f"{path}.basis.{n}") for n, part in enumerate(reader.parts("basis", []))),
        confidence=reader.choice("confidence", HOW_SURE, UNSOURCED),
        source=reader.text("source", None),
        note=reader.text("note", None),
    )
    reader.read.add("time_limit")
    _take_errors(outer, reader)
    return step


def _payment(outer: Reader, data: Mapping[str, Any], path: str) -> Payment:
    reader = Reader(data, path)
    amount = reader.money("amount")
    if amount is None and data.get("amount") is None:
        reader.wrong("amount", "required", "This field is required.")
    payment = Payment(reader.choice("payer", PERFORMERS), amount, reader.text("title", None, longest=200))  # type: ignore[arg-type]  # None only beside an error
    _take_errors(outer, reader)
    return payment


def _time_limit(outer: Reader, path: str) -> TimeLimit:
    reader = Reader(outer.part("time_limit"), path)
    limit = TimeLimit(
        days=reader.whole("days", None, high=3650),
        working_days=reader.whole("working_days", None, high=2500),
        duration=reader.duration("duration"),
        basis=_basis(reader, reader.part("basis"), f"{path}.basis"),
    )
    if sum(reader.data.get(unit) is not None for unit in LIMITS) != 1:
        reader.wrong("days", "one_of", "Exactly one of days, working_days and duration.")
    _take_errors(outer, reader)
    return limit


def _basis(outer: Reader, data: Mapping[str, Any], path: str) -> BasisDraft:
    reader = Reader(data, path)
    basis = BasisDraft(reader.text("instrument", longest=100), reader.text("provision", None, longest=200))
    _take_errors(outer, reader)
    return basis


def _take_errors(outer: Reader, inner: Reader) -> None:
    """Take over what is wrong within; its fields bear their whole paths already."""
    try:
        inner.finish()
    except Invalid as invalid:
        outer.errors.extend(invalid.errors)
