"""Whether what the law asks of a preparation can be done in time: planned as worker-prep plans it, from copies."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from imdi_legislation.domain.items import Item
from imdi_planning import schedule as planning
from imdi_planning.calendar_days import Lead
from imdi_planning.durations import duration


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
    asked = [_to_plan(item, done.get(item.code)) for item in items if item.status != "not_applicable"]
    settled = planning.settled(asked)
    standing = tuple(_standing(item, today, departure_on) for item in settled)
    case = planning.Case(standing, today, departure_on, is_working=is_working)
    unhurried = planning.schedule(replace(case, items=tuple(replace(item, validity=None) for item in standing)))
    remaining = [item.code for item in standing if not _settles(item, departure_on)]
    ready_on = max([today, *(unhurried.slots[code].earliest_on for code in remaining)])
    return Outlook(planning.schedule(case).feasible, ready_on)


def _to_plan(item: Item, done: Done | None) -> planning.Item:
    working = item.lead_working_days
    return planning.Item(
        code=item.code,
        after=item.after,
        lead=Lead(working, working=True) if working is not None else Lead(item.lead_days or 0),
        validity=duration(item.validity) if item.validity else None,
        holds_at=frozenset(item.holds_at),
        beyond=duration(item.beyond) if item.beyond else None,
        performed_on=done.performed_on if done else None,
        valid_until=_valid_until(item, done) if done else None,
    )


def _valid_until(item: Item, done: Done) -> date | None:
    """The earlier of the document's last day and the law's; the law counts from the issue where its day is known."""
    if item.validity is None:
        return done.expires_on
    issued = done.issued_on if item.counted_from == "issued_on" else None
    lawful = duration(item.validity).after(issued or done.performed_on)
    return min(lawful, done.expires_on or lawful)


def _standing(item: planning.Item, today: date, departure_on: date) -> planning.Item:
    """Without a clearance that held at a departure now overdue, and has ended since: it is to be done again."""
    ended = "departure" in item.holds_at and item.valid_until is not None and item.valid_until < today
    if ended and planning.still_meets(item, departure_on):
        return replace(item, performed_on=None, valid_until=None)
    return item


def _settles(item: planning.Item, departure_on: date) -> bool:
    """Whether nothing remains to be done of it before departure."""
    return item.holds_at == planning.ARRIVAL or planning.still_meets(item, departure_on)
