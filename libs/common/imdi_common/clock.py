"""Time, injected: nothing in IMDI asks the machine for it directly."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import cache
from importlib.resources import files
from pathlib import Path
from zoneinfo import ZoneInfo

LATEST_ZONE_OFFSET = timedelta(hours=14)
"""UTC+14, the first zone on Earth to see a new day."""


class Clock:
    """The system's clock, shifted by the seconds written in ``offset_file`` where one is given (tests only)."""

    def __init__(self, offset_file: Path | None = None) -> None:
        self._offset_file = offset_file

    def now(self) -> datetime:
        """The moment, aware and in UTC."""
        return datetime.now(UTC) + self._offset()

    def _offset(self) -> timedelta:
        if self._offset_file is None or not self._offset_file.exists():
            return timedelta()
        return timedelta(seconds=float(self._offset_file.read_text() or 0))


@cache
def zone_of(country: str) -> ZoneInfo:
    """The main zone of an ISO 3166-1 alpha-2 country: the first that the tz database's ``zone.tab`` lists for it.

    A country that has no zone there is taken to be in UTC.
    """
    for line in files("tzdata.zoneinfo").joinpath("zone.tab").read_text("utf-8").splitlines():
        if line.startswith(f"{country}\t"):
            return ZoneInfo(line.split("\t")[2])
    return ZoneInfo("UTC")


def today_in(country: str, now: datetime) -> date:
    """The date in a country's main zone."""
    return now.astimezone(zone_of(country)).date()


def latest_today(now: datetime) -> date:
    """The latest date that it is anywhere: what "not in the future" is tested against."""
    return (now.astimezone(UTC) + LATEST_ZONE_OFFSET).date()


def start_of_day(day: date, country: str) -> datetime:
    """The moment at which a day begins in a country's main zone, in UTC."""
    return datetime(day.year, day.month, day.day, tzinfo=zone_of(country)).astimezone(UTC)
