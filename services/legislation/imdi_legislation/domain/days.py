"""Days of the law as sources give them: a day, or only its month or year."""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

WRITTEN = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?", re.ASCII)


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """The days, first and last, on one of which it happened."""

    first: date
    last: date

    @property
    def exact(self) -> bool:
        return self.first == self.last


def span(text: str) -> Span:
    """Read ``2017``, ``2017-10`` or ``2017-10-10``; ``ValueError`` for any other text."""
    found = WRITTEN.fullmatch(text)
    if found is None:
        raise ValueError("a day is written as in 2017-10-10, a month 2017-10, a year 2017")
    year, month, day = found.groups()
    first = date(int(year), int(month or 1), int(day or 1))
    if day:
        return Span(first, first)
    last = date(first.year, int(month or 12), 1)
    return Span(first, last.replace(day=calendar.monthrange(last.year, last.month)[1]))


def is_span(value: Any) -> bool:
    if not isinstance(value, str):
        return False
    try:
        span(value)
    except ValueError:
        return False
    return True


def the_one_day(spans: Iterable[Span]) -> date | None:
    """The day on which all sources agree, where each gives a day."""
    found = set(spans)
    return found.pop().first if len(found) == 1 and all(each.exact for each in found) else None
