"""Copies as the domain judges them: workers, profiles and terms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncSession

from imdi_legislation.domain import cases
from imdi_legislation.domain.bound import Bound
from imdi_legislation.domain.breaches import Offer
from imdi_legislation.domain.decisions import completed, recognition_facts
from imdi_legislation.domain.determination import Assessment, assess
from imdi_legislation.domain.facts import Facts
from imdi_legislation.domain.feasibility import Done
from imdi_legislation.domain.law import Law
from imdi_legislation.domain.money import Money
from imdi_legislation.storage.copies import Placement, Preparation, Profile, Vacancy, Worker
from imdi_legislation.storage.recognition import WorkerRecognitions


@dataclass(frozen=True, slots=True)
class PreparationCase:
    """Everything on which one preparation is judged, from the copies."""

    preparation: Preparation
    placement: Placement
    worker: Worker
    profile: Profile
    recognitions: Sequence[Mapping[str, Any]] = ()
    """The newest decisions on the worker's qualifications."""

    @property
    def done(self) -> dict[str, Done]:
        """What is cleared, by the item's code."""
        return {code: _done(said) for code, said in self.preparation.done.items()}

    @property
    def corridor(self) -> tuple[str, str, str]:
        """Origin, destination and occupation."""
        return self.worker.country or "", self.placement.destination or "", self.placement.occupation or ""

    def bound(self, law: Law) -> Bound:
        """The rules that bind it on its departure."""
        return law.bound(*self.corridor, self.preparation.departure_on, self.preparation.opened_on)

    def facts(self, law: Law) -> Facts:
        """Answers on the preparation go before the profile's, an authority's decision before both.

        Each counts only with the type that the law fixed.
        """
        on, terms = self.preparation.departure_on, _terms(self.placement)
        worker = cases.Worker(self.worker.birth_date, self.worker.sex, self.worker.nationality, self.worker.country)
        facts = cases.worker_facts(worker, on) | cases.terms_facts(terms)
        if self.profile.status == "live":
            facts |= cases.profile_facts(_profile(self.profile), terms.occupation, law.languages)
        facts |= {"placement.departure_on": on.isoformat(), "placement.first_departure": self.placement.first_departure}
        facts |= cases.answered(self.preparation.answers)
        facts |= recognition_facts(self.recognitions, terms.destination, on)
        return cases.rightly_typed(completed(facts), law.types)


async def preparation_case(session: AsyncSession, preparation_id: UUID) -> PreparationCase | None:
    """The case of a preparation, None while a copy of placement (with its terms), worker or profile is not there."""
    return next(iter(await preparation_cases(session, Preparation.id == preparation_id)), None)


async def preparation_cases(
    session: AsyncSession, which: ColumnElement[bool], most: int | None = None
) -> list[PreparationCase]:
    """Those preparations of which every copy is there, in the order of their ids."""
    found = (
        select(Preparation, Placement, Worker, Profile, WorkerRecognitions.standing)
        .join(Placement, Placement.id == Preparation.placement_id)
        .join(Worker, Worker.id == Placement.worker_id)
        .join(Profile, Profile.id == Placement.worker_id)
        .outerjoin(WorkerRecognitions, WorkerRecognitions.worker_id == Placement.worker_id)
        .where(which, Placement.destination.is_not(None), Worker.country.is_not(None))
        .order_by(Preparation.id)
        .limit(most)
    )
    rows = await session.execute(found.execution_options(populate_existing=True))
    return [PreparationCase(row[0], row[1], row[2], row[3], row[4] or ()) for row in rows]


def vacancy_facts(vacancy: Vacancy) -> Facts:
    """What is known of a vacancy."""
    said = vacancy.terms
    terms = cases.Terms(
        vacancy.occupation,
        vacancy.destination,
        money_of(said["wage"]),
        contract_of(said["contract"]),
        said["employer_kind"],
        said["owner_kind"],
    )
    return cases.terms_facts(terms)


def assessed(vacancy: Vacancy, law: Law, on: date) -> Assessment:
    """A vacancy judged on a day by the law of each of its origins."""
    corridor = vacancy.destination, vacancy.occupation, on, vacancy.submitted_on
    rules = {origin: law.binding(origin, *corridor) for origin in vacancy.origins}
    return assess(rules, vacancy_facts(vacancy), offer_of(vacancy.terms))


def judged_offer(vacancy: Vacancy) -> dict[str, Any]:
    """As JSON, what of a vacancy is judged beside its facts: its origins, and its terms, which ``offer_of`` reads."""
    return {"origins": vacancy.origins} | {name: vacancy.terms[name] for name in ("wage", "contract", "worker_pays")}


def offer_of(terms: Mapping[str, Any]) -> Offer:
    """The regulated terms of a vacancy's JSON."""
    paid = tuple((fee["component"], _money(fee["amount"])) for fee in terms["worker_pays"])
    return Offer(money_of(terms["wage"]), contract_of(terms["contract"]), paid)


def money_of(said: Mapping[str, Any] | None) -> Money | None:
    return _money(said) if said else None


def contract_of(said: Mapping[str, Any] | None) -> dict[str, Any]:
    """What a contract says; what it leaves unsaid is left out."""
    return {name: value for name, value in (said or {}).items() if value is not None}


async def vacancies(session: AsyncSession, which: ColumnElement[bool], most: int) -> list[Vacancy]:
    """Those vacancies, in the order of their ids."""
    return list(await session.scalars(select(Vacancy).where(which).order_by(Vacancy.id).limit(most)))


async def find_preparation(session: AsyncSession, preparation_id: UUID) -> Preparation | None:
    found = select(Preparation).where(Preparation.id == preparation_id)
    return await session.scalar(found.execution_options(populate_existing=True))


async def find_vacancy(session: AsyncSession, vacancy_id: UUID) -> Vacancy | None:
    found = select(Vacancy).where(Vacancy.id == vacancy_id)
    return await session.scalar(found.execution_options(populate_existing=True))


def _money(said: Mapping[str, Any]) -> Money:
    return Money(Decimal(said["amount"]), said["currency"])


def _done(said: Mapping[str, str | None]) -> Done:
    days = {name: date.fromisoformat(day) for name, day in said.items() if day}
    return Done(days["performed_on"], days.get("issued_on"), days.get("expires_on"))


def _terms(placement: Placement) -> cases.Terms:
    said = placement.terms or {}
    return cases.Terms(
        said["occupation"],
        said["destination"],
        money_of(said["wage"]),
        contract_of(said["contract"]),
        said["employer_kind"],
        said["owner_kind"],
    )


def _profile(profile: Profile) -> cases.Profile:
    return cases.Profile(profile.experience, profile.languages, profile.isced, profile.facts)
