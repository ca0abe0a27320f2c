"""What legislation's tests share: the service, a small parliament, and the cases of one worker and one vacancy."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from copy import copy
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from imdi_common.actor import Actor, Tenant
from imdi_common.ids import uuid7
from imdi_common.reactions import Received
from imdi_common.service import Service
from imdi_contracts.event import Event
from imdi_contracts.matching import PlacementState, ProfileState, VacancyState
from imdi_contracts.registry import WorkerState
from imdi_contracts.worker_prep import PreparationState
from imdi_legislation.actions.activate_rule import activate_rule
from imdi_legislation.actions.answer_again import answer_again
from imdi_legislation.actions.draft_rule import draft_rule
from imdi_legislation.actions.enter_instrument import enter_instrument
from imdi_legislation.actions.propose_rule import propose_rule
from imdi_legislation.app import SERVICE
from imdi_legislation.reactions import policies
from imdi_legislation.storage.subjects import any_stale
from imdi_legislation.storage.tables import RuleVersion

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
INSTRUMENT: dict[str, Any] = {
    "code": "SA-PH-2013",
    "title": "Agreement on domestic work",
    "type": "agreement",
    "level": "bilateral",
    "parties": ["PH", "SA"],
    "in_force_on": "2013-07-31",
    "status": "in_force",
    "topics": ["domestic_work"],
    "confidence": "secondary",
    "verified_on": "2026-11-01",
}
MEDICAL: dict[str, Any] = {
    "code": "medical_examination",
    "category": "medical",
    "title": "Medical examination",
    "performed_by": "medical_provider",
    "lead_days": 3,
    "validity": "P60D",
    "counted_from": "performed_on",
    "holds_at": ["visa", "departure"],
    "payer": "employer",
}
WAGE_FLOOR: dict[str, Any] = {"term": "monthly_wage", "min": {"amount": "1500.00", "currency": "SAR"}}


def member(kind: str = "government", country: str = "SA", client: str = "one", **other: Any) -> Actor:
    """A client of an accredited member."""
    values: dict[str, Any] = {"status": "accredited", "licensed_until": None, "sequence": 1} | other
    tenant_id = values.pop("id", None) or uuid4()
    return Actor(client, frozenset({"partner"}), Tenant(id=tenant_id, kind=kind, country=country, **values))


STEWARD = Actor("steward", frozenset({"steward"}), None)
ONE, TWO = member(client="one"), member(client="two")


def rule_body(code: str = "sa-medical", kind: str = "requirement", effect: Any = None, **other: Any) -> dict[str, Any]:
    """The body of ``POST /v1/rules``; ``basis`` is filled in by the parliament."""
    return {
        "code": code,
        "kind": kind,
        "scope": {"origins": ["*"], "destinations": ["SA"], "occupations": ["*"]},
        "effect": effect or MEDICAL,
        "effective": {"from": "2026-01-01"},
        "transition": "all_open",
        "confidence": "secondary",
        "verified_on": "2026-11-01",
        "verified_by": "a clerk",
    } | other


class Parliament:
    """Makes law in one session: by two clients of Saudi Arabia's government, on one instrument."""

    def __init__(self, session: AsyncSession) -> None:
        self.session = session
        self.instrument: UUID | None = None
        self.now = NOW
        self.one, self.two = ONE, TWO

    async def draft(
        self, code: str = "sa-medical", kind: str = "requirement", effect: Any = None, **other: Any
    ) -> UUID:
        self.instrument = self.instrument or await enter_instrument(self.session, INSTRUMENT, ONE, self.now)
        basis = {"basis": [{"instrument": str(self.instrument), "provision": "art. 3"}]}
        return await draft_rule(self.session, basis | rule_body(code, kind, effect, **other), ONE, self.now)

    async def propose(self, *said: Any, **other: Any) -> UUID:
        return await propose_rule(self.session, await self.draft(*said, **other), ONE)

    async def enact(self, *said: Any, begins: date | None = None, **other: Any) -> UUID:
        """Draft, propose and activate."""
        return await self.activate(await self.propose(*said, **other), begins)

    async def activate(self, rule_id: UUID, begins: date | None = None) -> UUID:
        return await activate_rule(self.session, rule_id, begins, TWO, self.now)

    async def version(self, rule_id: UUID) -> RuleVersion:
        found = select(RuleVersion).where(RuleVersion.id == rule_id).execution_options(populate_existing=True)
        return (await self.session.scalars(found)).one()

    async def settle(self, now: datetime = NOW) -> None:
        """Answer everything that is stale, as the clock role would."""
        await answer_again(self.session, "law", now)
        assert not await any_stale(self.session)


