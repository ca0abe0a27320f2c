"""From what the law asks of an item, and the clearance there is, to what the scheduler reads."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Protocol

from imdi_planning.calendar_days import Lead
from imdi_planning.durations import duration
from imdi_planning.schedule import Item


class Requirement(Protocol):
    """One item of the law. Durations are ISO 8601; of a lead in working days and one in days the later end counts."""

    @property
    def code(self) -> str: ...
    @property
    def after(self) -> tuple[str, ...]: ...
    @property
    def lead_days(self) -> int | None: ...
    @property
    def lead_working_days(self) -> int | None: ...
    @property
    def validity(self) -> str | None: ...
    @property
    def counted_from(self) -> str: ...
    @property
    def holds_at(self) -> Collection[str]: ...
    @property
    def beyond(self) -> str | None: ...


class Clearance(Protocol):
    """A result that clears an item; ``expires_on`` is the document's own last day."""

    @property
    def performed_on(self) -> date: ...
    @property
    def issued_on(self) -> date | None: ...
    @property
    def expires_on(self) -> date | None: ...


def valid_until(required: Requirement, clearance: Clearance) -> date | None:
    """The last day on which a clearance holds: the earlier of the document's and the law's; none: for ever.

    Where the law counts from the issue and its day was not given, it counts from the performance, the stricter.
    """
    if required.validity is None:
        return clearance.expires_on
    issued = clearance.issued_on if required.counted_from == "issued_on" else None
    lawful = duration(required.validity).after(issued or clearance.performed_on)
    return min(lawful, clearance.expires_on or lawful)


def to_plan(required: Requirement, clearance: Clearance | None) -> Item:
    """The item as the scheduler reads it, with its clearance where there is one."""
    return Item(
        code=required.code,
        after=required.after,
        lead=_lead(required.lead_days or 0, required.lead_working_days),
        validity=duration(required.validity) if required.validity else None,
        holds_at=frozenset(required.holds_at),
        beyond=duration(required.beyond) if required.beyond else None,
        performed_on=clearance.performed_on if clearance else None,
        valid_until=valid_until(required, clearance) if clearance else None,
    )


def _lead(days: int, working_days: int | None) -> Lead:
    return Lead(days) if working_days is None else Lead(working_days, working=True, least=days)
