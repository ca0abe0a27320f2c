"""A vacancy's terms and states: what the law judges in it, and which deed leads where."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from typing import Literal

Status = Literal["submitted", "posted", "paused", "returned", "filled", "closed", "expired"]

Deed = Literal["amend", "pause", "resume", "close", "expire", "shortlist", "fill_a_position"]

ALLOWED_IN: Mapping[Deed, frozenset[Status]] = {
    "amend": frozenset({"submitted", "posted", "paused", "returned", "filled"}),
    "pause": frozenset({"posted"}),
    "resume": frozenset({"paused"}),
    "close": frozenset({"submitted", "posted", "paused", "returned", "filled"}),
    "expire": frozenset({"submitted", "posted", "paused", "returned"}),
    "shortlist": frozenset({"posted", "paused", "filled"}),
    "fill_a_position": frozenset({"posted"}),
}
"""Which states allow a deed; ``fill_a_position`` is each step from the proposal to the agreement."""

HOUSEHOLD = "household"
"""The kind of employer whose name and exact place are shown to its owner alone."""


@dataclass(frozen=True, slots=True)
class Money:
    amount: Decimal
    currency: str


@dataclass(frozen=True, slots=True)
class Terms:
    """What an owner says about a vacancy. Lists whose order means nothing are sets."""

    title: str
    occupation: str
    employer_name: str | None
    employer_kind: str
    country: str
    place: str | None
    origins: frozenset[str]
    positions: int
    wage: Money
    contract: frozenset[tuple[str, bool | int | str]]
    """The regulated terms that are said, by field."""
    worker_pays: frozenset[tuple[str, Money]]
    languages: frozenset[tuple[str, str]]
    essential_skills: frozenset[str]
    optional_skills: frozenset[str]
    start_on: date
    closes_on: date


JUDGED = frozenset({"occupation", "employer_kind", "country", "origins", "wage", "contract", "worker_pays"})
"""The terms that legislation judges: it reads these and the owner's kind, and no other."""


def changed(before: Terms, after: Terms) -> frozenset[str]:
    """The names of the terms that differ."""
    return frozenset(field.name for field in fields(Terms) if getattr(before, field.name) != getattr(after, field.name))


Amendment = Literal["nothing", "resubmitted", "amended", "refused"]


def amendment(status: Status, differing: frozenset[str], *, breached: bool) -> Amendment:
    """What a change of these terms does to a vacancy in this state.

    A judged change submits it again with the next revision, and so does any change of a returned one: legislation
    answers a revision once, so the same one would wait for ever. A filled vacancy's judged terms are agreed on with
    somebody, and one that the law has come to forbid (``breached``) never reopens: both are refused.
    """
    if status not in ALLOWED_IN["amend"] or (status == "filled" and (breached or differing & JUDGED)):
        return "refused"
    if not differing:
        return "nothing"
    return "resubmitted" if status == "returned" or differing & JUDGED else "amended"


def opening(agreed: int, positions: int, *, held: bool) -> Status:
    """Where a lawful vacancy stands: filled, paused while somebody holds it, else posted."""
    if agreed >= positions:
        return "filled"
    return "paused" if held else "posted"


def assessed(status: Status, *, lawful: bool, opening: Status) -> Status:
    """Where an assessment of the current revision leads; a filled, closed or expired vacancy only records it."""
    if status in ("filled", "closed", "expired"):
        return status
    if not lawful:
        return "returned"
    return opening if status in ("submitted", "returned") else status


def reopens(status: Status, *, breached: bool, closes_on: date, today: date) -> bool:
    """Whether a filled vacancy opens again when a position in it becomes free: until ``closes_on``, that day too."""
    return status == "filled" and not breached and today <= closes_on
