"""How long steps take in fact, told only of groups that name nobody, beside how long the law allows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from imdi_legislation.domain.procedures import Step
from imdi_legislation.domain.streamlining import Time, time_of
from imdi_legislation.domain.time_limits import calendar_days

FEWEST = 10
"""Counts below are never published."""


@dataclass(frozen=True, slots=True)
class Measured:
    """The preparations of a corridor that had an item: ``cases`` were timed, ``judged`` cleared or failed it."""

    cases: int
    p50: int | None
    p90: int | None
    judged: int
    failed: int


@dataclass(frozen=True, slots=True)
class Observed:
    """Legal against observed days of a step; what is None is not known, or was suppressed."""

    step: str
    item: str
    limit_days: int | None
    suppressed: bool
    """Whether fewer than ``FEWEST`` cases were timed: then no figure is told."""
    cases: int | None
    p50_days: int | None
    p90_days: int | None
    failed_share: Decimal | None
    """Of the cases cleared or failed, those that failed at least once; told where that is ``FEWEST`` cases or more."""

    @property
    def median_over_limit(self) -> bool | None:
        return self._over(self.p50_days)

    @property
    def p90_over_limit(self) -> bool | None:
        return self._over(self.p90_days)

    def _over(self, days: int | None) -> bool | None:
        return None if days is None or self.limit_days is None else days > self.limit_days


NOBODY = Measured(0, None, None, 0, 0)


def observed_time(steps: tuple[Step, ...], observed: tuple[Observed, ...]) -> Time | None:
    """The procedure's time by the medians observed; None where none may be told."""
    days = {step.code: None for step in steps} | {one.step: one.p50_days for one in observed}
    return time_of(steps, days) if any(day is not None for day in days.values()) else None


def compare(steps: tuple[Step, ...], measured: Mapping[str, Measured]) -> tuple[Observed, ...]:
    """Each step that an item observes, in their order."""
    return tuple(_observed(step, step.item, measured.get(step.item, NOBODY)) for step in steps if step.item)


def _observed(step: Step, item: str, found: Measured) -> Observed:
    told = found.cases >= FEWEST
    return Observed(
        step=step.code,
        item=item,
        limit_days=calendar_days(step.time_limit),
        suppressed=not told,
        cases=found.cases if told else None,
        p50_days=found.p50 if told else None,
        p90_days=found.p90 if told else None,
        failed_share=_share(found) if found.failed >= FEWEST else None,
    )


def _share(found: Measured) -> Decimal:
    return (Decimal(found.failed) / Decimal(found.judged)).quantize(Decimal("0.01"))
