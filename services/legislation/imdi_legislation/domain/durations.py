"""Durations of the law: whole years, months, weeks and days in ISO 8601 (``P6M``, ``P60D``)."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

_FORM = re.compile(r"P(?=\d)(?:(\d{1,3})Y)?(?:(\d{1,4})M)?(?:(\d{1,4})W)?(?:(\d{1,5})D)?")
_DAYS_OF_A_MONTH = Fraction(146_097, 4_800)
"""The mean of the Gregorian calendar, by which ``P2M`` and ``P60D`` are ranked."""


@dataclass(frozen=True, slots=True)
class Duration:
    """Calendar months, then days."""

    months: int
    days: int
    text: str

    @property
    def length(self) -> Fraction:
        """Its mean length in days, to rank durations by; the day it ends is always counted on the calendar."""
        return self.months * _DAYS_OF_A_MONTH + self.days

    def after(self, day: date) -> date:
        """The last day of what began on ``day``, that day included; months clip to the month's end."""
        year, month = divmod(day.year * 12 + day.month - 1 + self.months, 12)
        clipped = min(day.day, calendar.monthrange(year, month + 1)[1])
        return date(year, month + 1, clipped) + timedelta(days=self.days)


def parse_duration(text: str) -> Duration:
    """Read ``P60D``, ``P6M``, ``P1Y``, ``P2W`` or a mixture; ``ValueError`` for anything else."""
    found = _FORM.fullmatch(text)
    if found is None:
        raise ValueError("a duration is whole years, months, weeks and days: P60D, P6M")
    years, months, weeks, days = (int(part or 0) for part in found.groups())
    return Duration(years * 12 + months, weeks * 7 + days, text)
