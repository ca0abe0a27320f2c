"""The owner offers terms, never below the posted ones; it may offer again until the worker agrees."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from imdi_common.actor import Actor
from imdi_common.clock import today_in
from imdi_common.problems import invalid
from imdi_contracts.matching import PlacementTerms
from imdi_matching.actions.announce_placement import bring
from imdi_matching.actions.open_case import demand_open, open_case
from imdi_matching.actions.submit_vacancy import recruiter
from imdi_matching.domain.offers import falls_below
from imdi_matching.domain.vacancies import Money
from imdi_matching.storage.tables import Vacancy


@dataclass(frozen=True, slots=True)
class Offer:
    """A monthly wage, and the day of departure."""

    amount: Decimal
    currency: str
    departure_on: date


async def make_offer(session: AsyncSession, placement_id: UUID, offer: Offer, actor: Actor, now: datetime) -> UUID:
    """422 ``below-posted-terms`` for a wage below the posted one, 422 for a departure in the past."""
    case = await open_case(session, placement_id, "offer", actor)
    recruiter(actor, now)
    demand_open(case.vacancy)
    posted = Money(case.vacancy.wage_amount, case.vacancy.wage_currency)
    if falls_below(Money(offer.amount, offer.currency), posted):
        raise invalid("wage", "not_below_posted", "must not fall below the posted wage", slug="below-posted-terms")
    origin = case.worker.country if case.worker else None
    if offer.departure_on < today_in(origin or case.vacancy.country, now):
        raise invalid("departure_on", "not_in_the_past", "must not lie in the past")
    case.placement.terms = _terms(case.vacancy, offer).model_dump(mode="json")
    case.placement.departure_on = offer.departure_on
    await bring(session, case.placement, "offered")
    return placement_id


def _terms(vacancy: Vacancy, offer: Offer) -> PlacementTerms:
    """The posted terms with the wage offered."""
    terms = {
        "vacancy_revision": vacancy.revision,
        "occupation": vacancy.occupation,
        "destination": vacancy.country,
        "wage": {"amount": offer.amount, "currency": offer.currency},
        "contract": vacancy.contract,
        "employer_kind": vacancy.employer_kind,
        "owner_kind": vacancy.owner_kind,
    }
    return PlacementTerms.model_validate(terms)
