"""The project's packs as law in memory: every rule of every file, asked as a preview asks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from imdi_legislation.actions.load_packs import Pack, read_packs
from imdi_legislation.domain.breaches import Breach, Offer, find_breaches
from imdi_legislation.domain.cases import Terms, terms_facts
from imdi_legislation.domain.conditions import compile_condition
from imdi_legislation.domain.determination import Requirements, determine
from imdi_legislation.domain.drafts import BasisDraft, RuleDraft
from imdi_legislation.domain.items import Item
from imdi_legislation.domain.judging import rule_on
from imdi_legislation.domain.law import Law
from imdi_legislation.domain.money import Money
from imdi_legislation.domain.rules import Basis, Rule, Source
from imdi_legislation.settings import Settings

ON = date(2027, 3, 1)
Ask = Callable[..., "Told"]


@dataclass(frozen=True, slots=True)
class Told:
    """What the law says of one question."""

    requirements: Requirements
    breaches: list[Breach]

    @property
    def broken(self) -> list[tuple[str, str]]:
        """Each breach as the rule's code and the term."""
        return sorted((breach.rule.code, breach.term) for breach in self.breaches)

    @property
    def items(self) -> dict[str, Item]:
        return {item.code: item for item in self.requirements.items}

    @property
    def criteria(self) -> dict[str, tuple[str, str | None]]:
        return {found.rule.code: (found.status, found.needs_fact) for found in self.requirements.criteria}

    @property
    def bars(self) -> dict[str, str]:
        return {found.rule.code: found.status for found in self.requirements.bars}

    def breach(self, code: str) -> Breach:
        [found] = [breach for breach in self.breaches if breach.rule.code == code]
        return found


@dataclass(frozen=True, slots=True)
class Corridor:
    origin: str
    destination: str
    occupation: str
    wage: str
    contract: dict[str, Any]


MANILA_RIYADH = Corridor("PH", "SA", "5322", "1500.00 SAR", {"rest_days_per_week": 1, "retains_documents": False})
KATHMANDU_PENANG = Corridor("NP", "MY", "8160", "1700.00 MYR", {"months": 24, "accommodation": True})
KATHMANDU_DOHA = Corridor("NP", "QA", "7112", "1000.00 QAR", {"accommodation": True, "food": True})
SURABAYA_JOHOR = Corridor("ID", "MY", "5152", "1500.00 MYR", {"rest_days_per_week": 1, "retains_documents": False})
DHAKA_RIYADH = Corridor(
    "BD", "SA", "9111", "800.00 SAR", {"rest_days_per_week": 1, "hours_per_day": 10, "retains_documents": False}
)
CORRIDORS = {
    "PH-SA": MANILA_RIYADH,
    "NP-MY": KATHMANDU_PENANG,
    "NP-QA": KATHMANDU_DOHA,
    "ID-MY": SURABAYA_JOHOR,
    "BD-SA": DHAKA_RIYADH,
}


def money(text: str) -> Money:
    amount, currency = text.split()
    return Money(Decimal(amount), currency)


@pytest.fixture(scope="session")
def packs() -> list[Pack]:
    return read_packs(Settings.model_fields["packs"].default)


@pytest.fixture(scope="session")
def law(packs: list[Pack]) -> Law:
    """Every rule of the packs as its first version, standing on the instruments' codes."""
    titles = {instrument.code: instrument.title for pack in packs for instrument in pack.instruments}
    return Law(1, [_rule(draft, titles) for pack in packs for draft in pack.rules], {})


@pytest.fixture(scope="session")
def ask(law: Law) -> Ask:
    """``ask(corridor, on=, wage=, contract=, pays=, owner=, **worker)``: a lawful offer but for what a case changes."""

    def go(corridor: Corridor, on: date = ON, **said: Any) -> Told:
        place = said.pop("occupation", corridor.occupation)
        wage, contract = said.pop("wage", corridor.wage), corridor.contract | said.pop("contract", {})
        known = {name: value for name, value in contract.items() if value is not None}
        pays = tuple((name, money(amount)) for name, amount in said.pop("pays", {}).items())
        owner = said.pop("owner", "recruitment_agency")
        terms = Terms(place, corridor.destination, money(wage) if wage else None, known, owner_kind=owner)
        facts = terms_facts(terms) | {"worker.country": corridor.origin}
        facts |= {f"worker.{name}": value for name, value in said.items()}
        rules = law.binding(corridor.origin, corridor.destination, place, on, on)
        offer = Offer(terms.wage, known, pays)
        return Told(determine(rules, facts), find_breaches(rule_on(rules, facts), offer, corridor.origin))

    return go


def _rule(draft: RuleDraft, titles: dict[str, str]) -> Rule:
    def bases(drafts: tuple[BasisDraft, ...]) -> tuple[Basis, ...]:
        return tuple(Basis(basis.instrument, titles[basis.instrument], basis.provision) for basis in drafts)

    return Rule(
        id=draft.code,
        code=draft.code,
        version=1,
        kind=draft.kind,
        scope=draft.scope,
        condition=compile_condition(draft.when) if draft.when else None,
        effect=draft.effect,
        basis=bases(draft.basis),
        begins=draft.begins,
        ends=draft.ends,
        opened_after=draft.transition == "opened_after",
        confidence=draft.confidence,
        disputed=tuple(Source(d.attribute, d.value, bases(d.basis), d.note) for d in draft.disputed),
    )
