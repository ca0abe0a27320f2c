from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imdi_planning.calendars import working_days
from imdi_planning.requirements import to_plan, valid_until
from imdi_worker_prep.domain.items import Law, Result, clearance, holds_at, holds_on, newest

DAY = date(2026, 12, 10)
MEDICAL = Law("medical", "medical", validity="P60D", holds_at=frozenset({"visa", "departure"}))
results = st.lists(
    st.builds(
        Result,
        st.sampled_from(["cleared", "conditionally_cleared", "deferred", "failed"]),
        st.dates(date(2026, 11, 1), date(2026, 11, 5)),
        st.integers(0, 1000),
    ),
    max_size=6,
    unique_by=lambda result: result.number,
)


@pytest.mark.parametrize(
    ("law", "issued_on", "expires_on", "until"),
    [
        (MEDICAL, None, None, date(2027, 2, 8)),
        (MEDICAL, None, date(2027, 1, 1), date(2027, 1, 1)),
        (MEDICAL, None, date(2030, 1, 1), date(2027, 2, 8)),
        (MEDICAL, date(2026, 10, 1), None, date(2027, 2, 8)),
        (Law("p", "documents"), None, None, None),
        (Law("p", "documents"), None, date(2031, 5, 1), date(2031, 5, 1)),
        (Law("n", "security", validity="P1Y", counted_from="issued_on"), date(2026, 3, 31), None, date(2027, 3, 31)),
        (Law("n", "security", validity="P1Y", counted_from="issued_on"), None, None, date(2027, 12, 10)),
        (Law("x", "permit", validity="P1M"), None, None, date(2027, 1, 10)),
    ],
)
def test_valid_until(law: Law, issued_on: date | None, expires_on: date | None, until: date | None) -> None:
    assert valid_until(law, Result("cleared", DAY, 1, issued_on, expires_on)) == until


def test_newest_is_the_latest_performed_then_the_latest_recorded() -> None:
    old, late_record = Result("cleared", date(2026, 12, 5), 1), Result("failed", date(2026, 12, 1), 2)
    assert newest([old, late_record]) == old
    correction = Result("failed", date(2026, 12, 5), 3)
    assert newest([old, late_record, correction]) == correction
    assert clearance([old, correction]) is None
    assert clearance([old, Result("failed", DAY, 4)], by=date(2026, 12, 9)) == old
    assert newest([]) is None
    assert newest([old], by=date(2026, 12, 4)) is None


@given(results)
def test_the_order_in_which_results_are_read_does_not_matter(some: list[Result]) -> None:
    assert newest(some) == newest(list(reversed(some)))


@pytest.mark.parametrize(
    ("law", "milestones", "expires_on", "day", "holds"),
    [
        (MEDICAL, {"visa", "departure"}, None, date(2027, 2, 8), True),
        (MEDICAL, {"visa", "departure"}, None, date(2027, 2, 9), False),
        (MEDICAL, {"visa"}, None, date(2028, 2, 9), True),
        (MEDICAL, {"visa", "departure"}, None, date(2026, 12, 9), False),
        (MEDICAL, {"visa"}, None, date(2026, 12, 9), False),
        (Law("passport", "documents", beyond="P6M"), {"departure"}, date(2027, 9, 1), date(2027, 3, 1), True),
        (Law("passport", "documents", beyond="P6M"), {"departure"}, date(2027, 8, 31), date(2027, 3, 1), False),
        (Law("passport", "documents", beyond="P6M"), {"departure"}, None, date(2027, 3, 1), True),
    ],
)
def test_holding_on_a_day(law: Law, milestones: set[str], expires_on: date | None, day: date, holds: bool) -> None:
    result = Result("cleared", DAY, 1, expires_on=expires_on)
    assert holds_on(law, frozenset(milestones), result, day) is holds


def test_milestones_that_count() -> None:
    laws = [
        Law("visa", "permit", holds_at=frozenset({"visa", "application"})),
        MEDICAL,
        Law("spared", "medical", applies="not_applicable"),
    ]
    assert holds_at(laws) == {"visa": {"departure"}, "medical": {"visa", "departure"}}


def test_the_scheduler_is_told_leads_and_results() -> None:
    planned = to_plan(Law("visa", "permit", lead_working_days=5, validity="P3M"), Result("cleared", DAY, 1))
    assert (planned.lead.days, planned.lead.working) == (5, True)
    assert (planned.performed_on, planned.valid_until) == (DAY, date(2027, 3, 10))
    assert to_plan(Law("a", "permit", lead_days=3), None).lead.days == 3
    both = to_plan(Law("a", "permit", lead_days=7, lead_working_days=5), None).lead
    assert (both.days, both.working, both.least) == (5, True, 7)


@pytest.mark.parametrize(
    ("country", "day", "works"),
    [
        ("SA", date(2026, 11, 27), False),  # Friday
        ("SA", date(2026, 11, 29), True),  # Sunday
        ("PH", date(2026, 12, 25), False),
        ("PH", date(2026, 12, 10), True),
        ("XX", date(2026, 11, 28), False),
        ("XX", date(2026, 11, 27), True),
    ],
)
def test_working_days_of_a_country(country: str, day: date, works: bool) -> None:
    assert working_days(country)(day) is works
