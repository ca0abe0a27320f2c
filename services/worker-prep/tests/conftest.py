"""What worker-prep's tests share: members, a worker, an agreed placement, and what the law asks of it."""

from __future__ import annotations

import base64
import os
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any, cast
from uuid import NAMESPACE_DNS, UUID, uuid4, uuid5

import pytest
from sqlalchemy import func, update
from sqlalchemy.ext.asyncio import AsyncSession

from imdi_common.mechanics import outbox
from imdi_common.reactions import Received
from imdi_common.service import Service
from imdi_contracts.codes import Answers, ContractTerms, RuleReference, Wage
from imdi_contracts.event import Event
from imdi_contracts.legislation import (
    DeterminedBar,
    DeterminedCriterion,
    DeterminedItem,
    RequirementsDetermined,
)
from imdi_contracts.matching import PlacementState, PlacementTerms
from imdi_contracts.registry import MemberService, MemberState, WorkerState
from imdi_worker_prep.app import SERVICE
from imdi_worker_prep.reactions import policies, projections
from imdi_worker_prep.storage.preparations import Dossier, of_placement, read
from imdi_worker_prep.storage.sealing import MasterKey

SECRET = bytes(range(32))
os.environ["IMDI_WORKER_PREP_MASTER_KEY"] = base64.b64encode(SECRET).decode()

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
DEPARTURE = date(2027, 2, 1)
RULE = {"id": "0193-rule", "code": "sa-medical", "version": 1}
BASIS = {"instrument": "0193-instrument", "title": "Agreement on domestic workers", "provision": "art. 3"}
KINDS = {"agency": "recruitment_agency", "employer": "employer", "rescue": "civil_society"}


def member_id(name: str) -> UUID:
    """The same id for the same name."""
    return uuid5(NAMESPACE_DNS, f"{name}.example.org")


def item(code: str, category: str = "medical", performed_by: str = "medical_provider", **law: Any) -> DeterminedItem:
    """One item as legislation announces it."""
    plain = {
        "title": code.replace("_", " ").capitalize(),
        "status": "required",
        "after": [],
        "lead_days": 0,
        "validity": None,
        "counted_from": "performed_on",
        "holds_at": ["departure"],
        "payer": "employer",
        "documents": [],
        "basis": [BASIS],
        "confidence": "secondary",
        "governed_by": {"validity": RULE},
    }
    asked = {"code": code, "category": category, "performed_by": performed_by}
    return DeterminedItem.model_validate(plain | asked | law)


def medical(**law: Any) -> DeterminedItem:
    usual: dict[str, Any] = {"validity": "P60D", "lead_days": 7}
    return item("medical_examination", **usual | law)


def passport(**law: Any) -> DeterminedItem:
    return item("passport", "documents", "controller", **law)


