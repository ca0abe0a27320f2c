from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imdi_planning.calendar_days import Lead
from imdi_planning.durations import duration
from imdi_planning.schedule import Case, Item, Lapse, schedule

TODAY = date(2026, 11, 23)
DEPARTURE = date(2027, 3, 1)


def day(text: str) -> date:
    return date.fromisoformat(text)


def at(*milestones: str) -> frozenset[str]:
    return frozenset(milestones)


def case(*items: Item, **changed: Any) -> Case:
    return Case(items, **({"today": TODAY, "departure_on": DEPARTURE} | changed))


def test_an_item_without_validity_can_be_done_after_its_lead_and_until_departure() -> None:
    slot = schedule(case(Item("orientation", lead=Lead(7)))).slots["orientation"]
    assert (slot.earliest_on, slot.latest_on, slot.due_on) == (day("2026-11-30"), DEPARTURE, day("2027-01-14"))


def test_an_item_is_not_planned_before_the_day_from_which_it_holds() -> None:
    plan = schedule(case(Item("medical_examination", validity=duration("P60D"))))
    assert plan.slots["medical_examination"].earliest_on == day("2026-12-31")
    assert plan.feasible


def test_prerequisites_and_leads_push_forwards_and_pull_backwards() -> None:
    plan = schedule(case(Item("passport", lead=Lead(10)), Item("permit", after=("passport",), lead=Lead(20))))
    assert plan.slots["passport"].earliest_on == day("2026-12-03")
    assert plan.slots["permit"].earliest_on == day("2026-12-23")
    assert plan.slots["passport"].latest_on == DEPARTURE - timedelta(days=20)


def test_prerequisites_that_are_not_there_are_ignored() -> None:
    plan = schedule(case(Item("permit", after=("nowhere", "permit"))))
    assert plan.slots["permit"].earliest_on == TODAY


def test_what_holds_at_the_visa_comes_before_the_visa_and_holds_on_its_latest_day() -> None:
    medical = Item("medical_examination", validity=duration("P60D"), holds_at=at("visa", "departure"))
    plan = schedule(case(medical, Item("visa", lead=Lead(14)), Item("exit_permit", after=("visa",), lead=Lead(5))))
    assert plan.milestones["visa"] == DEPARTURE - timedelta(days=5)
    assert plan.milestones["application"] == DEPARTURE - timedelta(days=19)
    assert plan.slots["medical_examination"].latest_on == plan.milestones["application"]
    assert plan.slots["visa"].earliest_on == plan.slots["medical_examination"].earliest_on + timedelta(days=14)


def test_without_a_visa_its_milestones_are_departure() -> None:
    assert set(schedule(case(Item("a"))).milestones.values()) == {DEPARTURE}


def test_once_the_visa_is_given_it_stands_on_its_day_and_binds_no_more() -> None:
    given_on = day("2026-11-20")
    medical = Item("medical_examination", validity=duration("P60D"), holds_at=at("visa"))
    plan = schedule(case(medical, Item("visa", lead=Lead(14), performed_on=given_on)))
    assert plan.milestones["visa"] == given_on
    assert plan.slots["medical_examination"].latest_on == DEPARTURE


def test_a_milestone_that_the_visa_defines_is_dropped_from_its_own() -> None:
    plan = schedule(case(Item("visa", holds_at=at("visa"), validity=duration("P30D"))))
    assert plan.slots["visa"].earliest_on == DEPARTURE - timedelta(days=30)


def test_beyond_counts_after_the_last_milestone_alone() -> None:
    passport = Item("passport", holds_at=at("visa", "departure"), beyond=duration("P6M"), performed_on=TODAY)
    kept = Item(**{**_fields(passport), "valid_until": day("2027-09-01")})
    short = Item(**{**_fields(passport), "valid_until": day("2027-08-31")})
    assert schedule(case(kept)).lapses == ()
    assert schedule(case(short)).lapses[-1] == Lapse("passport", "departure", 1)


def _fields(item: Item) -> dict[str, Any]:
    return {name: getattr(item, name) for name in Item.__dataclass_fields__}


def test_items_for_after_arrival_have_a_window_there_and_count_for_nothing_else() -> None:
    plan = schedule(case(Item("residence", lead=Lead(30), holds_at=at("arrival")), Item("visa", lead=Lead(14))))
    slot = plan.slots["residence"]
    assert (slot.earliest_on, slot.latest_on) == (DEPARTURE, DEPARTURE + timedelta(days=30))
    late = schedule(case(Item("residence", lead=Lead(30), holds_at=at("arrival")), arrived_on=day("2027-03-03")))
    assert late.slots["residence"].earliest_on == day("2027-03-03")


def test_too_little_time_is_infeasible() -> None:
    slow = Item("passport", lead=Lead(60))
    assert schedule(case(slow, departure_on=TODAY + timedelta(days=60))).feasible
    assert not schedule(case(slow, departure_on=TODAY + timedelta(days=59))).feasible


