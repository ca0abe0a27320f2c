"""A procedure with steps removed, merged or reordered, and what that would save. Nothing is stored."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from imdi_legislation.domain.effects import PERFORMERS
from imdi_legislation.domain.fields import FieldError, Invalid, Reader
from imdi_legislation.domain.money import Money
from imdi_legislation.domain.procedures import order_error
from imdi_legislation.domain.streamlining import Analysis, Steps, key_of
from imdi_legislation.domain.time_limits import calendar_days

CHANGES = ("remove", "merge", "reorder")
MOST_CHANGES = 100


@dataclass(frozen=True, slots=True)
class Saving:
    """Before less after: negative where the change costs more."""

    steps: int
    hand_overs: int
    documents_asked: int
    sequential_days: int
    longest_path_days: int
    worker_cost: tuple[Money, ...]
    """By currency; none where it is equal."""


def apply_changes(steps: Steps, changes: list[Mapping[str, Any]]) -> Steps:
    """The steps after every change, in turn; ``Invalid`` names the change that cannot be made."""
    if len(changes) > MOST_CHANGES:
        raise Invalid([FieldError("changes", "length", f"At most {MOST_CHANGES} changes.")])
    for number, change in enumerate(changes):
        reader = Reader(change, f"changes.{number}")
        kind = reader.choice("change", CHANGES)
        apply = {"remove": _remove, "merge": _merge, "reorder": _reorder}.get(kind)
        steps = apply(reader, steps) if apply else steps
        reader.finish()
        if not steps:
            raise Invalid([FieldError(f"changes.{number}", "required", "A procedure keeps at least one step.")])
        if wrong := order_error(steps):
            raise Invalid([FieldError(f"changes.{number}", "order", wrong)])
    return steps


def saving(before: Analysis, after: Analysis) -> Saving:
    return Saving(
        steps=before.steps - after.steps,
        hand_overs=len(before.hand_overs) - len(after.hand_overs),
        documents_asked=before.documents.asked - after.documents.asked,
        sequential_days=before.time.sequential_days - after.time.sequential_days,
        longest_path_days=before.time.longest_path_days - after.time.longest_path_days,
        worker_cost=_less(before.worker_cost, after.worker_cost),
    )


def no_longer_produced(before: Steps, after: Steps) -> list[str]:
    """Documents that steps still ask for, which a step produced before and none produces now."""
    made = {key_of(document) for step in before for document in step.documents_out}
    made_now = {key_of(document) for step in after for document in step.documents_out}
    asked = {key_of(document): document for step in after for document in step.documents_in}
    return sorted(document for key, document in asked.items() if key in made - made_now)


def _remove(reader: Reader, steps: Steps) -> Steps:
    """What waited for the step waits for what it waited for."""
    code = _known(reader, "step", steps)
    gone = next((step for step in steps if step.code == code), None)
    if gone is None:
        return steps
    return tuple(
        replace(step, after=_without(step.after, {code}, gone.after) if code in step.after else step.after)
        for step in steps
        if step.code != code
    )


def _merge(reader: Reader, steps: Steps) -> Steps:
    """One step in the place of several: their papers and fees together, within the longest of their limits."""
    codes = reader.names("steps")
    title = reader.text("title", None, longest=500)
    actor = reader.choice("actor", PERFORMERS, None)
    merged = [step for step in steps if step.code in codes]
    if len(merged) != len(codes) or len(codes) < 2:
        reader.wrong("steps", "steps", "Two or more steps of the procedure, each by its code.")
        return steps
    first, gone = merged[0], {step.code for step in merged}
    produced = {key_of(document) for step in merged for document in step.documents_out}
    items = {step.item for step in merged if step.item}
    one = replace(
        first,
        title=title or " · ".join(step.title for step in merged)[:500],
        actor=actor or first.actor,
        documents_in=_once([document for step in merged for document in step.documents_in], but=produced),
        documents_out=_once([document for step in merged for document in step.documents_out], but=set()),
        fees=tuple(fee for step in merged for fee in step.fees),
        time_limit=max(merged, key=lambda step: calendar_days(step.time_limit) or -1).time_limit,
        item=items.pop() if len(items) == 1 else None,
        after=_without(tuple(before for step in merged for before in step.after), gone, ()),
        basis=tuple(dict.fromkeys(basis for step in merged for basis in step.basis)),
    )
    kept = [one if step is first else step for step in steps if step is first or step.code not in gone]
    return tuple(
        step
        if step is one or not gone & set(step.after)
        else replace(step, after=_without(step.after, gone, (one.code,)))
        for step in kept
    )


def _reorder(reader: Reader, steps: Steps) -> Steps:
    """Prerequisites of a step dropped and added."""
    code = _known(reader, "step", steps)
    drop, add = reader.names("drop"), reader.names("add")
    of = next((step for step in steps if step.code == code), None)
    if of is None:
        return steps
    if set(drop) - set(of.after):
        reader.wrong("drop", "steps", "Prerequisites of the step, each by its code.")
    if set(add) - {step.code for step in steps}:
        reader.wrong("add", "steps", "Steps of the procedure, each by its code.")
        return steps
    return tuple(replace(step, after=_without(of.after, set(drop), add)) if step is of else step for step in steps)


def _known(reader: Reader, name: str, steps: Steps) -> str | None:
    code = reader.name(name)
    if isinstance(code, str) and code not in {step.code for step in steps}:
        reader.wrong(name, "steps", "A step of the procedure, by its code.")
    return code if isinstance(code, str) else None


def _without(codes: tuple[str, ...], gone: set[str | None] | set[str], instead: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys([*(code for code in codes if code not in gone), *instead]))


def _once(documents: list[str], *, but: set[str]) -> tuple[str, ...]:
    by_key = {key_of(document): document for document in reversed(documents)}
    return tuple(dict.fromkeys(by_key[key_of(document)] for document in documents if key_of(document) not in but))


def _less(before: tuple[Money, ...], after: tuple[Money, ...]) -> tuple[Money, ...]:
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for money in before:
        sums[money.currency] += money.amount
    for money in after:
        sums[money.currency] -= money.amount
    return tuple(Money(amount, currency) for currency, amount in sorted(sums.items()) if amount)