@dataclass
class World:
    """Everything around one preparation, told to worker-prep by events as the other services announce them."""

    session: AsyncSession
    now: datetime = NOW
    worker_id: UUID = field(default_factory=uuid4)
    placement_id: UUID = field(default_factory=uuid4)
    sequence: int = 0
    builders: Any = None

    async def _receive(self, react: Any, state: Event) -> None:
        self.sequence += 1
        received = Received(state, self.sequence, self.now, state.subject)
        if react in {projections.keep_members, projections.keep_workers}:
            await react(self.session, [received])
        else:
            await react(self.session, received, self.now)
        await self.session.flush()

    async def member(
        self, name: str, *services: str, kind: str = "", country: str = "PH", status: str = "accredited"
    ) -> UUID:
        """A member joins, falls or comes back."""
        offered = [MemberService(service=one, country=country, place=None, destinations=["*"]) for one in services]
        state = MemberState(
            member_id=str(member_id(name)),
            kind=cast(Any, kind or KINDS.get(name, "medical_provider")),
            country=country,
            status=cast(Any, status),
            licensed_until=date(2027, 12, 31),
            services=offered,
        )
        await self._receive(policies.follow_members, state)
        return member_id(name)

    async def worker(self, *consents: str, status: str = "registered", controller: str = "agency") -> None:
        erased = status != "registered"
        state = WorkerState(
            worker_id=str(self.worker_id),
            status=cast(Any, status),
            controller_id=None if erased else str(member_id(controller)),
            birth_date=None if erased else date(1996, 4, 2),
            sex=None if erased else "female",
            nationality=None if erased else "PH",
            country=None if erased else "PH",
            consents=cast(Any, list(consents)),
        )
        await self._receive(projections.keep_workers, state)
        await self._receive(policies.follow_workers, state)

    async def placement(self, status: str = "agreed", reason: str | None = None) -> None:
        terms = PlacementTerms(
            vacancy_revision=1,
            occupation="5322",
            destination="SA",
            wage=Wage(amount=cast(Any, "1600.00"), currency="SAR"),
            contract=ContractTerms(months=24),
            employer_kind="household",
            owner_kind="employer",
        )
        state = PlacementState(
            placement_id=str(self.placement_id),
            worker_id=str(self.worker_id),
            vacancy_id=str(uuid4()),
            owner_id=str(member_id("employer")),
            controller_id=str(member_id("agency")),
            status=cast(Any, status),
            departure_on=DEPARTURE,
            terms=terms,
            first_departure=True,
            reason=reason,
        )
        await self._receive(policies.prepare_placements, state)

    async def law(
        self,
        *items: DeterminedItem,
        revision: int = 1,
        bars: list[DeterminedBar] | None = None,
        criteria: list[DeterminedCriterion] | None = None,
    ) -> UUID:
        """Legislation answers; the id of the requirements."""
        requirements_id = uuid4()
        state = RequirementsDetermined(
            preparation_id=str((await self.dossier()).preparation.id),
            requirements_id=str(requirements_id),
            answers=Answers(revision=revision, input_hash="f00d"),
            judged_on=DEPARTURE,
            items=list(items),
            bars=bars or [],
            criteria=criteria or [],
            rules=[RuleReference(**cast(Any, RULE))],
            law_epoch=1,
        )
        await self._receive(policies.plan_preparations, state)
        return requirements_id

    async def opened(self, *members: str) -> UUID:
        """An agreed placement's preparation; its id."""
        for name in ("agency", "employer"):
            await self.member(name, country="SA" if name == "employer" else "PH")
        for name in members:
            await self.member(name, "medical_examination", "chest_xray")
        await self.worker("matching", "preparation")
        await self.placement()
        return (await self.dossier()).preparation.id

    async def publish(self) -> None:
        """Mark what was announced, as the relay does once Kafka has it."""
        marks = {"published_at": func.now(), "published_position": outbox.c.position}
        await self.session.execute(update(outbox).where(outbox.c.published_at.is_(None)).values(marks))

    async def dossier(self) -> Dossier:
        """The preparation as it stands."""
        preparation_id = await of_placement(self.session, self.placement_id)
        assert preparation_id
        found = await read(self.session, preparation_id)
        assert found
        return found

    async def statuses(self) -> dict[str, str]:
        return {one.code: one.status for one in (await self.dossier()).items}


@pytest.fixture(scope="session")
def service() -> Service:
    return SERVICE


@pytest.fixture
def ids() -> dict[str, UUID]:
    return {name: member_id(name) for name in ("agency", "employer", "clinic", "clinic2", "rescue")}


@pytest.fixture
def law() -> SimpleNamespace:
    """What legislation determines, to build answers of."""
    determined = {"Bar": DeterminedBar, "Criterion": DeterminedCriterion}
    return SimpleNamespace(item=item, medical=medical, passport=passport, rule=RULE, basis=BASIS, **determined)


@pytest.fixture
def master() -> MasterKey:
    return MasterKey(SECRET)


@pytest.fixture
def world_of() -> type[World]:
    return World


@pytest.fixture
def world(session: AsyncSession) -> World:
    """In the test's own transaction."""
    return World(session)


Told = Callable[[], Awaitable[list[str]]]


@pytest.fixture
def told(session: AsyncSession, announced: Any) -> Told:
    """What was announced so far, without ``org.imdi.`` and ``.v1``."""

    async def read_all() -> list[str]:
        return [kind.removeprefix("org.imdi.").removesuffix(".v1") for _, kind, *_ in await announced(session)]

    return read_all
