"""Where an item and a preparation stand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from imdi_planning.requirements import valid_until
from imdi_worker_prep.domain.items import Law, Result, clearance, holds_at, holds_on, newest

ItemStatus = Literal[
    "required",
    "not_applicable",
    "unknown",
    "scheduled",
    "cleared",
    "conditionally_cleared",
    "deferred",
    "failed",
    "expiring",
]
Status = Literal["opened", "planned", "in_progress", "cleared", "revoked", "departed", "arrived", "checked", "closed"]
OPEN: frozenset[str] = frozenset({"opened", "planned", "in_progress", "cleared", "revoked"})
"""Before the departure, and not closed."""
ENDED: frozenset[str] = frozenset({"checked", "closed"})
ARRIVAL_ONLY = frozenset({"arrival"})


@dataclass(frozen=True, slots=True)
class Work:
    """What happened on an item: its results, and whether a booking is still to be kept."""

    results: tuple[Result, ...] = ()
    booked: bool = False


NOTHING = Work()


def item_status(law: Law, milestones: frozenset[str], work: Work, departure: date, today: date) -> ItemStatus:
    """Where one item stands: as its newest result says, booked again where a booking follows that."""
    if law.applies != "required":
        return law.applies
    waiting: ItemStatus = "scheduled" if work.booked else "required"
    result = newest(work.results)
    if result is None:
        return waiting
    if result.outcome != "cleared":
        return "scheduled" if work.booked else result.outcome
    return _while_cleared(law, milestones, result, departure, today) or waiting


def _while_cleared(
    law: Law, milestones: frozenset[str], result: Result, departure: date, today: date
) -> ItemStatus | None:
    """Where a clearance leaves an item; none where it has expired, or came after the departure."""
    if milestones == ARRIVAL_ONLY:
        return "cleared"
    until = valid_until(law, result)
    at_departure = "departure" in milestones
    if at_departure and until is not None and until < today:
        return None
    if holds_on(law, milestones, result, departure):
        return "cleared"
    return "expiring" if at_departure else None


def item_statuses(laws: Sequence[Law], work: Mapping[str, Work], departure: date, today: date) -> dict[str, ItemStatus]:
    """Where each item stands. ``today`` is the day in the origin."""
    holding = holds_at(laws)
    return {
        law.code: item_status(law, holding.get(law.code, frozenset()), work.get(law.code, NOTHING), departure, today)
        for law in laws
    }


def expired(laws: Sequence[Law], work: Mapping[str, Work], today: date) -> frozenset[str]:
    """The items that must hold at departure and whose clearance has ended."""
    return frozenset(code for code, until in _ends(laws, work) if until < today)


def lapses_next(laws: Sequence[Law], work: Mapping[str, Work], today: date) -> date | None:
    """The next last day of a clearance that must hold at departure, from ``today`` on."""
    return min((until for _, until in _ends(laws, work) if until >= today), default=None)


def _ends(laws: Sequence[Law], work: Mapping[str, Work]) -> list[tuple[str, date]]:
    holding = holds_at(laws)
    found = []
    for law in laws:
        result = clearance(work.get(law.code, NOTHING).results)
        until = valid_until(law, result) if result else None
        if until and "departure" in holding.get(law.code, frozenset()):
            found.append((law.code, until))
    return found


def preparation_status(now: Status, *, determined: bool, clear: bool, begun: bool) -> Status:
    """Where a preparation stands before the departure; it is ``revoked`` from when it ceases to be ``cleared``."""
    if now not in OPEN or not determined:
        return now
    if clear:
        return "cleared"
    if now in {"cleared", "revoked"}:
        return "revoked"
    return "in_progress" if begun else "planned"
