"""The forms in which the law answers: bars, criteria, terms, fees, items, breaches."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import ConfigDict, Field

from imdi_common.shapes import Shape
from imdi_contracts.codes import Category, Confidence, Milestone, Performer


class RuleReference(Shape):
    id: str
    code: str
    version: int


class BasisShown(Shape):
    instrument: str
    title: str
    provision: str | None


class DisputedSource(Shape):
    """What one of several sources says of an attribute on which they disagree."""

    attribute: str
    value: Any
    rule: RuleReference
    basis: list[BasisShown]
    note: str | None


class Standing(Shape):
    """The effect's own fields (``min``, ``reason`` …) stand beside these."""

    model_config = ConfigDict(extra="allow")

    status: Literal["barred", "met", "not_met", "required", "not_applicable", "unknown"]
    needs_fact: str | None
    rule: RuleReference
    basis: list[BasisShown]
    disputed: list[DisputedSource] = Field(default=[])
    """Not told in answers from before it was kept."""


class Item(Shape):
    code: str
    category: Category
    title: str
    performed_by: Performer
    status: Literal["required", "not_applicable", "unknown"]
    needs_fact: str | None
    after: list[str]
    lead_days: int | None
    lead_working_days: int | None
    validity: str | None
    counted_from: Literal["performed_on", "issued_on"]
    holds_at: list[Milestone]
    beyond: str | None
    payer: str | None
    documents: list[str]
    basis: list[BasisShown]
    confidence: Confidence
    governed_by: dict[str, RuleReference]
    disputed: list[DisputedSource]


class Breach(Shape):
    term: str
    found: bool | int | str | None
    required: dict[str, Any]
    origins: list[str]
    rule: RuleReference
    basis: list[BasisShown]
    reason: str | None
