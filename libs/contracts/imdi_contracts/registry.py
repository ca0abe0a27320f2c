"""What registry announces: members, and workers' legal facts."""

from __future__ import annotations

from datetime import date
from typing import ClassVar, Literal

from imdi_contracts.codes import Country, MemberKind
from imdi_contracts.event import Data, Event, Topic

MEMBERS = Topic("imdi.registry.members", key="member")
WORKERS = Topic("imdi.registry.workers", key="worker", kept="compacted")


class MemberService(Data):
    """An item that a member performs, where, and for which destinations (``*`` is any)."""

    service: str
    country: Country
    place: str | None = None
    destinations: list[str]


class MemberState(Event):
    topic: ClassVar = MEMBERS
    subject_field: ClassVar = "member_id"

    member_id: str
    kind: MemberKind
    country: Country
    status: Literal["applied", "accredited", "suspended", "withdrawn"]
    licensed_until: date | None
    """The last day covered by a valid licence; null where there is none."""
    services: list[MemberService]


class MemberApplied(MemberState):
    happened: ClassVar = "member.applied"


class MemberAccredited(MemberState):
    happened: ClassVar = "member.accredited"


class MemberSuspended(MemberState):
    happened: ClassVar = "member.suspended"


class MemberReinstated(MemberState):
    happened: ClassVar = "member.reinstated"


class MemberWithdrawn(MemberState):
    happened: ClassVar = "member.withdrawn"


class MemberLicencesChanged(MemberState):
    """A licence was recorded, began or ended, and ``licensed_until`` changed with it."""

    happened: ClassVar = "member.licences-changed"


class WorkerState(Event):
    """A worker's pseudonymous legal facts: the one event that carries them. All null once erased."""

    topic: ClassVar = WORKERS
    subject_field: ClassVar = "worker_id"

    worker_id: str
    status: Literal["registered", "erasure_requested", "erased"]
    controller_id: str | None
    birth_date: date | None
    sex: Literal["female", "male", "unspecified"] | None
    nationality: Country | None
    country: Country | None
    consents: list[Literal["matching", "preparation"]]
    """The purposes consented to now."""


class WorkerRegistered(WorkerState):
    happened: ClassVar = "worker.registered"


class WorkerFactsChanged(WorkerState):
    happened: ClassVar = "worker.facts-changed"


class WorkerConsentChanged(WorkerState):
    happened: ClassVar = "worker.consent-changed"


class WorkerControllerChanged(WorkerState):
    happened: ClassVar = "worker.controller-changed"


class WorkerErasureRequested(WorkerState):
    happened: ClassVar = "worker.erasure-requested"


class WorkerErased(WorkerState):
    happened: ClassVar = "worker.erased"
