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
    """How long after the last prerequisite an item ends: ``days``, of the calendar or ``working`` ones."""

    days: int = 0
    working: bool = False

    def after(self, day: date, is_working: IsWorking) -> date:
        """The day on which a step begun after ``day`` ends."""
        if not self.working:
            return day + self.days * DAY
        for _ in range(self.days):
            day += DAY
            while not is_working(day):
                day += DAY
        return day

    def before(self, day: date, is_working: IsWorking) -> date:
        """The last day after which the step can begin and still end by ``day``."""
        if not self.working:
            return day - self.days * DAY
        for _ in range(self.days):
            while not is_working(day):
                day -= DAY
            day -= DAY
        return day
