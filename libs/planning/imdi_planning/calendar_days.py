"""Leads, in calendar or in working days, counted forwards and backwards."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

IsWorking = Callable[[date], bool]
DAY = timedelta(days=1)


def weekdays(day: date) -> bool:
    """A working calendar without holidays: Monday to Friday."""
    return day.weekday() < 5


@dataclass(frozen=True, slots=True)
class Lead:
    """How long after the last prerequisite an item ends: ``days``, of the calendar or ``working`` ones.

    It ends no sooner than after ``least`` days of the calendar: where law asks for both, holidays decide which counts.
    """

    days: int = 0
    working: bool = False
    least: int = 0

    def after(self, day: date, is_working: IsWorking) -> date:
        """The day on which a step begun after ``day`` ends."""
        least = day + self.least * DAY
        if not self.working:
            return max(least, day + self.days * DAY)
        for _ in range(self.days):
            day += DAY
            while not is_working(day):
                day += DAY
        return max(least, day)

    def before(self, day: date, is_working: IsWorking) -> date:
        """The last day after which the step can begin and still end by ``day``."""
        least = day - self.least * DAY
        if not self.working:
            return min(least, day - self.days * DAY)
        for _ in range(self.days):
            while not is_working(day):
                day -= DAY
            day -= DAY
        return min(least, day)
