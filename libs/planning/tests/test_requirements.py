"""What the law asks, as the scheduler reads it."""

from __future__ import annotations

from datetime import date

import pytest

from imdi_planning.calendar_days import Lead
from imdi_planning.calendars import working_days
from imdi_planning.requirements import to_plan
from imdi_worker_prep.domain.items import Law

MONDAY = date(2027, 3, 1)


@pytest.mark.parametrize(
    ("days", "working", "lead"),
    [
        (None, None, Lead()),
        (4, None, Lead(4)),
        (None, 3, Lead(3, working=True)),
        (4, 3, Lead(3, working=True, least=4)),
        (0, 3, Lead(3, working=True)),
        (4, 0, Lead(0, working=True, least=4)),
    ],
)
def test_a_lead_in_either_kind_of_days_or_in_both(days: int | None, working: int | None, lead: Lead) -> None:
    assert to_plan(Law("visa", "permit", lead_days=days, lead_working_days=working), None).lead == lead


@pytest.mark.parametrize(
    ("country", "days", "working", "begins", "ends"),
    [
        ("PH", 4, 3, MONDAY, "2027-03-05"),  # by working days Thursday 4 March
        ("PH", 4, 3, date(2027, 3, 24), "2027-03-31"),  # over Maundy Thursday, Good Friday and the weekend
        ("DE", 4, 3, date(2027, 3, 24), "2027-03-31"),  # over Good Friday to Easter Monday
        ("DE", 9, 3, date(2027, 3, 24), "2027-04-02"),
    ],
)
def test_weekends_and_holidays_decide_which_of_both_ends_later(
    country: str, days: int, working: int, begins: date, ends: str
) -> None:
    lead = to_plan(Law("visa", "permit", lead_days=days, lead_working_days=working), None).lead
    assert lead.after(begins, working_days(country)) == date.fromisoformat(ends)
