"""What worker-prep announces: a preparation's whole course, clearance by clearance, and erasure receipts."""

from __future__ import annotations

from datetime import date
from typing import ClassVar, Literal

from imdi_contracts.codes import Category, FactValue, Reason
from imdi_contracts.event import Data, Event, Topic

PREPARATIONS = Topic("imdi.worker-prep.preparations", key="preparation", kept="compacted")
ERASURES = Topic("imdi.worker-prep.erasures", key="worker")

ItemStatus = Literal[
    "required",
    "waived",
    "not_applicable",
    "unknown",
    "scheduled",
    "in_progress",
    "submitted",
    "cleared",
    "conditionally_cleared",
    "deferred",
    "failed",
    "retry",
    "barred",
    "expiring",
    "expired",
]


class ItemState(Data):
    """Where one item stands. "Cleared" travels, the finding behind it does not."""

    code: str
    category: Category
    status: ItemStatus
    assigned_to: str | None
    """The member that performs it."""
    earliest_on: date | None = None
    latest_on: date | None = None
    due_on: date | None = None
    performed_on: date | None = None
    issued_on: date | None = None
    expires_on: date | None = None
    """The last day that the document itself says."""
    valid_until: date | None = None
    """The earlier of that and the law's."""


PreparationStatus = Literal[
    "opened", "planned", "in_progress", "cleared", "revoked", "departed", "arrived", "checked", "closed"
]


class PreparationState(Event):
    topic: ClassVar = PREPARATIONS
    subject_field: ClassVar = "preparation_id"

    preparation_id: str
    placement_id: str
    worker_id: str
    controller_id: str | None
    owner_id: str
    """The vacancy's owner."""
    status: PreparationStatus
    revision: int
    """Raised when ``departure_on`` or an answered fact changes."""
    opened_on: date
    """In the origin's zone."""
    departure_on: date
    departed_on: date | None = None
    arrived_on: date | None = None
    facts: dict[str, FactValue]
    """Facts answered on the preparation, by their full name (``worker.facts.ecr_passport``)."""
    requirements_id: str | None = None
    """The requirements now applied."""
    feasible: bool | None = None
    items: list[ItemState]
    item: str | None = None
    """The item that this event is about, where it is about one."""
    reason: Reason | None = None


class PreparationOpened(PreparationState):
    happened: ClassVar = "preparation.opened"


class PreparationPlanned(PreparationState):
    happened: ClassVar = "preparation.planned"


class PreparationFactsChanged(PreparationState):
    happened: ClassVar = "preparation.facts-changed"


class PreparationClosed(PreparationState):
    happened: ClassVar = "preparation.closed"


class AboutItem(PreparationState):
    """What happened to one item of the preparation."""

    item: str


class WorkerClearedDocuments(AboutItem):
    happened: ClassVar = "worker.cleared-documents"


class WorkerClearedSecurity(AboutItem):
    happened: ClassVar = "worker.cleared-security"


class WorkerClearedQualification(AboutItem):
    happened: ClassVar = "worker.cleared-qualification"


class WorkerClearedLanguage(AboutItem):
    happened: ClassVar = "worker.cleared-language"


class WorkerCompletedOrientation(AboutItem):
    happened: ClassVar = "worker.completed-orientation"


class WorkerClearedMedical(AboutItem):
    happened: ClassVar = "worker.cleared-medical"


class WorkerClearedFinance(AboutItem):
    happened: ClassVar = "worker.cleared-finance"


class WorkerClearedContract(AboutItem):
    happened: ClassVar = "worker.cleared-contract"


class WorkerClearedPermit(AboutItem):
    happened: ClassVar = "worker.cleared-permit"


class WorkerDeferredMedical(AboutItem):
    happened: ClassVar = "worker.deferred-medical"


class WorkerFailedItem(AboutItem):
    happened: ClassVar = "worker.failed-item"


class ClearanceExpiring(AboutItem):
    happened: ClassVar = "clearance.expiring"


class ClearanceExpired(AboutItem):
    happened: ClassVar = "clearance.expired"


class ClearanceRevoked(PreparationState):
    happened: ClassVar = "clearance.revoked"


class WorkerClearedToDepart(PreparationState):
    happened: ClassVar = "worker.cleared-to-depart"


class WorkerDeparted(PreparationState):
    happened: ClassVar = "worker.departed"


class WorkerArrived(PreparationState):
    happened: ClassVar = "worker.arrived"


class ErasureCompleted(Event):
    """worker-prep holds nothing of this worker any more."""

    topic: ClassVar = ERASURES
    subject_field: ClassVar = "worker_id"
    happened: ClassVar = "erasure.completed"

    worker_id: str
