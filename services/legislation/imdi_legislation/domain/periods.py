"""The days on which a rule may bind: within the calendar, and no longer than its basis allows."""

from __future__ import annotations

from datetime import date, timedelta

from imdi_legislation.domain.effects import Bar, Effect
from imdi_legislation.domain.fields import FieldError
from imdi_planning.durations import duration

_EARLIEST, _LATEST = date(1800, 1, 1), date(2999, 12, 31)
"""Between them a rule, or an entry, begins, so that its first day has a day before it, and a day after."""


def beginning_error(begins: date) -> FieldError | None:
    """What is wrong with the first day of a rule."""
    if _EARLIEST <= begins <= _LATEST:
        return None
    return FieldError("from", "range", f"A day from {_EARLIEST} to {_LATEST}.")


def end_error(effect: Effect, begins: date, ends: date | None) -> FieldError | None:
    """What is wrong with the last day of a rule that must end; to go on, it is made anew as its next version.

    Six months from 1 January end on 30 June: both days are days on which it binds.
    """
    if not isinstance(effect, Bar) or effect.longest is None:
        return None
    if ends is None:
        return FieldError("until", "required", "A bar that may last for a limited time only says when it ends.")
    try:
        last = duration(effect.longest).after(begins) - timedelta(days=1)
    except (ValueError, OverflowError):  # beyond the calendar
        return None
    if ends <= last:
        return None
    return FieldError("until", "longest", f"From {begins} it may bind until {last}, and be renewed as a next version.")