class Cases:
    """The events of one vacancy and one worker's journey, as legislation receives them."""

    def __init__(self, session: AsyncSession) -> None:
        self.session = session
        self.sequences: dict[str, int] = {}
        self.worker_id, self.vacancy_id = str(uuid7()), str(uuid7())
        self.placement_id, self.preparation_id = str(uuid7()), str(uuid7())
        self.controller, self.owner = str(uuid4()), str(uuid4())
        self.contract = {"months": 24, "hours_per_week": 48, "rest_days_per_week": 1, "retains_documents": False}
        self.wage = {"amount": "1600.00", "currency": "SAR", "period": "month"}

    def on(self, session: AsyncSession) -> Cases:
        """The same cases, received in another transaction."""
        other = copy(self)
        other.session = session
        return other

    async def vacancy(self, now: datetime = NOW, **other: Any) -> None:
        state = VacancyState.model_validate({
            "vacancy_id": self.vacancy_id,
            "owner_id": self.owner,
            "owner_kind": "employer",
            "status": "submitted",
            "revision": 1,
            "title": "Domestic caregiver",
            "occupation": "5322",
            "employer": {"name": None, "kind": "household"},
            "destination": {"country": "SA"},
            "origins": ["PH"],
            "positions": 2,
            "agreed": 0,
            "wage": self.wage,
            "contract": self.contract,
            "worker_pays": [],
            "languages": [],
            "skills": {},
            "start_on": "2027-03-01",
            "closes_on": "2027-01-31",
            "submitted_on": "2026-11-23",
        } | other)  # fmt: skip
        await self._receive(policies.judge_vacancy, state, now)

    async def worker(self, now: datetime = NOW, **other: Any) -> None:
        state = WorkerState.model_validate({
            "worker_id": self.worker_id,
            "status": "registered",
            "controller_id": self.controller,
            "birth_date": "1996-04-02",
            "sex": "female",
            "nationality": "PH",
            "country": "PH",
            "consents": ["matching", "preparation"],
        } | other)  # fmt: skip
        await self._receive(policies.follow_worker, state, now)

    async def profile(self, now: datetime = NOW, **other: Any) -> None:
        state = ProfileState.model_validate({
            "worker_id": self.worker_id,
            "status": "live",
            "controller_id": self.controller,
            "occupations": [{"isco": "5322", "years": 3}],
            "languages": [{"language": "en", "level": "B1"}],
            "isced": 3,
            "facts": {},
        } | other)  # fmt: skip
        await self._receive(policies.follow_profile, state, now)

    async def placement(self, now: datetime = NOW, **other: Any) -> None:
        state = PlacementState.model_validate({
            "placement_id": self.placement_id,
            "worker_id": self.worker_id,
            "vacancy_id": self.vacancy_id,
            "owner_id": self.owner,
            "controller_id": self.controller,
            "status": "agreed",
            "departure_on": "2027-03-01",
            "terms": {
                "vacancy_revision": 1,
                "occupation": "5322",
                "destination": "SA",
                "wage": self.wage,
                "contract": self.contract,
                "employer_kind": "household",
                "owner_kind": "employer",
            },
            "first_departure": True,
        } | other)  # fmt: skip
        await self._receive(policies.follow_placement, state, now)

    async def preparation(self, now: datetime = NOW, **other: Any) -> None:
        state = PreparationState.model_validate({
            "preparation_id": self.preparation_id,
            "placement_id": self.placement_id,
            "worker_id": self.worker_id,
            "controller_id": self.controller,
            "owner_id": self.owner,
            "status": "opened",
            "revision": 1,
            "opened_on": "2026-11-23",
            "departure_on": "2027-03-01",
            "facts": {},
            "items": [],
        } | other)  # fmt: skip
        await self._receive(policies.judge_preparation, state, now)

    async def open(self) -> None:
        """A worker whose placement is agreed and whose preparation is opened."""
        await self.worker()
        await self.profile()
        await self.placement()
        await self.preparation()

    async def _receive(self, react: Callable[..., Awaitable[None]], state: Event, now: datetime) -> None:
        key = f"{state.topic.name}/{state.subject}"
        self.sequences[key] = self.sequences.get(key, 0) + 1
        received = Received(state, self.sequences[key], now, state.subject)
        await react(self.session, received, now)


@pytest.fixture(scope="session")
def service() -> Service:
    return SERVICE


@pytest.fixture
def parliament(session: AsyncSession) -> Parliament:
    return Parliament(session)


@pytest.fixture
def cases(session: AsyncSession) -> Cases:
    return Cases(session)


@pytest.fixture
def steward() -> Actor:
    return STEWARD


@pytest.fixture
def of_member() -> Callable[..., Actor]:
    return member


@pytest.fixture
def body() -> Callable[..., dict[str, Any]]:
    return rule_body


@pytest.fixture
def told(session: AsyncSession, announced: Any) -> Callable[[str], Awaitable[list[dict[str, Any]]]]:
    """``await told("vacancy.assessed")`` → the data of each such event so far."""

    async def read(happened: str) -> list[dict[str, Any]]:
        return [data for _, kind, _, _, data in await announced(session) if kind == f"org.imdi.{happened}.v1"]

    return read


@pytest.fixture
def day() -> Callable[[int], datetime]:
    """``day(n)`` → the same hour, so many days on."""
    return lambda days: NOW + timedelta(days=days)
