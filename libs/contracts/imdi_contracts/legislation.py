"""What legislation announces: rules in force, assessments of vacancies, requirements, recognitions, receipts."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from imdi_contracts.codes import (
    Answers,
    Basis,
    Category,
    Confidence,
    Country,
    Milestone,
    Name,
    Performer,
    RuleReference,
)
from imdi_contracts.event import Data, Event, Topic
from imdi_contracts.matching import Breach

RULES = Topic("imdi.legislation.rules", key="rule code")
ASSESSMENTS = Topic("imdi.legislation.assessments", key="vacancy")
REQUIREMENTS = Topic("imdi.legislation.requirements", key="preparation", kept="compacted")
RECOGNITIONS = Topic("imdi.legislation.recognitions", key="worker", kept="compacted")
ERASURES = Topic("imdi.legislation.erasures", key="worker")

RuleKind = Literal["bar", "criterion", "requirement", "contract_term", "fee", "protection"]


class ScreenCompare(Data):
    """``fact op literal`` over one screening fact; ``in`` compares with a list."""

    fact: str
    op: Literal["==", "!=", "<", "<=", ">", ">=", "in"]
    value: bool | int | str | list[bool | int | str]


class ScreenAll(Data):
    all: list[Screen]


class ScreenAny(Data):
    any: list[Screen]


class ScreenNot(Data):
    negated: Screen


Screen = Annotated[ScreenCompare | ScreenAll | ScreenAny | ScreenNot, Field(union_mode="smart")]
"""A screening condition as a tree, so that matching holds it as columns and never reads CEL."""


class RuleScope(Data):
    """Where a rule binds. Groups of countries are already spelt out; ``*`` is every one."""

    origins: list[str]
    destinations: list[str]
    occupations: list[str]
    """ISCO-08 prefixes."""


class RuleVersion(Data):
    """One activated version of a rule: it binds on the days from ``effective_from`` to ``effective_until``."""

    id: str
    version: int
    status: Literal["active", "retired"]
    scope: RuleScope
    when: str | None
    screen: Screen | None
    """The ``when`` of a criterion or a recruitment bar; null where there is none."""
    effect: dict[str, Any]
    basis: list[Basis]
    effective_from: date
    effective_until: date | None
    """The last day on which it binds, that day included."""
    transition: Literal["all_open", "opened_after"]
    replaces: str | None = None
    """The id of the version it replaced: where this one spares a case, that one binds, and so on back."""
    confidence: Confidence


class RuleState(Event):
    """A rule code with every version ever activated."""

    topic: ClassVar = RULES
    subject_field: ClassVar = "code"

    code: str
    kind: RuleKind
    versions: list[RuleVersion]
    law_epoch: int


class RuleActivated(RuleState):
    happened: ClassVar = "rule.activated"


class RuleRetired(RuleState):
    happened: ClassVar = "rule.retired"


class VacancyAssessed(Event):
    """The answer on a vacancy's terms: lawful where there is no breach."""

    topic: ClassVar = ASSESSMENTS
    subject_field: ClassVar = "vacancy_id"
    happened: ClassVar = "vacancy.assessed"

    vacancy_id: str
    assessment_id: str
    answers: Answers
    assessed_on: date
    lawful: bool
    breaches: list[Breach]
    rules: list[RuleReference]
    law_epoch: int


class DisputedSource(Data):
    """One of several sources that disagree on an attribute; the strictest governs."""

    attribute: str
    value: Any
    rule: RuleReference
    basis: list[Basis]


