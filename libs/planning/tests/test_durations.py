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
    ("text", "shortest", "longest"),
    [
        ("P60D", 60, 60),
        ("P1M", 28, 31),
        ("P2M", 59, 62),
        ("P3M", 89, 92),
        ("P6M", 181, 184),
        ("P1Y", 365, 366),
        ("P8Y", 2921, 2922),
        ("P1M2D", 30, 33),
        ("P0D", 0, 0),
        ("P400Y", 146_097, 146_097),
        ("P400Y1M", 146_125, 146_128),
    ],
)
def test_the_fewest_and_the_most_days_of_a_duration(text: str, shortest: int, longest: int) -> None:
    assert (duration(text).shortest, duration(text).longest) == (shortest, longest)


@pytest.mark.parametrize("months", [1, 2, 3, 5, 11, 12, 13, 18, 24, 48, 50, 97])
def test_they_are_those_of_all_the_days_of_the_calendar(months: int) -> None:
    """Around a leap day, around one that is left out, and in the years between."""
    around = [date(year, 1, 1) + timedelta(days=n) for year in (1892, 1992, 2025) for n in range(12 * 366)]
    held = Duration(months, 0)
    spans = {(held.after(day) - day).days for day in around}
    assert (held.shortest, held.longest) == (min(spans), max(spans))


@given(DAYS, st.integers(0, 60), st.integers(0, 400))
def test_none_is_outside_of_them(day: date, months: int, days: int) -> None:
    held = Duration(months, days)
    assert held.shortest <= (held.after(day) - day).days <= held.longest


@pytest.mark.parametrize(
    ("start", "lead", "end"),
    [
        ("2026-11-27", Lead(1, working=True), "2026-11-30"),
        ("2026-11-28", Lead(1, working=True), "2026-11-30"),
        ("2026-11-23", Lead(5, working=True), "2026-11-30"),
        ("2026-11-23", Lead(0, working=True), "2026-11-23"),
        ("2026-11-27", Lead(3), "2026-11-30"),
        ("2027-03-01", Lead(3, working=True, least=4), "2027-03-05"),
        ("2027-03-03", Lead(3, working=True, least=4), "2027-03-08"),
    ],
)
def test_a_lead_counts_calendar_or_working_days(start: str, lead: Lead, end: str) -> None:
    assert lead.after(date.fromisoformat(start), weekdays) == date.fromisoformat(end)


LEADS = st.builds(Lead, st.integers(0, 30), st.booleans(), st.integers(0, 40))


@given(DAYS, LEADS)
def test_the_last_day_to_begin_still_ends_in_time_and_the_next_does_not(day: date, lead: Lead) -> None:
    begin = lead.before(day, weekdays)
    assert lead.after(begin, weekdays) <= day
    assert lead.after(begin + timedelta(days=1), weekdays) > day


@given(DAYS, LEADS)
def test_of_two_leads_the_one_that_ends_later_counts(day: date, lead: Lead) -> None:
    only = Lead(lead.days, lead.working)
    assert lead.after(day, weekdays) == max(only.after(day, weekdays), Lead(lead.least).after(day, weekdays))


def test_what_is_longer_than_the_calendar_reaches_back_holds_from_its_first_day() -> None:
    assert duration("P999Y9999M9999W99999D").first_reaching(date(2027, 2, 1)) == date.min
