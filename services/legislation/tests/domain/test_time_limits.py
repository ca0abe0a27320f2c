from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imdi_legislation.domain.drafts import BasisDraft
from imdi_legislation.domain.procedures import TimeLimit
from imdi_legislation.domain.time_limits import calendar_days
from imdi_planning.durations import duration

ACT = BasisDraft("ACT", None)


def limit(days: int | None = None, working: int | None = None, text: str | None = None) -> TimeLimit:
    return TimeLimit(days, working, text, ACT)


@pytest.mark.parametrize(
    ("said", "most"),
    [
        (None, None),
        (limit(0), 0),
        (limit(15), 15),
        (limit(working=0), 0),
        (limit(working=1), 3),
        (limit(working=4), 6),
        (limit(working=5), 7),
        (limit(working=6), 10),
        (limit(text="P2W"), 14),
        (limit(text="P1M"), 31),
        (limit(text="P2M"), 62),
        (limit(text="P1Y"), 366),
        (limit(text="P1M15D"), 46),
    ],
)
def test_a_limit_counts_for_as_many_days_as_it_gives_at_most(said: TimeLimit | None, most: int | None) -> None:
    assert calendar_days(said) == most


@given(st.integers(1, 60), st.dates(date(2024, 1, 1), date(2027, 12, 31)))
def test_no_span_of_months_is_longer(months: int, start: date) -> None:
    most = calendar_days(limit(text=f"P{months}M"))
    assert most is not None
    assert duration(f"P{months}M").after(start) <= start + timedelta(days=most)