class DeterminedItem(Data):
    """One thing a worker must do, as the law determines it. Durations are ISO 8601 (``P60D``, ``P6M``)."""

    code: str
    category: Category
    title: str
    performed_by: Performer
    status: Literal["required", "not_applicable", "unknown"]
    needs_fact: str | None = None
    after: list[str]
    lead_days: int | None
    """Calendar days from the end of the last prerequisite."""
    lead_working_days: int | None = None
    """Working days of the origin's calendar, in place of ``lead_days``; where both are told, the later end counts."""
    validity: str | None
    counted_from: Literal["performed_on", "issued_on"]
    holds_at: list[Milestone]
    beyond: str | None = None
    payer: str | None
    documents: list[str]
    basis: list[Basis]
    confidence: Confidence
    governed_by: dict[str, RuleReference]
    disputed: list[DisputedSource] = Field(default_factory=list)


class DeterminedBar(Data):
    prohibits: Literal["recruitment", "departure"]
    reason: str
    status: Literal["barred", "not_applicable", "unknown"]
    needs_fact: str | None = None
    rule: RuleReference
    basis: list[Basis]
    disputed: list[DisputedSource] = Field(default_factory=list)


class DeterminedCriterion(Data):
    """A criterion with its effect's own fields (``min``, ``level`` …) under ``effect``."""

    criterion: Literal["age", "language", "experience", "qualification", "recognition"]
    effect: dict[str, Any]
    status: Literal["met", "not_met", "not_applicable", "unknown"]
    needs_fact: str | None = None
    rule: RuleReference
    basis: list[Basis]
    disputed: list[DisputedSource] = Field(default_factory=list)


class DeterminedProtection(Data):
    """A right of the worker on this corridor: what protects, whom the law names to turn to, by when."""

    measure: str
    contact: str | None = None
    """An office, never a person."""
    remedy: str | None = None
    deadline: str | None = None
    status: Literal["required", "not_applicable", "unknown"]
    needs_fact: str | None = None
    rule: RuleReference
    basis: list[Basis]
    disputed: list[DisputedSource] = Field(default_factory=list)


class RequirementsDetermined(Event):
    """The answer on a preparation: what this worker must do, and what bars or binds the departure."""

    topic: ClassVar = REQUIREMENTS
    subject_field: ClassVar = "preparation_id"
    happened: ClassVar = "requirements.determined"

    preparation_id: str
    requirements_id: str
    answers: Answers
    judged_on: date
    items: list[DeterminedItem]
    bars: list[DeterminedBar]
    criteria: list[DeterminedCriterion]
    rules: list[RuleReference]
    law_epoch: int
    fact_types: dict[str, Literal["bool", "int", "string"]] = Field(default_factory=dict)
    """The types that the law has fixed for ``worker.facts.<name>``: answers are checked against them."""
    protections: list[DeterminedProtection] = Field(default_factory=list)


class Difference(Data):
    """In what a qualification falls short: a topic's code, and the hours that are wanting."""

    topic: Name
    hours: int | None = None


class Compensation(Data):
    """One way to make up for the differences; of several the worker does one."""

    kind: Literal["adaptation_period", "aptitude_test", "course"]
    duration: str | None = None
    """ISO 8601."""
    hours: int | None = None


class Recognition(Data):
    """The newest decision of a destination on one profession. Neither papers, nor file numbers, nor names travel."""

    id: str
    profession: Name
    destination: Country
    outcome: Literal["full", "partial", "none", "conditional"]
    differences: list[Difference]
    compensation: list[Compensation]
    decided_on: date
    valid_until: date | None


class RecognitionState(Event):
    """What authorities decided of one worker's qualifications, for each destination. Empty once erased."""

    topic: ClassVar = RECOGNITIONS
    subject_field: ClassVar = "worker_id"

    worker_id: str
    recognitions: list[Recognition]


class RecognitionDecided(RecognitionState):
    happened: ClassVar = "recognition.decided"


class RecognitionErased(RecognitionState):
    happened: ClassVar = "recognition.erased"


class ErasureCompleted(Event):
    """legislation holds nothing of this worker any more."""

    topic: ClassVar = ERASURES
    subject_field: ClassVar = "worker_id"
    happened: ClassVar = "erasure.completed"

    worker_id: str
