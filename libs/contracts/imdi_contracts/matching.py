"""What matching announces: profiles, vacancies (to services and to the public), placements, erasure receipts."""

from __future__ import annotations

from datetime import date
from typing import ClassVar, Literal

from pydantic import Field

from imdi_contracts.codes import (
    Basis,
    Cefr,
    ContractTerms,
    Country,
    FactValue,
    Language,
    MemberKind,
    Money,
    Occupation,
    Reason,
    RuleReference,
    Wage,
)
from imdi_contracts.event import Data, Event, Topic

PROFILES = Topic("imdi.matching.profiles", key="worker", kept="compacted")
VACANCIES = Topic("imdi.matching.vacancies", key="vacancy")
PUBLISHED_VACANCIES = Topic("imdi.matching.published-vacancies", key="vacancy", readers="public")
PLACEMENTS = Topic("imdi.matching.placements", key="placement", kept="compacted")
ERASURES = Topic("imdi.matching.erasures", key="worker")


class OccupationExperience(Data):
    isco: Occupation
    years: int


class LanguageLevel(Data):
    language: Language
    level: Cefr


class ProfileState(Event):
    """What a worker can do, pseudonymously. Empty once withdrawn."""

    topic: ClassVar = PROFILES
    subject_field: ClassVar = "worker_id"

    worker_id: str
    status: Literal["live", "withdrawn"]
    controller_id: str | None
    occupations: list[OccupationExperience]
    languages: list[LanguageLevel]
    isced: int | None
    """The highest ISCED 2011 level among the qualifications stated; null where none is."""
    facts: dict[str, FactValue]
    """Answers to ``worker.facts.<name>``."""


class ProfileLive(ProfileState):
    happened: ClassVar = "profile.live"


class ProfileChanged(ProfileState):
    happened: ClassVar = "profile.changed"


class ProfileWithdrawn(ProfileState):
    happened: ClassVar = "profile.withdrawn"


class Employer(Data):
    name: str | None
    """Null for a household: a natural person's name never travels."""
    kind: str


class Place(Data):
    country: Country
    place: str | None = None
    """Null for a household."""


class Fee(Data):
    """One thing the worker is asked to pay."""

    component: str
    amount: Money


class Skills(Data):
    essential: list[str] = Field(default_factory=list)
    optional: list[str] = Field(default_factory=list)


class Requirement(Data):
    """What a regulated term must be."""

    min: Money | int | None = None
    max: Money | int | None = None
    equals: bool | int | str | None = None


class Breach(Data):
    """A term of a vacancy that breaks a rule; ``found`` is null where the vacancy leaves it unsaid."""

    term: str
    found: bool | int | str | None
    required: Requirement | dict[str, object]
    origins: list[Country]
    rule: RuleReference
    basis: list[Basis]
    reason: str | None = None


VacancyStatus = Literal["submitted", "posted", "paused", "returned", "filled", "closed", "expired", "withdrawn"]


class VacancyState(Event):
    topic: ClassVar = VACANCIES
    subject_field: ClassVar = "vacancy_id"

    vacancy_id: str
    owner_id: str
    owner_kind: MemberKind
    status: VacancyStatus
    revision: int
    """Raised when a judged term changes."""
    title: str
    occupation: Occupation
    employer: Employer
    destination: Place
    origins: list[Country]
    positions: int
    agreed: int
    wage: Wage
    contract: ContractTerms
    worker_pays: list[Fee]
    languages: list[LanguageLevel]
    skills: Skills
    start_on: date
    closes_on: date
    submitted_on: date
    """The day of the first submission, in UTC."""
    breaches: list[Breach] = Field(default_factory=list)
    reason: Reason | None = None


class VacancySubmitted(VacancyState):
    happened: ClassVar = "vacancy.submitted"


class VacancyPosted(VacancyState):
    happened: ClassVar = "vacancy.posted"


class VacancyReturned(VacancyState):
    happened: ClassVar = "vacancy.returned"


class VacancyAmended(VacancyState):
    happened: ClassVar = "vacancy.amended"


class VacancyPaused(VacancyState):
    happened: ClassVar = "vacancy.paused"


class VacancyFilled(VacancyState):
    happened: ClassVar = "vacancy.filled"


class VacancyClosed(VacancyState):
    happened: ClassVar = "vacancy.closed"


class VacancyExpired(VacancyState):
    happened: ClassVar = "vacancy.expired"


class VacancyWithdrawn(VacancyState):
    """Out of the public list while its changed terms are judged again."""

    happened: ClassVar = "vacancy.withdrawn"


class PlacementTerms(Data):
    """The terms agreed, on which the preparation is judged."""

    vacancy_revision: int
    occupation: Occupation
    destination: Country
    wage: Wage
    contract: ContractTerms
    employer_kind: str
    owner_kind: MemberKind


PlacementStatus = Literal[
    "proposed", "accepted", "selected", "offered", "agreed", "ready", "deployed", "completed", "withdrawn"
]


class PlacementState(Event):
    topic: ClassVar = PLACEMENTS
    subject_field: ClassVar = "placement_id"

    placement_id: str
    worker_id: str
    vacancy_id: str
    owner_id: str
    """The vacancy's owner."""
    controller_id: str | None
    """The worker's controller."""
    status: PlacementStatus
    departure_on: date | None
    """Set by the offer."""
    terms: PlacementTerms | None
    """Set by the offer, fixed by the agreement."""
    first_departure: bool
    """No earlier placement of this worker was deployed."""
    conflict: bool = False
    """A fact of the world overtook an intent: departed though withdrawn."""
    reason: Reason | None = None


class PlacementProposed(PlacementState):
    happened: ClassVar = "placement.proposed"


class PlacementAccepted(PlacementState):
    happened: ClassVar = "placement.accepted"


class PlacementSelected(PlacementState):
    happened: ClassVar = "placement.selected"


class PlacementOffered(PlacementState):
    happened: ClassVar = "placement.offered"


class PlacementAgreed(PlacementState):
    happened: ClassVar = "placement.agreed"


class PlacementReady(PlacementState):
    happened: ClassVar = "placement.ready"


class PlacementDeployed(PlacementState):
    happened: ClassVar = "placement.deployed"


class PlacementCompleted(PlacementState):
    happened: ClassVar = "placement.completed"


class PlacementWithdrawn(PlacementState):
    happened: ClassVar = "placement.withdrawn"


class ErasureCompleted(Event):
    """matching holds nothing of this worker any more."""

    topic: ClassVar = ERASURES
    subject_field: ClassVar = "worker_id"
    happened: ClassVar = "erasure.completed"

    worker_id: str
