"""Schedules the items of one preparation backwards from departure, so that each holds on every day it must.

Dates are days of performance: the first on which an item can be done and still hold, the last that keeps the plan,
and the day planned. Pure: the same case always gives the same plan.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from imdi_planning.calendar_days import IsWorking, Lead, weekdays
from imdi_planning.durations import Duration
from imdi_planning.order import in_order

VISA = "visa"
DEFINED_BY_VISA = frozenset({"visa", "application"})
DEPARTURE = frozenset({"departure"})
NO_LEAD = Lead()
ARRIVAL = frozenset({"arrival"})


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to do, with its newest cleared result where there is one."""

    code: str
    after: tuple[str, ...] = ()
    lead: Lead = NO_LEAD
    validity: Duration | None = None
    holds_at: frozenset[str] = DEPARTURE
    beyond: Duration | None = None
    performed_on: date | None = None
    valid_until: date | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """What is planned: the items that are required or unknown, and the days around which they are planned."""

    items: tuple[Item, ...]
    today: date
    departure_on: date
    departed_on: date | None = None
    arrived_on: date | None = None
    is_working: IsWorking = weekdays

    @property
    def leaves_on(self) -> date:
        """The day of departure, as it was or as it is meant."""
        return self.departed_on or self.departure_on


@dataclass(frozen=True, slots=True)
class Slot:
    """When an item can, must at the latest, and should be performed."""

    earliest_on: date
    latest_on: date
    due_on: date


@dataclass(frozen=True, slots=True)
class Lapse:
    """A result that ends ``by_days`` before the milestone at which it must hold."""

    item: str
    milestone: str
    by_days: int


@dataclass(frozen=True, slots=True)
class Plan:
    """A slot per item; ``feasible`` while each remaining item can end by the last day that keeps the plan."""

    slots: Mapping[str, Slot]
    milestones: Mapping[str, date]
    feasible: bool
    lapses: tuple[Lapse, ...] = field(default=())


def settled(items: Iterable[Item]) -> tuple[Item, ...]:
    """The items with the milestones that count for them.

    Not those that an item defines itself; without a visa item its milestones are departure; with none left, departure.
    """
    items = tuple(items)
    has_visa = any(item.code == VISA for item in items)

    def milestones(item: Item) -> frozenset[str]:
        if item.code == VISA:
            return item.holds_at - DEFINED_BY_VISA or DEPARTURE
        if not has_visa and item.holds_at & DEFINED_BY_VISA:
            return item.holds_at - DEFINED_BY_VISA | DEPARTURE
        return item.holds_at or DEPARTURE

    return tuple(replace(item, holds_at=milestones(item)) for item in items)


def schedule(case: Case) -> Plan:
    """Plan a case. ``ValueError`` where prerequisites go round in a circle."""
    before, arriving = _split(settled(case.items))
    items = {item.code: item for item in before}
    done = {code for code, item in items.items() if still_meets(item, case.leaves_on)}
    after = _prerequisites(items, done)
    order = in_order(after)
    latest = _latest(case, items, after, order, done)
    milestones = _milestones(case, items.get(VISA), latest, done)
    earliest = _earliest(case, items, after, order, done, milestones)
    slots = {code: _slot(earliest[code], latest[code]) for code in order}
    arrival = milestones["arrival"]
    for item in arriving:
        end = item.lead.after(arrival, case.is_working)
        slots[item.code] = Slot(arrival, end, end)
    return Plan(
        slots=slots,
        milestones=milestones,
        feasible=all(slots[code].earliest_on <= slots[code].latest_on for code in order if code not in done),
        lapses=tuple(_lapses([*before, *arriving], milestones)),
    )


def still_meets(item: Item, departure: date) -> bool:
    """Whether the newest cleared result meets departure."""
    if item.performed_on is None or item.performed_on > departure:
        return False
    if "departure" not in item.holds_at or item.valid_until is None:
        return True
    return item.valid_until >= (item.beyond.after(departure) if item.beyond else departure)


def must_reach(item: Item, milestone: str, milestones: Mapping[str, date]) -> date:
    """The day a clearance must reach for a milestone: ``beyond`` counts after departure and after the last of them."""
    day = milestones[milestone]
    last = max(milestones[name] for name in item.holds_at)
    return item.beyond.after(day) if item.beyond and (milestone == "departure" or day == last) else day


def _split(items: Iterable[Item]) -> tuple[list[Item], list[Item]]:
    arriving = [item for item in items if item.holds_at == ARRIVAL]
    return [item for item in items if item.holds_at != ARRIVAL], arriving


def _prerequisites(items: Mapping[str, Item], done: set[str]) -> dict[str, set[str]]:
    """What comes before each item; what holds at the visa or its application comes before the visa."""
    after = {code: set(item.after) & items.keys() - {code} for code, item in items.items()}
    if VISA in items and VISA not in done:
        after[VISA] |= {code for code, item in items.items() if code != VISA and item.holds_at & DEFINED_BY_VISA}
    return after


def _latest(
    case: Case, items: Mapping[str, Item], after: Mapping[str, set[str]], order: list[str], done: set[str]
) -> dict[str, date]:
    """Backwards from departure; what is done binds its prerequisites no more."""
    latest = dict.fromkeys(order, case.leaves_on)
    for code in reversed(order):
        if code not in done:
            begin = items[code].lead.before(latest[code], case.is_working)
            for prerequisite in after[code]:
                latest[prerequisite] = min(latest[prerequisite], begin)
    return latest


def _milestones(case: Case, visa: Item | None, latest: Mapping[str, date], done: set[str]) -> dict[str, date]:
    departure = visa_on = application = case.leaves_on
    if visa is not None:
        visa_on = visa.performed_on if VISA in done and visa.performed_on else latest[VISA]
        application = visa.lead.before(visa_on, case.is_working)
    arrival = case.arrived_on or departure
    return {"application": application, "visa": visa_on, "departure": departure, "arrival": arrival}


def _earliest(
    case: Case,
    items: Mapping[str, Item],
    after: Mapping[str, set[str]],
    order: list[str],
    done: set[str],
    milestones: Mapping[str, date],
) -> dict[str, date]:
    """Forwards from today, behind the prerequisites, and not before the day from which it holds."""
    earliest: dict[str, date] = {}
    ends: dict[str, date] = {}
    for code in order:
        item = items[code]
        begin = max([case.today, *(ends[prerequisite] for prerequisite in after[code])])
        possible = [item.lead.after(begin, case.is_working)]
        for milestone in item.holds_at:
            passed = milestone in DEFINED_BY_VISA and VISA in done
            if item.validity and not passed:
                possible.append(item.validity.first_reaching(must_reach(item, milestone, milestones)))
        earliest[code] = max(possible)
        performed_on = item.performed_on if code in done else None
        ends[code] = max(performed_on, case.today) if performed_on else earliest[code]
    return earliest


def _slot(earliest: date, latest: date) -> Slot:
    """The day planned lies half-way: an item done then neither hurries nor holds by a day."""
    return Slot(earliest, latest, earliest + (latest - earliest) // 2 if earliest <= latest else latest)


def _lapses(items: Iterable[Item], milestones: Mapping[str, date]) -> Iterable[Lapse]:
    for item in items:
        if item.performed_on is None or item.valid_until is None:
            continue
        for milestone in sorted(item.holds_at, key=lambda name: milestones[name]):
            reach = must_reach(item, milestone, milestones)
            if item.valid_until < reach:
                yield Lapse(item.code, milestone, (reach - item.valid_until).days)
