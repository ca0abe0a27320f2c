"""What the law asks on a corridor, of nobody in particular: the same judging as of a real case, kept nowhere."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from imdi_legislation.domain.breaches import find_breaches, over_origins
from imdi_legislation.domain.cases import rightly_typed
from imdi_legislation.domain.decisions import completed
from imdi_legislation.domain.facts import Facts
from imdi_legislation.domain.law import Law
from imdi_legislation.domain.plain import plain
from imdi_legislation.storage.cases import contract_of, money_of, offer_of


@dataclass(frozen=True, slots=True)
class Question:
    """A corridor, an occupation and a day; facts by their full names; an offer's terms where one is checked."""

    origin: str
    destination: str
    occupation: str
    on: date
    facts: Facts = field(default_factory=dict)
    offer: dict[str, Any] | None = None
    """``wage``, ``contract``, ``worker_pays``."""


def preview(law: Law, question: Question) -> dict[str, Any]:
    """Bars, criteria, terms, fees, items and protections as they stand, and the breaches where an offer is given."""
    on = question.on
    bound = law.bound(question.origin, question.destination, question.occupation, on, on)
    facts = rightly_typed(completed(facts_of(question)), law.types)
    found = bound.conclude(facts)
    breaches = []
    if question.offer is not None:
        breaches = over_origins(find_breaches(bound.rulings(facts), offer_of(question.offer), question.origin))
    return found.whole | {"breaches": plain(breaches)}


def facts_of(question: Question) -> Facts:
    """What the question itself says, under what it states of worker, vacancy and placement."""
    asked: Facts = {
        "worker.country": question.origin,
        "vacancy.occupation": question.occupation,
        "vacancy.destination": question.destination,
        "placement.departure_on": question.on.isoformat(),
    }
    offer = question.offer or {}
    wage = money_of(offer.get("wage"))
    if wage:
        asked |= {"vacancy.currency": wage.currency, "vacancy.monthly_wage": wage.minor}
    contract = {f"vacancy.contract.{name}": value for name, value in contract_of(offer.get("contract")).items()}
    return asked | contract | question.facts
