from __future__ import annotations

from datetime import date

import pytest

from imdi_worker_prep.domain.items import Law, Outcome, Result
from imdi_worker_prep.domain.states import (
    NOTHING,
    Status,
    Work,
    item_status,
    item_statuses,
    lapses_next,
    preparation_status,
)

TODAY = date(2026, 12, 20)
DEPARTURE = date(2027, 2, 8)
AT_BOTH = frozenset({"visa", "departure"})
MEDICAL = Law("medical", "medical", validity="P60D", holds_at=AT_BOTH)


def performed(day: date, outcome: Outcome = "cleared", number: int = 1) -> Result:
    return Result(outcome, day, number)


@pytest.mark.parametrize(
    ("work", "departure", "today", "status"),
    [
        (NOTHING, DEPARTURE, TODAY, "required"),
        (Work(booked=True), DEPARTURE, TODAY, "scheduled"),
        (Work((performed(date(2026, 12, 10)),)), DEPARTURE, TODAY, "cleared"),
        (Work((performed(date(2026, 12, 10)),)), date(2027, 2, 9), TODAY, "expiring"),
        (Work((performed(date(2026, 12, 10)),), booked=True), date(2027, 2, 9), TODAY, "expiring"),
        (Work((performed(date(2026, 12, 10)),)), date(2027, 2, 9), date(2027, 2, 8), "expiring"),
        (Work((performed(date(2026, 12, 10)),)), date(2027, 2, 9), date(2027, 2, 9), "required"),
        (Work((performed(date(2026, 12, 10)),)), DEPARTURE, date(2027, 2, 9), "required"),
        (Work((performed(date(2026, 12, 10)),), booked=True), DEPARTURE, date(2027, 2, 9), "scheduled"),
        (Work((performed(date(2026, 12, 10), "conditionally_cleared"),)), DEPARTURE, TODAY, "conditionally_cleared"),
        (Work((performed(date(2026, 12, 10), "deferred"),)), DEPARTURE, TODAY, "deferred"),
        (Work((performed(date(2026, 12, 10), "failed"),)), DEPARTURE, TODAY, "failed"),
        (Work((performed(date(2026, 12, 10), "failed"),), booked=True), DEPARTURE, TODAY, "scheduled"),
        (Work((performed(date(2026, 12, 10)), performed(date(2026, 12, 12), "failed", 2))), DEPARTURE, TODAY, "failed"),
        (Work((performed(date(2026, 12, 10)), performed(date(2026, 12, 1), "failed", 2))), DEPARTURE, TODAY, "cleared"),
    ],
)
def test_where_an_item_stands(work: Work, departure: date, today: date, status: str) -> None:
    assert item_status(MEDICAL, AT_BOTH, work, departure, today) == status


def test_what_holds_only_at_the_visa_is_never_taken_back_by_the_calendar() -> None:
    work = Work((performed(date(2026, 12, 10)),))
    assert item_status(MEDICAL, frozenset({"visa"}), work, DEPARTURE, date(2027, 2, 20)) == "cleared"
    assert item_status(MEDICAL, frozenset({"visa"}), work, date(2026, 12, 9), TODAY) == "required"


def test_arrival_items_are_cleared_by_any_clearance() -> None:
    work = Work((performed(date(2027, 3, 1)),))
    assert item_status(Law("reg", "permit"), frozenset({"arrival"}), work, DEPARTURE, TODAY) == "cleared"


def test_what_the_law_does_not_ask_or_does_not_know_stays_so() -> None:
    laws = [Law("a", "medical", applies="unknown"), Law("b", "medical", applies="not_applicable"), Law("c", "permit")]
    work = {"a": Work((performed(TODAY),)), "b": Work((performed(TODAY),)), "c": Work((performed(TODAY),))}
    assert item_statuses(laws, work, DEPARTURE, TODAY) == {"a": "unknown", "b": "not_applicable", "c": "cleared"}


def test_the_next_lapse_is_the_first_clearance_to_end() -> None:
    laws = [MEDICAL, Law("police", "security", validity="P30D"), Law("spared", "permit", applies="not_applicable")]
    work = {
        "medical": Work((performed(date(2026, 12, 10)),)),
        "police": Work((performed(date(2026, 12, 10)),)),
        "spared": Work((performed(date(2026, 12, 10)),)),
    }
    assert lapses_next(laws, work, TODAY) == date(2027, 1, 9)
    assert lapses_next(laws, work, date(2027, 1, 9)) == date(2027, 1, 9)
    assert lapses_next(laws, work, date(2027, 1, 10)) == DEPARTURE
    assert lapses_next(laws, work, date(2027, 2, 9)) is None
    assert lapses_next([Law("passport", "documents")], {"passport": Work((performed(TODAY),))}, TODAY) is None


@pytest.mark.parametrize(
    ("now", "determined", "clear", "begun", "then"),
    [
        ("opened", False, True, False, "opened"),
        ("opened", True, False, False, "planned"),
        ("opened", True, False, True, "in_progress"),
        ("planned", True, True, True, "cleared"),
        ("in_progress", True, False, True, "in_progress"),
        ("cleared", True, False, True, "revoked"),
        ("revoked", True, False, True, "revoked"),
        ("revoked", True, True, True, "cleared"),
        ("departed", True, False, True, "departed"),
        ("arrived", True, True, True, "arrived"),
        ("closed", True, True, True, "closed"),
    ],
)
def test_where_a_preparation_stands(now: Status, determined: bool, clear: bool, begun: bool, then: Status) -> None:
    assert preparation_status(now, determined=determined, clear=clear, begun=begun) == then
