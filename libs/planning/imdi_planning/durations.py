"""Durations of the law, as ISO 8601 writes them: ``P60D``, ``P2W``, ``P6M``, ``P1Y`` and sums of them."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from itertools import accumulate

PATTERN = re.compile(r"P(?:([0-9]{1,3})Y)?(?:([0-9]{1,4})M)?(?:([0-9]{1,4})W)?(?:([0-9]{1,5})D)?")
_CYCLE_MONTHS, _CYCLE_DAYS = 4_800, 146_097
"""The calendar recurs after 400 years."""
LONGEST_CLIP = timedelta(days=3)
"""By how much a month's end can shorten a step of months: 31 January and one month is 28 February."""


@dataclass(frozen=True, slots=True)
class Duration:
    """Months (years are twelve) and days."""

    months: int
    days: int

    def after(self, day: date) -> date:
        """The day this long after ``day``; a month that is too short gives its last day.

        A clearance performed on ``day`` holds through the answer, that day included.
        """
        whole = day.year * 12 + day.month - 1 + self.months
        year, month = divmod(whole, 12)
        last = calendar.monthrange(year, month + 1)[1]
        return date(year, month + 1, min(day.day, last)) + timedelta(days=self.days)

    @property
    def shortest(self) -> int:
        """The fewest days that it spans, begun on whatever day: 28 for a month."""
        return _days_of_months(self.months)[0] + self.days

    @property
    def longest(self) -> int:
        """The most days that it spans: 31 for a month."""
        return _days_of_months(self.months)[1] + self.days

    def first_reaching(self, day: date) -> date:
        """The first day from which this duration reaches ``day``; the calendar's first where it is longer than that."""
        try:
            start = Duration(-self.months, 0).after(day - timedelta(days=self.days)) - LONGEST_CLIP
        except (ValueError, OverflowError):
            return date.min
        while self.after(start) < day:
            start += timedelta(days=1)
        return start


@cache
def duration(text: str) -> Duration:
    """Read an ISO 8601 duration of years, months, weeks and days; ``ValueError`` for any other text."""
    found = PATTERN.fullmatch(text)
    if found is None or text == "P":
        raise ValueError("a duration is written as in P60D, P6M or P1Y")
    years, months, weeks, days = (int(part or 0) for part in found.groups())
    return Duration(years * 12 + months, weeks * 7 + days)


@cache
def _days_of_months(months: int) -> tuple[int, int]:
    """The fewest and the most days of so many months; fewest where a month's end is clipped, 31 January to 28 February.

    The most are those from the first of a month.
    """
    cycles, rest = divmod(months, _CYCLE_MONTHS)
    lengths = [calendar.monthrange(2000 + n // 12, n % 12 + 1)[1] for n in range(_CYCLE_MONTHS)] * 2
    firsts = list(accumulate(lengths, initial=0))
    from_first = [firsts[start + rest] - firsts[start] for start in range(_CYCLE_MONTHS)]
    clipped = [max(0, lengths[start] - lengths[start + rest]) for start in range(_CYCLE_MONTHS)]
    fewest = min(days - clip for days, clip in zip(from_first, clipped, strict=True))
    return cycles * _CYCLE_DAYS + fewest, cycles * _CYCLE_DAYS + max(from_first)
