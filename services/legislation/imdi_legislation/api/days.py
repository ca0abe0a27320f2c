"""Days of the law over HTTP: it is older than the days of other services, and may be said to end with the calendar."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from pydantic import BeforeValidator

from imdi_common.clock import latest_today
from imdi_common.problems import invalid
from imdi_common.shapes import written_day

Day = Annotated[date, BeforeValidator(written_day)]
"""``YYYY-MM-DD``."""


def known_day(known_on: date | None, now: datetime) -> date | None:
    """The day as of which is asked what was known; 422 where it has not come yet."""
    if known_on and known_on > latest_today(now):
        raise invalid("known_on", "not_in_future", "Nobody knows yet what will be known then.")
    return known_on
