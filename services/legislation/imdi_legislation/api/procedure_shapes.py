"""Procedures over HTTP: as they are posted and as they are shown."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import ConfigDict, Field, StrictInt

from imdi_common.shapes import Code, LongText, MoneyShape, Shape, Text, UtcTime, Versioned
from imdi_contracts.codes import Confidence, Performer
from imdi_legislation.api.days import Day

ProcedureStatus = Literal["draft", "active", "retired"]
HowSure = Confidence | Literal["unsourced"]
Place = Annotated[str, Field(pattern=r"^([A-Z]{2}|\*)$")]
Days = Annotated[StrictInt, Field(ge=0, le=3650)]
Named = ConfigDict(extra="forbid", validate_by_name=True, validate_by_alias=True, serialize_by_alias=True)


class CorridorShape(Shape):
    """ISO 3166-1 codes, or ``*``; ISCO-08 prefixes as in a rule's scope, ``*`` unless said."""

    origin: Place
    destination: Place
    occupations: list[Text] = Field(default=["*"], max_length=100)


class InForce(Shape):
    """The days on which it is in force, the last one included."""

    model_config = Named

    begins: Day = Field(alias="from")
    until: Day | None = None


class StepBasisRequest(Shape):
    """The instrument's id, and the provision."""

    instrument: Text
    provision: Text | None = None


class StepBasis(StepBasisRequest):
    title: str


class PaymentShape(Shape):
    payer: Performer
    amount: MoneyShape
    title: Text | None = None


class TimeLimitRequest(Shape):
    """Exactly one of calendar days, working days and an ISO 8601 duration."""

    days: Days | None = None
    working_days: Days | None = None
    duration: Text | None = None
    basis: StepBasisRequest


class TimeLimitShape(TimeLimitRequest):
    basis: StepBasis


class StepFields(Shape):
    """``item`` is the item code of preparations by which the step is observed; ``after`` its prerequisites."""

    code: Text
    title: LongText
    actor: Performer
    channel: Text | None = None
    documents_in: list[Text] = Field(default=[], max_length=100)
    documents_out: list[Text] = Field(default=[], max_length=100)
    fees: list[PaymentShape] = Field(default=[], max_length=50)
    item: Text | None = None
    after: list[Text] = Field(default=[], max_length=100)
    confidence: HowSure = "unsourced"
    source: LongText | None = None
    note: LongText | None = None


class StepRequest(StepFields):
    time_limit: TimeLimitRequest | None = None
    basis: list[StepBasisRequest] = Field(default=[], max_length=50)


class StepShape(StepFields):
    time_limit: TimeLimitShape | None
    basis: list[StepBasis]


class ProcedureRequest(Shape):
    """Steps stand in the order in which they are taken today."""

    code: Code
    title: LongText
    corridor: CorridorShape
    effective: InForce
    steps: list[StepRequest] = Field(max_length=100)
    confidence: Confidence
    verified_on: Day | None = None
    verified_by: Text | None = None
    source: LongText | None = None
    note: LongText | None = None


class ProcedureReference(Shape):
    id: UUID
    code: str
    version: int
    title: str


class Procedure(ProcedureReference, Versioned):
    """``activated_at``, ``retired_at``: when that was done; null also where it was before these were noted."""

    status: ProcedureStatus
    corridor: CorridorShape
    effective: InForce
    activated_at: UtcTime | None
    retired_at: UtcTime | None
    steps: list[StepShape]
    confidence: Confidence
    verified_on: Day | None
    verified_by: str | None
    source: str | None
    note: str | None


class ProcedureActivation(Shape):
    """The first day on which it is in force, in place of ``effective.from``."""

    model_config = Named

    begins: Day | None = Field(default=None, alias="from")


class ProcedureRetirement(Shape):
    """The first day on which it is in force no more."""

    on: Day


class Remove(Shape):
    """What waited for the step then waits for what it waited for."""

    change: Literal["remove"]
    step: Text


class Merge(Shape):
    """One step under the first one's code: their papers and fees together, within the longest of their limits."""

    change: Literal["merge"]
    steps: list[Text] = Field(min_length=2, max_length=100)
    title: LongText | None = None
    actor: Performer | None = None


class Reorder(Shape):
    """Prerequisites of a step dropped and added."""

    change: Literal["reorder"]
    step: Text
    drop: list[Text] = Field(default=[], max_length=100)
    add: list[Text] = Field(default=[], max_length=100)


class WhatIfRequest(Shape):
    changes: list[Annotated[Remove | Merge | Reorder, Field(discriminator="change")]] = Field(max_length=100)


class ChangedAttribute(Shape):
    attribute: str
    before: Any
    then: Any


class ChangedStepShape(Shape):
    step: str
    attributes: list[ChangedAttribute]


class ProcedureDifference(Shape):
    """From ``before`` (the procedure of the path) to ``then`` (``with``); steps are the same where their codes are."""

    before: ProcedureReference
    then: ProcedureReference
    added: list[StepShape]
    removed: list[StepShape]
    changed: list[ChangedStepShape]
    order_changed: bool
