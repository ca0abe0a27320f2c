"""Days that are longer, shorter or rarer than others: clocks put forward and back, 29 February, months' ends."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imdi_common.clock import start_of_day, today_in, zone_of
from imdi_legislation.domain.cases import Worker, worker_facts
from imdi_legislation.domain.determination import conclude
from imdi_legislation.domain.effects import Bar
from imdi_legislation.domain.law import Law
from imdi_legislation.domain.periods import end_error
from imdi_legislation.domain.rules import Rule

MakeRule = Callable[..., Rule]
DAY, SECOND = timedelta(days=1), timedelta(seconds=1)
CHANGING = ("DE", "LB", "EG", "PS", "MA", "CL", "CU", "US", "AU", "MD")
"""Origins whose clocks change: at midnight too (LB, EG, CL, CU), by half an hour (AU), for a month of fasting (MA)."""
ADULT = {"criterion": "age", "min": 18}
YOUTH = {"criterion": "age", "max": 17}
BORN = st.dates(date(1960, 1, 1), date(2010, 12, 31)) | st.integers(490, 502).map(lambda four: date(four * 4, 2, 29))


@cache
def changes(country: str) -> list[datetime]:
    """The moments, to the second, at which a country's clocks change in 2027 and 2028."""

    def offset(moment: datetime) -> timedelta | None:
        return moment.astimezone(zone_of(country)).utcoffset()

    def first_other(low: datetime, high: datetime) -> datetime:
        while high - low > SECOND:
            middle = low + timedelta(seconds=(high - low) // SECOND // 2)
            low, high = (middle, high) if offset(middle) == offset(low) else (low, middle)
        return high

    days = [datetime(2027, 1, 1, tzinfo=UTC) + n * DAY for n in range(2 * 365)]
    return [first_other(day, day + DAY) for day in days if offset(day) != offset(day + DAY)]


@pytest.mark.parametrize("country", CHANGING)
def test_clocks_change_where_it_is_said_that_they_do(country: str) -> None:
    assert len(changes(country)) >= 4


@given(st.sampled_from(CHANGING).flatmap(lambda at: st.tuples(st.just(at), st.sampled_from(changes(at)))), st.data())
def test_a_rule_of_one_day_binds_from_the_first_to_the_last_second_of_it_in_the_origin(
    rule: MakeRule, turn: tuple[str, datetime], data: st.DataObject
) -> None:
    country, changed = turn
    day = today_in(country, changed) + data.draw(st.integers(-1, 1)) * DAY
    begins, ends = start_of_day(day, country), start_of_day(day + DAY, country)
    edges = st.sampled_from([begins - SECOND, begins, ends - SECOND, ends, changed - SECOND, changed])
    moment = data.draw(edges | st.integers(-180_000, 180_000).map(lambda seconds: changed + seconds * SECOND))
    today = today_in(country, moment)
    law = Law(1, [rule(origins=country, begins=day, ends=day)], {})
    assert bool(law.binding(country, "SA", "5322", today, today)) is (begins <= moment < ends)


@given(st.sampled_from(CHANGING).flatmap(lambda at: st.tuples(st.just(at), st.sampled_from(changes(at)))), st.data())
def test_a_case_opened_before_the_first_second_of_a_sparing_rule_is_spared(
    rule: MakeRule, turn: tuple[str, datetime], data: st.DataObject
) -> None:
    country, changed = turn
    day = today_in(country, changed) + data.draw(st.integers(0, 1)) * DAY
    begins = start_of_day(day, country)
    edges = st.sampled_from([begins - SECOND, begins, changed - SECOND, changed])
    moment = data.draw(edges | st.integers(-180_000, 180_000).map(lambda seconds: changed + seconds * SECOND))
    law = Law(1, [rule(origins=country, begins=day, opened_after=True)], {})
    later = day + 90 * DAY
    assert bool(law.binding(country, "SA", "5322", later, today_in(country, moment))) is (moment >= begins)


@pytest.mark.parametrize(
    ("country", "day", "hours"),
    [
        ("DE", date(2027, 3, 28), 23),
        ("DE", date(2027, 10, 31), 25),
        ("LB", date(2027, 3, 28), 23),
        ("LB", date(2027, 10, 30), 25),
        ("AU", date(2027, 4, 4), 24.5),
        ("NP", date(2027, 3, 28), 24),
    ],
)
def test_the_days_on_which_clocks_change_have_so_many_hours(country: str, day: date, hours: float) -> None:
    assert start_of_day(day + DAY, country) - start_of_day(day, country) == timedelta(hours=hours)


@pytest.mark.parametrize(
    ("begins", "ends", "bound"),
    [
        (date(2028, 2, 29), date(2028, 2, 29), "2028-02-29"),
        (date(2028, 2, 29), None, "2028-02-29 2028-03-01 9999-12-31"),
        (date(2028, 2, 28), date(2028, 2, 28), "2028-02-28"),
        (date(2028, 3, 1), date(9999, 12, 31), "2028-03-01 9999-12-31"),
        (date(2027, 3, 1), date(2028, 2, 29), "2028-02-28 2028-02-29"),
        (date(2028, 2, 29), date(2028, 2, 28), ""),
    ],
)
def test_a_rule_binds_on_its_days_alone(rule: MakeRule, begins: date, ends: date | None, bound: str) -> None:
    """Of one day, open-ended, to the calendar's last day, and of none: retired on its first."""
    law = Law(1, [rule(begins=begins, ends=ends)], {})
    days = [date(2028, 2, 28), date(2028, 2, 29), date(2028, 3, 1), date.max]
    assert [str(day) for day in days if law.binding("PH", "SA", "5322", day, day)] == bound.split()


def birthdays(born: date) -> Iterator[tuple[int, date]]:
    """Each age and the day on which it is reached: who was born on 29 February waits for 1 March in a common year."""
    for years in range(15, 60):
        try:
            yield years, born.replace(year=born.year + years)
        except ValueError:
            yield years, date(born.year + years, 3, 1)


def stands(rule: Rule, born: date, on: date) -> str:
    [criterion] = conclude([rule], worker_facts(Worker(born, None, None, "PH"), on)).criteria
    return criterion.status


@given(BORN)
def test_one_is_eighteen_on_the_day_and_not_the_day_before(rule: MakeRule, born: date) -> None:
    adult, youth = rule("a", ADULT, "criterion"), rule("y", YOUTH, "criterion")
    eighteenth = dict(birthdays(born))[18]
    assert [stands(adult, born, day) for day in (eighteenth - DAY, eighteenth)] == ["not_met", "met"]
    assert [stands(youth, born, day) for day in (eighteenth - DAY, eighteenth)] == ["met", "not_met"]


@given(BORN)
def test_a_year_is_counted_on_the_birthday(born: date) -> None:
    for years, day in birthdays(born):
        ages = [worker_facts(Worker(born, None, None, None), on)["worker.age"] for on in (day - DAY, day)]
        assert ages == [years - 1, years]


@pytest.mark.parametrize(
    ("longest", "begins", "last"),
    [
        ("P6M", date(2026, 8, 31), date(2027, 2, 27)),
        ("P6M", date(2027, 8, 29), date(2028, 2, 28)),
        ("P6M", date(2027, 8, 30), date(2028, 2, 28)),
        ("P6M", date(2027, 8, 31), date(2028, 2, 28)),
        ("P6M", date(2027, 9, 1), date(2028, 2, 29)),
        ("P1M", date(2027, 1, 31), date(2027, 2, 27)),
        ("P1M", date(2028, 1, 31), date(2028, 2, 28)),
        ("P1M", date(2028, 2, 29), date(2028, 3, 28)),
        ("P1Y", date(2028, 2, 29), date(2029, 2, 27)),
        ("P4Y", date(2028, 2, 29), date(2032, 2, 28)),
        ("P1D", date(2028, 2, 29), date(2028, 2, 29)),
        ("P30D", date(2028, 1, 31), date(2028, 2, 29)),
    ],
)
def test_a_ban_for_a_time_ends_by_the_calendar(longest: str, begins: date, last: date) -> None:
    """The month that is too short gives its last day, on which the time is over: the ban ends the day before."""
    ban = Bar("recruitment", "Closed", longest)
    assert end_error(ban, begins, last) is None
    too_late = end_error(ban, begins, last + DAY)
    assert too_late is not None
    assert too_late.rule == "longest"
