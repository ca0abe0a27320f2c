"""Shapes of the library: what a source says of an instrument, a version with its texts, and what is known of both."""

from __future__ import annotations

from datetime import date as Date  # noqa: N812 - a statement has a field of that name
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from imdi_common.shapes import Code, CountryCode, LongText, Shape, Text, UtcTime
from imdi_contracts.codes import Confidence
from imdi_legislation.api.days import Day
from imdi_legislation.domain.in_force import Standing
from imdi_legislation.domain.statements import Event, Kind, PartyStatus, Relation, Renewal, Status

PartDay = Annotated[str, StringConstraints(pattern=r"^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?$")]
"""A day as the source gives it: ``2017-10-10``, or only ``2017-10`` or ``2017``."""
Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$")]
"""BCP 47."""
Provided = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=50_000)]
Title = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]


class StatementRequest(Shape):
    """Which other fields are given follows from ``kind``; ``replaces`` names an earlier statement of the same kind."""

    kind: Kind
    source: Title
    confidence: Confidence = "secondary"
    verified_on: Day | None = None
    note: LongText | None = None
    replaces: UUID | None = None
    event: Event | None = None
    date: PartDay | None = None
    until: Day | None = None
    status: Status | PartyStatus | None = None
    parties: list[CountryCode] | None = None
    duration: Text | None = None
    renewal: Renewal | None = None
    party: CountryCode | None = None
    text: LongText | None = None
    relation: Relation | None = None
    object: Code | None = None
    """The code of the instrument to which a relation points."""
    provision: Text | None = None


class Statement(StatementRequest):
    id: UUID
    recorded_at: UtcTime


class TitleShape(Shape):
    language: Language
    title: Title


class ProvisionShape(Shape):
    number: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]
    language: Language
    heading: Title | None = None
    text: Provided


class VersionRequest(Shape):
    effective_from: Day
    titles: list[TitleShape] = Field(default=[])
    provisions: list[ProvisionShape] = Field(default=[], max_length=2000)
    source: Title
    note: LongText | None = None


class VersionNamed(Shape):
    id: UUID
    number: int
    effective_from: Date
    source: str
    note: str | None
    recorded_at: UtcTime


class Version(VersionNamed):
    languages: list[str]
    titles: list[TitleShape]
    provisions: list[ProvisionShape]


class StandingShape(Shape):
    """``presumed``: a source vouches for it, but not for this day; ``disputed``: sources differ on this day."""

    binds: Standing
    reasons: list[str]
    begins: Date | None
    surely_from: Date | None
    ends: Date | None
    """The first day on which, by some source, it binds no more."""
    surely_over: Date | None


class PartyStanding(StandingShape):
    party: str


class DayOfSource(Shape):
    date: str
    statement: UUID


class Conflict(Shape):
    event: str
    days: list[DayOfSource]


class Related(Shape):
    relation: Relation
    direction: Literal["out", "in"]
    """``in``: the other is related to this one."""
    instrument: UUID
    code: str
    title: str
    date: str | None
    provision: str | None