def test_a_cleared_prerequisite_ends_today_or_when_it_was_done() -> None:
    done = Item("passport", lead=Lead(60), performed_on=day("2026-11-01"))
    plan = schedule(case(done, Item("permit", after=("passport",), lead=Lead(5))))
    assert plan.slots["permit"].earliest_on == TODAY + timedelta(days=5)


def test_a_result_that_lapses_before_its_milestones_is_told_with_the_days() -> None:
    medical = Item("medical_examination", validity=duration("P60D"), performed_on=TODAY, valid_until=day("2027-01-22"))
    plan = schedule(case(medical))
    assert plan.lapses == (Lapse("medical_examination", "departure", 38),)
    assert plan.feasible
    assert schedule(case(medical, departure_on=day("2027-01-22"))).lapses == ()


def test_a_visa_that_has_lapsed_is_to_be_done_again_and_stands_on_its_latest_day() -> None:
    lapsed = Item("visa", lead=Lead(14), performed_on=day("2026-11-01"), valid_until=day("2026-11-20"))
    exit_permit = Item("exit_permit", after=("visa",), lead=Lead(5))
    medical = Item("medical_examination", holds_at=at("visa"))
    plan = schedule(case(medical, lapsed, exit_permit))
    assert plan.milestones["visa"] == DEPARTURE - timedelta(days=5)
    assert plan.slots["medical_examination"].latest_on == DEPARTURE - timedelta(days=19)


def test_an_item_to_be_done_again_binds_its_prerequisites() -> None:
    lapsed = Item("permit", after=("passport",), lead=Lead(10), performed_on=TODAY, valid_until=TODAY)
    assert schedule(case(Item("passport"), lapsed)).slots["passport"].latest_on == DEPARTURE - timedelta(days=10)


def test_what_lapsed_before_an_issued_visa_is_told_until_a_result_reaches_it() -> None:
    visa = Item("visa", performed_on=day("2026-11-20"))
    medical = Item(
        "medical_examination", holds_at=at("visa"), performed_on=day("2026-10-01"), valid_until=day("2026-11-01")
    )
    assert schedule(case(medical, visa)).lapses == (Lapse("medical_examination", "visa", 19),)


def test_beyond_counts_at_departure_also_when_arrival_comes_later() -> None:
    passport = Item(
        "passport",
        holds_at=at("departure", "arrival"),
        beyond=duration("P6M"),
        performed_on=TODAY,
        valid_until=day("2027-08-31"),
    )
    plan = schedule(case(passport, departed_on=DEPARTURE, arrived_on=day("2027-03-03")))
    assert [lapse.milestone for lapse in plan.lapses] == ["departure", "arrival"]


def test_a_circle_is_refused() -> None:
    with pytest.raises(ValueError, match="circle"):
        schedule(case(Item("a", after=("b",)), Item("b", after=("a",))))


@st.composite
def cases(draw: st.DrawFn) -> Case:
    codes = [f"item{number}" for number in range(draw(st.integers(1, 6)))]
    items = []
    for index, code in enumerate(codes):
        items.append(
            Item(
                code,
                after=tuple(draw(st.sets(st.sampled_from(codes[:index]))) if index else ()),
                lead=Lead(draw(st.integers(0, 20)), draw(st.booleans())),
                validity=draw(st.sampled_from([None, duration("P30D"), duration("P6M")])),
                holds_at=frozenset(draw(st.sets(st.sampled_from(["visa", "departure", "application"])))),
            )
        )
    if draw(st.booleans()):
        items.append(Item("visa", lead=Lead(draw(st.integers(0, 20)))))
    return case(*items, departure_on=TODAY + timedelta(days=draw(st.integers(0, 200))))


@given(cases())
def test_a_feasible_plan_done_as_planned_holds_when_it_must(planned: Case) -> None:
    plan = schedule(planned)
    for item in planned.items:
        slot = plan.slots[item.code]
        assert min(slot.earliest_on, slot.latest_on) <= slot.due_on <= max(slot.earliest_on, slot.latest_on)
        if plan.feasible:
            assert TODAY <= slot.earliest_on <= slot.latest_on <= planned.departure_on
            if item.validity:
                assert item.validity.after(slot.due_on) >= planned.departure_on or "departure" not in item.holds_at


@given(cases(), st.integers(1, 60))
def test_more_time_never_makes_a_plan_infeasible(planned: Case, days: int) -> None:
    later = Case(
        **{
            **{f: getattr(planned, f) for f in Case.__dataclass_fields__},
            "departure_on": planned.departure_on + timedelta(days=days),
        }
    )
    without_validity = all(item.validity is None for item in planned.items)
    if schedule(planned).feasible and without_validity:
        assert schedule(later).feasible


@given(cases(), st.randoms())
def test_the_order_of_the_items_changes_nothing(planned: Case, chance: Any) -> None:
    shuffled = list(planned.items)
    chance.shuffle(shuffled)
    again = Case(**{**{f: getattr(planned, f) for f in Case.__dataclass_fields__}, "items": tuple(shuffled)})
    assert schedule(again) == schedule(planned)
