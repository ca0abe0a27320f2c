"""Whether what the law asks of a preparation can be done in time: planned as worker-prep plans it, from copies."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from imdi_legislation.domain.items import Item
from imdi_planning import schedule as planning
from imdi_planning.requirements import to_plan


@dataclass(frozen=True, slots=True)
class Done:
    """The newest clearance of an item."""

    performed_on: date
    issued_on: date | None = None
    expires_on: date | None = None


@dataclass(frozen=True, slots=True)
class Outlook:
    """``ready_on`` is the first day by which all that remains before departure can be done, if begun ``today``."""

    feasible: bool
    ready_on: date


def outlook(
    items: Iterable[Item],
    done: Mapping[str, Done],
    today: date,
    departure_on: date,
    is_working: Callable[[date], bool],
) -> Outlook:
    """Plan one preparation before its departure. ``today`` is the day in the origin, ``is_working`` its calendar."""
    asked = [to_plan(item, done.get(item.code)) for item in items if item.status != "not_applicable"]
    settled = planning.settled(asked)
    standing = tuple(_standing(item, today, departure_on) for item in settled)
    case = planning.Case(standing, today, departure_on, is_working=is_working)
    unhurried = planning.schedule(replace(case, items=tuple(replace(item, validity=None) for item in standing)))
    remaining = [item.code for item in standing if not _settles(item, departure_on)]
    ready_on = max([today, *(unhurried.slots[code].earliest_on for code in remaining)])
    return Outlook(planning.schedule(case).feasible, ready_on)


def _standing(item: planning.Item, today: date, departure_on: date) -> planning.Item:
    """Without a clearance that held at a departure now overdue, and has ended since: it is to be done again."""
    ended = "departure" in item.holds_at and item.valid_until is not None and item.valid_until < today
    if ended and planning.still_meets(item, departure_on):
        return replace(item, performed_on=None, valid_until=None)
    return item


def _settles(item: planning.Item, departure_on: date) -> bool:
    """Whether nothing remains to be done of it before departure."""
    return item.holds_at == planning.ARRIVAL or planning.still_meets(item, departure_on)
