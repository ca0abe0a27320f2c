"""The forms in which preparations and their items are shown."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal
from uuid import UUID

from pydantic import ConfigDict, Field

from imdi_common.shapes import Shape, UtcTime, Versioned
from imdi_contracts.codes import Milestone
from imdi_worker_prep.domain.states import ItemStatus, Status


class Rule(Shape):
    id: str
    code: str
    version: int


class Basis(Shape):
    """Where it stands in the law."""

    instrument: str
    title: str
    provision: str | None


class Disputed(Shape):
    """One of several sources that disagree on an attribute; the strictest governs."""

    attribute: str
    value: Any
    rule: Rule
    basis: list[Basis]


class Bar(Shape):
    prohibits: Literal["recruitment", "departure"]
    reason: str
    status: Literal["barred", "not_applicable", "unknown"]
    needs_fact: str | None
    rule: Rule
    basis: list[Basis]
    disputed: list[Disputed] = Field(default=[])
    """Not told in answers from before it was."""


class Criterion(Shape):
    """The effect's own fields (``min``, ``level`` …) stand beside these, as in a preview."""

    model_config = ConfigDict(extra="allow")

    criterion: str
    status: Literal["met", "not_met", "not_applicable", "unknown"]
    needs_fact: str | None
    rule: Rule
    basis: list[Basis]
    disputed: list[Disputed] = Field(default=[])
    """Not told in answers from before it was."""


class Performer(Shape):
    member_id: UUID


class ItemFields(Shape):
    """One thing to do. Its days are days of performance: the first, the last that keeps the plan, the one planned."""

    preparation_id: UUID
    worker_id: UUID
    code: str
    category: str
    title: str
    status: ItemStatus
    earliest_on: date | None
    latest_on: date | None
    due_on: date | None
    booked_on: date | None
    performed_on: date | None
    issued_on: date | None
    valid_until: date | None
    """The last day on which the clearance holds: the earlier of the document's and the governing rule's."""
    assigned_to: Performer | None
    performed_by: str
    payer: str | None
    needs_fact: str | None
    after: list[str]
    lead_days: int | None
    lead_working_days: int | None
    validity: str | None
    counted_from: Literal["performed_on", "issued_on"]
    holds_at: list[Milestone]
    beyond: str | None
    documents: list[str]
    basis: list[Basis]
    confidence: str
    governed_by: dict[str, Rule]
    disputed: list[Disputed]


class Item(ItemFields, Versioned):
    """One item; its ETag is the preparation's."""


class Warned(Shape):
    """A clearance that ends ``by_days`` before the day through which a milestone asks for it."""

    code: Literal["lapses_before"]
    item: str
    milestone: Milestone
    by_days: int


class Note(Shape):
    """What came too late to change a departed case: other requirements, or the placement's withdrawal."""

    at: UtcTime
    what: Literal["requirements", "withdrawn"]
    requirements_id: UUID | None = None
    reason: str | None = None


class Preparation(Versioned):
    """A worker's case for one placement. To a partner: with its own items only."""

    id: UUID
    status: Status
    placement_id: UUID
    worker_id: UUID
    origin: str
    destination: str
    opened_on: date
    departure_on: date
    departed_on: date | None
    arrived_on: date | None
    feasible: bool | None
    """Whether each item still to be done can end in time; null until the law has answered."""
    warnings: list[Warned]
    items: list[ItemFields]
    bars: list[Bar]
    criteria: list[Criterion]
    facts: dict[str, bool | int | str] | None
    """What was answered here; shown to the worker's controller alone."""
    requirements_id: UUID | None
    revision: int
    reason: str | None
    notes: list[Note]
