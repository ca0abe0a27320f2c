"""The working days of a country: its weekend and its public holidays."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import cache

import holidays

from imdi_planning.calendar_days import weekdays


@cache
def working_days(country: str) -> Callable[[date], bool]:
    """Whether a day is a working day there; Monday to Friday where nothing is known of the country."""
    try:
        return holidays.country_holidays(country).is_working_day
    except NotImplementedError:
        return weekdays
