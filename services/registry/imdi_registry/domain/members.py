"""A member's standing, its licences, and until when they cover it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

Status = Literal["applied", "accredited", "suspended", "withdrawn"]
Move = Literal["accreditation", "suspension", "reinstatement", "withdrawal"]
LicenceStatus = Literal["not_yet_valid", "valid", "expiring", "expired"]

_MOVES: dict[Move, tuple[frozenset[Status], Status]] = {
    "accreditation": (frozenset({"applied"}), "accredited"),
    "suspension": (frozenset({"accredited"}), "suspended"),
    "reinstatement": (frozenset({"suspended"}), "accredited"),
    "withdrawal": (frozenset({"applied", "accredited", "suspended"}), "withdrawn"),
}
_LICENSED_BY = {"recruitment_agency": "recruitment"}
"""Kinds of member whose work needs a licence of one type; any licence of the others counts."""
EXPIRING = timedelta(days=60)
"""A licence is called expiring this long before its last day, so that its renewal can be entered in time."""


@dataclass(frozen=True, slots=True)
class Licence:
    """``valid_until`` is the last day that it covers."""

    type: str
    valid_from: date
    valid_until: date


def after(move: Move, status: Status) -> Status | None:
    """The standing after a move; None where the move is not open from this standing."""
    sources, target = _MOVES[move]
    return target if status in sources else None


def licence_status(licence: Licence, today: date) -> LicenceStatus:
    """How a licence stands on a day of the member's country."""
    if today < licence.valid_from:
        return "not_yet_valid"
    if today > licence.valid_until:
        return "expired"
    return "expiring" if today > licence.valid_until - EXPIRING else "valid"


def licensed_until(kind: str, licences: Iterable[Licence], today: date) -> date | None:
    """The last day that licences cover without a gap from today on; None where today is not covered."""
    covered: date | None = None
    for licence in sorted(_counting(kind, licences), key=lambda each: each.valid_from):
        begins_in_time = (licence.valid_from - covered).days <= 1 if covered else licence.valid_from <= today
        if begins_in_time and licence.valid_until >= today:
            covered = max(covered or licence.valid_until, licence.valid_until)
    return covered


def next_change(kind: str, licences: Iterable[Licence], today: date) -> date | None:
    """The next day on which ``licensed_until`` may differ: a licence begins, or the cover ends the day before."""
    counting = _counting(kind, licences)
    ends = {each.valid_until for each in counting} - {date.max}
    days = {each.valid_from for each in counting} | {end + timedelta(days=1) for end in ends}
    return min((day for day in days if day > today), default=None)


def _counting(kind: str, licences: Iterable[Licence]) -> list[Licence]:
    needed = _LICENSED_BY.get(kind)
    return [licence for licence in licences if needed in (None, licence.type)]
