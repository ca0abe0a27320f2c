from __future__ import annotations

from datetime import date

from imdi_planning.calendars import working_days
from imdi_worker_prep.domain.items import Law, Result
from imdi_worker_prep.domain.plans import Days, plan
from imdi_worker_prep.domain.states import Work, item_statuses

DAYS = Days(today=date(2026, 11, 23), departure_on=date(2027, 3, 1))
LAWS = [
    Law("passport", "documents"),
    Law("medical", "medical", after=("passport",), lead_days=7, validity="P60D"),
    Law("spared", "security", applies="not_applicable"),
    Law("registration", "permit", lead_days=7, holds_at=frozenset({"arrival"})),
]


def test_what_applies_is_planned_backwards_from_departure() -> None:
    statuses = item_statuses(LAWS, {}, DAYS.departure_on, DAYS.today)
    made = plan(LAWS, {}, statuses, DAYS, working_days("PH"))
    assert set(made.slots) == {"passport", "medical", "registration"}
    assert made.slots["medical"].earliest_on == date(2026, 12, 31)
    assert made.slots["passport"].latest_on == date(2027, 2, 22)
    assert made.slots["registration"].latest_on == date(2027, 3, 8)
    assert made.feasible


def test_a_cleared_item_was_done_on_its_day_and_a_short_one_warns() -> None:
    work = {
        "passport": Work((Result("cleared", date(2026, 11, 20), 1),)),
        "medical": Work((Result("cleared", date(2026, 11, 22), 2),)),
    }
    statuses = item_statuses(LAWS, work, DAYS.departure_on, DAYS.today)
    made = plan(LAWS, work, statuses, DAYS, working_days("PH"))
    assert made.slots["passport"].due_on == made.slots["passport"].earliest_on == date(2026, 11, 20)
    assert statuses["medical"] == "expiring"
    assert made.slots["medical"].earliest_on == date(2026, 12, 31)
    assert [(one.item, one.milestone, one.by_days) for one in made.lapses] == [("medical", "departure", 39)]


def test_a_departure_overdue_has_outlived_its_clearances() -> None:
    work = {"medical": Work((Result("cleared", date(2027, 1, 5), 1),))}
    for today, feasible in ((date(2027, 3, 6), True), (date(2027, 3, 7), False)):
        days = Days(today=today, departure_on=date(2027, 3, 1))
        laws = LAWS[1:2]
        statuses = item_statuses(laws, work, days.departure_on, days.today)
        assert plan(laws, work, statuses, days, working_days("PH")).feasible is feasible
    gone = Days(today=date(2027, 5, 1), departure_on=date(2027, 3, 1), departed_on=date(2027, 3, 1))
    assert plan(laws, work, {"medical": "cleared"}, gone, working_days("PH")).feasible
