"""One thing that a worker must do: what the law asks of it, and what was achieved."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from imdi_planning import schedule as planning
from imdi_planning.requirements import to_plan

Applies = Literal["required", "not_applicable", "unknown"]
Outcome = Literal["cleared", "conditionally_cleared", "deferred", "failed"]
CountedFrom = Literal["performed_on", "issued_on"]


@dataclass(frozen=True, slots=True)
class Law:
    """What the requirements say of an item. Durations are ISO 8601."""

    code: str
    category: str
    applies: Applies = "required"
    needs_fact: str | None = None
    after: tuple[str, ...] = ()
    lead_days: int | None = None
    lead_working_days: int | None = None
    validity: str | None = None
    counted_from: CountedFrom = "performed_on"
    holds_at: frozenset[str] = frozenset({"departure"})
    beyond: str | None = None

    @property
    def counts(self) -> bool:
        """Whether it is to be done: an unknown one is planned as required meanwhile."""
        return self.applies != "not_applicable"


@dataclass(frozen=True, slots=True)
class Result:
    """What came of one performance. ``number`` rises in the order in which results were recorded."""

    outcome: Outcome
    performed_on: date
    number: int
    issued_on: date | None = None
    expires_on: date | None = None


def newest(results: Sequence[Result], by: date | None = None) -> Result | None:
    """The result that counts: the latest performed (on or before ``by``), of those the latest recorded."""
    known = [result for result in results if by is None or result.performed_on <= by]
    return max(known, key=lambda result: (result.performed_on, result.number), default=None)


def clearance(results: Sequence[Result], by: date | None = None) -> Result | None:
    """The newest result where it clears; a later refusal takes an earlier clearance back."""
    result = newest(results, by)
    return result if result and result.outcome == "cleared" else None


def holds_at(laws: Sequence[Law]) -> dict[str, frozenset[str]]:
    """The milestones that count for each item among those that apply."""
    settled = planning.settled(to_plan(law, None) for law in laws if law.counts)
    return {item.code: item.holds_at for item in settled}


def holds_on(law: Law, milestones: frozenset[str], result: Result, day: date) -> bool:
    """Whether a clearance satisfies a departure on ``day``: performed by then and, where asked then, valid."""
    return planning.still_meets(replace(to_plan(law, result), holds_at=milestones), day)
