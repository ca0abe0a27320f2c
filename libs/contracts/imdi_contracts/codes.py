"""Vocabularies that more than one service speaks."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field, PlainSerializer, StringConstraints

from imdi_contracts.event import Data

Country = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
"""ISO 3166-1 alpha-2."""
Currency = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
"""ISO 4217."""
Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$")]
"""BCP 47."""
Occupation = Annotated[str, StringConstraints(pattern=r"^[0-9]{4}$")]
"""ISCO-08 unit group."""
Amount = Annotated[
    Decimal,
    Field(max_digits=18, decimal_places=4, ge=0),
    PlainSerializer(lambda amount: f"{amount:f}", return_type=str),
]
"""A decimal amount, never a float; travels as a string."""
Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,63}$")]
"""A code in lower-case letters, digits and underscores: no room for anybody's own words."""
Reason = Annotated[str, StringConstraints(pattern=r"^[a-z]+(_[a-z]+)*$")]
"""Why something came to its end: a code, for anybody's own words may name people, and stay where they were said."""

Cefr = Literal["A1", "A2", "B1", "B2", "C1", "C2"]
"""Common European Framework of Reference, lowest first; as a fact 0 is none, 1 is A1 … 6 is C2."""
CEFR_LEVELS: tuple[Cefr, ...] = ("A1", "A2", "B1", "B2", "C1", "C2")

MemberKind = Literal[
    "government",
    "international_organization",
    "civil_society",
    "employer",
    "recruitment_agency",
    "training_provider",
    "medical_provider",
    "testing_body",
    "lender",
    "insurer",
    "diaspora_organization",
]
Performer = MemberKind | Literal["worker", "controller"]
Category = Literal[
    "documents",
    "security",
    "qualification",
    "language",
    "orientation",
    "medical",
    "finance",
    "contract",
    "permit",
]
Milestone = Literal["application", "visa", "departure", "arrival"]
Confidence = Literal["primary", "secondary", "disputed"]
FactValue = bool | int | str


class Money(Data):
    amount: Amount
    currency: Currency


class Wage(Money):
    period: Literal["month"] = "month"


class ContractTerms(Data):
    """The regulated terms of a vacancy; absent means unsaid."""

    months: int | None = None
    hours_per_week: int | None = None
    hours_per_day: int | None = None
    rest_days_per_week: int | None = None
    annual_leave_days: int | None = None
    accommodation: bool | None = None
    food: bool | None = None
    retains_documents: bool | None = None
    ticket_paid_by: Literal["employer", "worker"] | None = None


class RuleReference(Data):
    id: str
    code: str
    version: int


class Basis(Data):
    """Where a rule stands in the law."""

    instrument: str
    title: str
    provision: str | None = None


class Answers(Data):
    """What a determination judged: the revision of its subject, and a hash over facts and rule versions."""

    revision: int
    input_hash: str
