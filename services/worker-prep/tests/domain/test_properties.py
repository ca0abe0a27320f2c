"""What always holds between an item's state, a departure and the calendar."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from imdi_planning.calendars import working_days
from imdi_worker_prep.domain.announcements import Standing, of_items, of_preparation
from imdi_worker_prep.domain.departures import is_clear, lacking
from imdi_worker_prep.domain.items import Law, Result
from imdi_worker_prep.domain.plans import Days, plan
from imdi_worker_prep.domain.states import Work, expired, item_statuses, lapses_next, preparation_status

TODAY = date(2026, 12, 15)
CODES = ("passport", "medical", "police", "visa", "registration")
near = st.dates(date(2026, 11, 1), TODAY)
milestones = st.sets(st.sampled_from(["application", "visa", "departure", "arrival"])).map(frozenset)


@st.composite
def laws(draw: st.DrawFn) -> list[Law]:
    return [
        Law(
            code,
            "documents",
            applies=draw(st.sampled_from(["required", "required", "required", "unknown", "not_applicable"])),
            lead_days=draw(st.integers(0, 20)),
            validity=draw(st.sampled_from([None, "P10D", "P60D", "P6M"])),
            counted_from=draw(st.sampled_from(["performed_on", "issued_on"])),
            holds_at=draw(milestones),
            beyond=draw(st.sampled_from([None, None, "P1M"])),
        )
        for code in draw(st.lists(st.sampled_from(CODES), unique=True))
    ]


results = st.lists(
    st.builds(
        Result,
        st.sampled_from(["cleared", "cleared", "failed", "deferred", "conditionally_cleared"]),
        near,
        st.integers(1, 99),
        st.none() | near,
        st.none() | st.dates(TODAY, date(2027, 12, 1)),
    ),
    max_size=3,
    unique_by=lambda result: result.number,
).map(tuple)
works = st.dictionaries(st.sampled_from(CODES), st.builds(Work, results, st.booleans()))
departures = st.dates(TODAY, TODAY + timedelta(days=120))


@given(laws(), works, departures)
def test_who_is_clear_may_depart_on_the_day_planned(some: list[Law], work: dict[str, Work], departure: date) -> None:
    statuses = item_statuses(some, work, departure, TODAY)
    if is_clear(some, statuses, []):
        assert lacking(some, work, departure) == []


@given(laws(), works)
def test_who_may_depart_today_is_clear_for_today(some: list[Law], work: dict[str, Work]) -> None:
    statuses = item_statuses(some, work, TODAY, TODAY)
    assert is_clear(some, statuses, []) == (lacking(some, work, TODAY) == [])


@given(laws(), works, departures)
def test_a_clear_case_is_feasible(some: list[Law], work: dict[str, Work], departure: date) -> None:
    statuses = item_statuses(some, work, departure, TODAY)
    if is_clear(some, statuses, []):
        assert plan(some, work, statuses, Days(TODAY, departure), working_days("PH")).feasible


@given(laws(), works, departures)
def test_nothing_changes_between_two_lapses(some: list[Law], work: dict[str, Work], departure: date) -> None:
    """So a due row on the day after the next lapse misses nothing."""
    ends = lapses_next(some, work, TODAY)
    last = min(ends or departure, departure)
    assert item_statuses(some, work, departure, TODAY) == item_statuses(some, work, departure, last)


@given(laws(), works, departures)
def test_the_day_after_a_lapse_requires_again(some: list[Law], work: dict[str, Work], departure: date) -> None:
    ends = lapses_next(some, work, TODAY)
    if ends:
        after = ends + timedelta(days=1)
        lapsed = expired(some, work, after) - expired(some, work, TODAY)
        assert lapsed
        statuses = item_statuses(some, work, departure, after)
        assert {statuses[code] for code in lapsed} <= {"required", "scheduled", "unknown", "not_applicable"}


@given(laws(), works, works, departures)
def test_every_clearance_won_or_lost_is_told_once(
    some: list[Law], work: dict[str, Work], later: dict[str, Work], departure: date
) -> None:
    before = Standing("in_progress", item_statuses(some, work, departure, TODAY))
    after = Standing("in_progress", item_statuses(some, later, departure, TODAY))
    told = of_items(some, before, after, expired(some, later, TODAY))
    won = [law.code for law in some if after.items[law.code] == "cleared" != before.items[law.code]]
    assert [one.item for one in told if one.what.startswith("worker.")] == won
    assert len({one.item for one in told}) == len(told)


@given(st.lists(st.booleans(), max_size=8))
def test_cleared_and_revoked_are_told_in_turn(clear: list[bool]) -> None:
    status, told = preparation_status("opened", determined=True, clear=False, begun=False), []
    for now in clear:
        then = preparation_status(status, determined=True, clear=now, begun=True)
        told += [one.what for one in of_preparation(Standing(status, {}), Standing(then, {}))]
        status = then
    turns = ["worker.cleared-to-depart", "clearance.revoked"]
    assert told == [turns[number % 2] for number in range(len(told))]
    assert (status == "cleared") == (clear[-1] if clear else False)
