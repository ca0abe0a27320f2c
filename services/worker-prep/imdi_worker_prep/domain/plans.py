"""The plan of a preparation: the scheduler's, over what the law asks and what was achieved."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from imdi_planning.requirements import to_plan
from imdi_planning.schedule import Case, Lapse, Slot, schedule
from imdi_worker_prep.domain.items import Law, Result, clearance, holds_at, holds_on
from imdi_worker_prep.domain.states import NOTHING, Work, expired


@dataclass(frozen=True, slots=True)
class Days:
    """The days around which is planned. ``today`` is the day in the origin."""

    today: date
    departure_on: date
    departed_on: date | None = None
    arrived_on: date | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    slots: Mapping[str, Slot]
    feasible: bool
    lapses: tuple[Lapse, ...]


def plan(
    laws: Sequence[Law],
    work: Mapping[str, Work],
    statuses: Mapping[str, str],
    days: Days,
    is_working: Callable[[date], bool],
) -> Plan:
    """Schedule what applies. A cleared item's days are the one on which it was performed."""
    results = _standing(laws, work, days)
    items = tuple(to_plan(law, results[law.code]) for law in laws if law.counts)
    made = schedule(Case(items, days.today, days.departure_on, days.departed_on, days.arrived_on, is_working))
    slots = dict(made.slots)
    for code, result in results.items():
        if result and statuses[code] == "cleared":
            slots[code] = Slot(result.performed_on, result.performed_on, result.performed_on)
    return Plan(slots, made.feasible, made.lapses)


def _standing(laws: Sequence[Law], work: Mapping[str, Work], days: Days) -> dict[str, Result | None]:
    """Each item's clearance, without those that a departure now overdue has outlived: they are to be done again.

    One that ends before the departure stays, for its warning.
    """
    results = {law.code: clearance(work.get(law.code, NOTHING).results) for law in laws}
    if days.departed_on is None:
        holding = holds_at(laws)
        ended = expired(laws, work, days.today)
        for law in laws:
            result = results[law.code]
            if result and law.code in ended and holds_on(law, holding[law.code], result, days.departure_on):
                results[law.code] = None
    return results
