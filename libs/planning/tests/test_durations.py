from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imdi_planning.calendar_days import Lead, weekdays
from imdi_planning.durations import Duration, duration

DAYS = st.dates(date(1990, 1, 1), date(2090, 1, 1))


@pytest.mark.parametrize(
    ("start", "text", "end"),
    [
        ("2026-12-10", "P60D", "2027-02-08"),
        ("2026-08-31", "P6M", "2027-02-28"),
        ("2027-08-31", "P6M", "2028-02-29"),
        ("2028-02-29", "P1Y", "2029-02-28"),
        ("2026-01-31", "P1M", "2026-02-28"),
        ("2024-01-31", "P1M", "2024-02-29"),
        ("2027-01-31", "P1M1D", "2027-03-01"),
        ("2026-01-01", "P2W", "2026-01-15"),
        ("2026-01-01", "P1Y6M10D", "2027-07-11"),
        ("2026-01-01", "P0D", "2026-01-01"),
    ],
)
def test_a_duration_reaches_a_day(start: str, text: str, end: str) -> None:
    assert duration(text).after(date.fromisoformat(start)) == date.fromisoformat(end)


@pytest.mark.parametrize(
    "text",
    ["", "P", "60D", "P1H", "PT5H", "P-1D", "P1.5M", "p60d", "P60D ", "P1D1M", "P999999D", "P\uff16\uff10D"],
)
def test_any_other_text_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="a duration is written"):
        duration(text)


@given(DAYS, st.integers(0, 48), st.integers(0, 400))
def test_more_never_ends_earlier(began: date, months: int, days: int) -> None:
    last = Duration(months, days).after(began)
    assert began <= last <= Duration(months + 1, days).after(began)
    assert last < Duration(months, days + 1).after(began)


@given(DAYS, st.integers(0, 60), st.integers(0, 400))
def test_the_first_day_that_reaches_is_the_first(day: date, months: int, days: int) -> None:
    length = Duration(months, days)
    first = length.first_reaching(day)
    assert length.after(first) >= day
    assert length.after(first - timedelta(days=1)) < day


@pytest.mark.parametrize(
    ("start", "lead", "end"),
    [
        ("2026-11-27", Lead(1, working=True), "2026-11-30"),
        ("2026-11-28", Lead(1, working=True), "2026-11-30"),
        ("2026-11-23", Lead(5, working=True), "2026-11-30"),
        ("2026-11-23", Lead(0, working=True), "2026-11-23"),
        ("2026-11-27", Lead(3), "2026-11-30"),
    ],
)
def test_a_lead_counts_calendar_or_working_days(start: str, lead: Lead, end: str) -> None:
    assert lead.after(date.fromisoformat(start), weekdays) == date.fromisoformat(end)


@given(DAYS, st.integers(0, 30), st.booleans())
def test_the_last_day_to_begin_still_ends_in_time_and_the_next_does_not(day: date, days: int, working: bool) -> None:
    lead = Lead(days, working)
    begin = lead.before(day, weekdays)
    assert lead.after(begin, weekdays) <= day
    assert lead.after(begin + timedelta(days=1), weekdays) > day


def test_what_is_longer_than_the_calendar_reaches_back_holds_from_its_first_day() -> None:
    assert duration("P999Y9999M9999W99999D").first_reaching(date(2027, 2, 1)) == date.min
