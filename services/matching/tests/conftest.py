"""What matching's tests share: the service, and the members, workers and vacancies of one small market."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from imdi_common.actor import Actor, Tenant
from imdi_common.service import Service
from imdi_contracts.legislation import VacancyAssessed
from imdi_matching.actions.accept import accept
from imdi_matching.actions.apply_assessment import apply_assessment
from imdi_matching.actions.offer import Offer, make_offer
from imdi_matching.actions.propose import propose
from imdi_matching.actions.put_profile import put_profile
from imdi_matching.actions.select_worker import select_worker
from imdi_matching.actions.submit_vacancy import submit_vacancy
from imdi_matching.app import SERVICE
from imdi_matching.storage.copies import Worker
from imdi_matching.storage.tables import Placement, Vacancy

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
EVIDENCE = {"kind": "signed_form", "reference": "FORM-1"}
BREACH: dict[str, Any] = {
    "term": "monthly_wage",
    "found": "1200.00",
    "required": {"min": {"amount": "1500.00", "currency": "SAR"}},
    "origins": ["PH"],
    "rule": {"id": "r1", "code": "sa-wage-floor", "version": 1},
    "basis": [{"instrument": "i1", "title": "Circular", "provision": "1"}],
}
TERMS: dict[str, Any] = {
    "title": "Domestic caregiver",
    "occupation": "5322",
    "employer": {"name": "Household of Riyadh", "kind": "household"},
    "destination": {"country": "SA", "place": "Riyadh"},
    "origins": ["PH"],
    "positions": 2,
    "wage": {"amount": "1600.00", "currency": "SAR", "period": "month"},
    "contract": {"months": 24, "hours_per_week": 48, "rest_days_per_week": 1, "retains_documents": False},
    "worker_pays": [{"component": "service_fee", "amount": {"amount": "0", "currency": "PHP"}}],
    "languages": [{"language": "en", "level": "A2"}],
    "skills": {"essential": [], "optional": []},
    "start_on": "2027-03-01",
    "closes_on": "2027-01-31",
}
ENTRY: dict[str, Any] = {
    "occupations": [{"isco": "5322", "years": 3}],
    "skills": [],
    "languages": [{"language": "en", "level": "B1"}],
    "qualifications": [{"title": "Caregiving NC II", "isced": 3, "country": "PH", "year": 2021}],
    "available_from": "2027-01-15",
    "destinations": ["SA"],
    "wage_floor": None,
    "facts": {"ecr_passport": True},
}


def member(kind: str = "recruitment_agency", country: str = "PH", **other: Any) -> Actor:
    """A client of a new accredited member."""
    values: dict[str, Any] = {"status": "accredited", "licensed_until": date(2027, 12, 31), "sequence": 1} | other
    return Actor(f"client-{kind}", frozenset({"partner"}), Tenant(id=uuid4(), kind=kind, country=country, **values))


def always(_: int | None) -> None:
    """Every version is the one last read."""


def standing(subject: Vacancy | Placement) -> str:
    """The state it is in now, whatever a test has seen before."""
    return subject.status


class Market:
    """One employer, one agency, and what they do, in one session."""

    def __init__(self, session: AsyncSession) -> None:
        self.session = session
        self.owner = member("employer", "SA")
        self.agency = member()
        self.stranger = member()

    async def worker(self, *, profile: bool = True, **changes: Any) -> UUID:
        """A registered worker of the agency, with a live profile."""
        values: dict[str, Any] = {
            "id": uuid4(),
            "status": "registered",
            "controller_id": self.agency.tenant_id,
            "birth_date": date(1996, 4, 2),
            "sex": "female",
            "nationality": "PH",
            "country": "PH",
            "consents": ["matching", "preparation"],
            "sequence": 1,
        }
        worker = Worker(**(values | changes))
        self.session.add(worker)
        await self.session.flush()
        if profile:
            await self.claim(worker.id)
        return worker.id

    async def claim(self, worker_id: UUID, actor: Actor | None = None, **changes: Any) -> None:
        await put_profile(self.session, worker_id, ENTRY | changes, actor or self.agency, NOW, always)

    async def submitted(self, **changes: Any) -> Vacancy:
        vacancy_id = await submit_vacancy(self.session, TERMS | changes, self.owner, NOW)
        return await self.vacancy(vacancy_id)

    async def posted(self, **changes: Any) -> Vacancy:
        vacancy = await self.submitted(**changes)
        await self.assess(vacancy, 1)
        return vacancy

    async def assess(
        self, vacancy: Vacancy, sequence: int, *, lawful: bool = True, revision: int | None = None
    ) -> None:
        answer = {
            "vacancy_id": str(vacancy.id),
            "assessment_id": str(uuid4()),
            "answers": {"revision": revision or vacancy.revision, "input_hash": "0"},
            "assessed_on": NOW.date(),
            "lawful": lawful,
            "breaches": [] if lawful else [BREACH],
            "rules": [],
            "law_epoch": 1,
        }
        await apply_assessment(self.session, VacancyAssessed.model_validate(answer), sequence)

    async def offered(self, vacancy: Vacancy, worker_id: UUID) -> UUID:
        """A placement that only the agreement is wanting to."""
        placement_id = await propose(self.session, vacancy.id, worker_id, self.owner, NOW)
        await accept(self.session, placement_id, EVIDENCE, self.agency)
        await select_worker(self.session, placement_id, self.owner, NOW)
        offer = Offer(vacancy.wage_amount, vacancy.wage_currency, date(2027, 2, 20))
        return await make_offer(self.session, placement_id, offer, self.owner, NOW)

    async def vacancy(self, vacancy_id: UUID) -> Vacancy:
        found = await self.session.get(Vacancy, vacancy_id, populate_existing=True)
        assert found
        return found

    async def placement(self, placement_id: UUID) -> Placement:
        found = await self.session.get(Placement, placement_id, populate_existing=True)
        assert found
        return found


@pytest.fixture(scope="session")
def service() -> Service:
    return SERVICE


@pytest.fixture
def market(session: AsyncSession) -> Market:
    return Market(session)


Happened = Callable[[], Awaitable[list[tuple[str, str, str]]]]


@pytest.fixture
def happened(
    session: AsyncSession,
    announced: Callable[[AsyncSession], Awaitable[list[tuple[str, str, str, int, dict[str, Any]]]]],
) -> Happened:
    """``await happened()`` → (topic's last word, what happened, status) of each event since the last asking."""
    told = 0

    async def read() -> list[tuple[str, str, str]]:
        nonlocal told
        events = (await announced(session))[told:]
        told += len(events)
        return [
            (topic.rsplit(".", 1)[1], kind.removeprefix("org.imdi.").removesuffix(".v1"), data.get("status", ""))
            for topic, kind, _, _, data in events
        ]

    return read
