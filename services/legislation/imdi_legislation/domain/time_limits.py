"""Time limits in calendar days, as long as the law allows at most."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache

from imdi_legislation.domain.procedures import TimeLimit
from imdi_planning.calendar_days import Lead, weekdays
from imdi_planning.durations import duration

_MONDAY = date(2024, 1, 1)
_FIRSTS = [date(year, month, 1) for year in range(2024, 2028) for month in range(1, 13)]
"""The first of every month between two leap years: months and years at their longest are among them."""


def calendar_days(limit: TimeLimit | None) -> int | None:
    """The most calendar days a limit gives, whenever it begins; None where there is no limit.

    Working days are Monday to Friday, holidays not counted: they would lengthen it.
    """
    if limit is None:
        return None
    if limit.days is not None:
        return limit.days
    if limit.working_days is not None:
        return _of_working(limit.working_days)
    return _of_duration(limit.duration or "P0D")


@cache
def _of_working(days: int) -> int:
    lead = Lead(days, working=True)
    starts = [_MONDAY + timedelta(days=n) for n in range(7)]
    return max((lead.after(start, weekdays) - start).days for start in starts)


@cache
def _of_duration(text: str) -> int:
    length = duration(text)
    return max((length.after(start) - start).days for start in _FIRSTS)
