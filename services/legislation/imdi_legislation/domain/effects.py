"""What a rule does: one typed effect for each of the six kinds of rule."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from imdi_legislation.domain.components import component_of
from imdi_legislation.domain.facts import CONTRACT
from imdi_legislation.domain.fields import Reader, is_amount
from imdi_legislation.domain.money import Money

KINDS = ("bar", "criterion", "requirement", "contract_term", "fee", "protection")
CATEGORIES = (
    "documents", "security", "qualification", "language", "orientation", "medical", "finance", "contract", "permit",
)  # fmt: skip
PERFORMERS = (
    "government", "international_organization", "civil_society", "employer", "recruitment_agency",
    "training_provider", "medical_provider", "testing_body", "lender", "insurer", "diaspora_organization",
    "worker", "controller",
)  # fmt: skip
MILESTONES = ("application", "visa", "departure", "arrival")
COUNTED_FROM = ("performed_on", "issued_on")
LEVELS = ("A1", "A2", "B1", "B2", "C1", "C2")
"""CEFR; as a fact 1 to 6, and 0 for none."""
TERMS = ("monthly_wage", *CONTRACT)
_LANGUAGE = re.compile(r"[a-z]{2,3}")


@dataclass(frozen=True, slots=True)
class Bar:
    """Recruitment or departure is prohibited; ``longest`` where its basis lets it bind for a limited time only."""

    prohibits: Literal["recruitment", "departure"]
    reason: str
    longest: str | None = None


@dataclass(frozen=True, slots=True)
class Criterion:
    """What a worker must be able to show: one of five, each with its own bounds."""

    criterion: Literal["age", "language", "experience", "qualification", "recognition"]
    min: int | None = None
    max: int | None = None
    language: str | None = None
    level: str | None = None
    years: int | None = None
    isced: int | None = None
    profession: str | None = None

    @property
    def fact(self) -> str:
        """The fact that it is judged by; a recognition is answered as ``worker.facts.recognised_<profession>``."""
        named = {
            "language": f"worker.language.{self.language}",
            "experience": "worker.experience_years",
            "qualification": "worker.isced",
            "recognition": f"worker.facts.recognised_{re.sub('[^a-z0-9]+', '_', (self.profession or '').lower())[:50]}",
        }
        return named.get(self.criterion, "worker.age")

    def met_by(self, value: bool | int | str) -> bool:
        """Whether the value of its fact satisfies it."""
        if self.criterion == "recognition":
            return value is True
        number = int(value)
        if self.criterion == "age":
            return (self.min is None or number >= self.min) and (self.max is None or number <= self.max)
        floor = LEVELS.index(self.level) + 1 if self.level else self.years if self.years is not None else self.isced
        return number >= (floor or 0)


@dataclass(frozen=True, slots=True)
class Requirement:
    """An item that a worker must have done, by whom, when, for how long, and who pays."""

    code: str
    category: str
    title: str
    performed_by: str
    after: tuple[str, ...] = ()
    lead_days: int | None = 0
    lead_working_days: int | None = None
    validity: str | None = None
    counted_from: str = "performed_on"
    holds_at: tuple[str, ...] = ("departure",)
    beyond: str | None = None
    payer: str | None = None
    documents: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ContractTerm:
    """A term of the contract: a floor, a ceiling or the one lawful value."""

    term: str
    min: Money | int | None = None
    max: Money | int | None = None
    equals: Money | bool | int | str | None = None


@dataclass(frozen=True, slots=True)
class Cap:
    """The most a worker may pay: an amount of money, months of wage, or (with neither) nothing in any currency."""

    money: Money | None = None
    months_of_wage: Decimal | None = None

    def limit(self, wage: Money | None, currency: str) -> Money | None:
        """The cap as money, None where it hangs on a wage that is not said; ``currency`` is that of a zero cap."""
        if self.months_of_wage is not None:
            return wage and Money(wage.amount * self.months_of_wage, wage.currency)
        return self.money or Money(Decimal(0), currency)


@dataclass(frozen=True, slots=True)
class Fee:
    component: str
    payer: str
    cap: Cap
    includes: tuple[str, ...] = ()
    excludes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Protection:
    measure: str
    contact: str | None = None
    remedy: str | None = None
    deadline: str | None = None


Effect = Bar | Criterion | Requirement | ContractTerm | Fee | Protection


def read_effect(kind: str, data: Mapping[str, Any]) -> Effect:
    """The typed effect of a rule of that kind; raises ``Invalid`` naming each field (``effect.validity``)."""
    reader = Reader(data, "effect")
    effect = _READERS[kind](reader)
    reader.finish()
    return effect


def kind_of(effect: Effect) -> str:
    """The kind of rule that has such an effect."""
    return _KINDS[type(effect)]


def _bar(reader: Reader) -> Bar:
    prohibits = reader.choice("prohibits", ("recruitment", "departure"))
    return Bar(prohibits, reader.text("reason"), reader.duration("longest"))


def _criterion(reader: Reader) -> Criterion:
    criterion = reader.choice("criterion", ("age", "language", "experience", "qualification", "recognition"))
    if criterion == "age":
        low, high = reader.whole("min", None, high=150), reader.whole("max", None, high=150)
        if low is None and high is None:
            reader.wrong("min", "required", "An age criterion has min, max or both.")
        _demand_order(reader, low, high)
        return Criterion(criterion, min=low, max=high)
    if criterion == "language":
        language = reader.text("language")
        if isinstance(language, str) and not _LANGUAGE.fullmatch(language):
            reader.wrong("language", "language", "An ISO 639 code of two or three letters.")
        return Criterion(criterion, language=language, level=reader.choice("level", LEVELS))
    if criterion == "experience":
        return Criterion(criterion, years=reader.whole("years", high=60))
    if criterion == "qualification":
        return Criterion(criterion, isced=reader.whole("isced", high=8))
    return Criterion("recognition", profession=reader.text("profession", longest=200))


def _demand_order(reader: Reader, low: Decimal | int | None, high: Decimal | int | None) -> None:
    if low is not None and high is not None and low > high:
        reader.wrong("max", "order", "max is not below min.")


def _requirement(reader: Reader) -> Requirement:
    working = reader.whole("lead_working_days", None, high=1000)
    days = reader.whole("lead_days", None if working is not None else 0, high=1000)
    if working is not None and days is not None:
        reader.wrong("lead_working_days", "one_of", "A lead is in lead_days or in lead_working_days, not both.")
    code, after = reader.name("code"), reader.names("after")
    if code in after:
        reader.wrong("after", "cycle", "An item is no prerequisite of itself.")
    return Requirement(
        code=code,
        category=reader.choice("category", CATEGORIES),
        title=reader.text("title", longest=200),
        performed_by=reader.choice("performed_by", PERFORMERS),
        after=after,
        lead_days=days,
        lead_working_days=working,
        validity=reader.duration("validity"),
        counted_from=reader.choice("counted_from", COUNTED_FROM, "performed_on"),
        holds_at=reader.choices("holds_at", MILESTONES, ("departure",)) or ("departure",),
        beyond=reader.duration("beyond"),
        payer=reader.name("payer", None),
        documents=reader.texts("documents"),
    )


def _contract_term(reader: Reader) -> ContractTerm:
    term = reader.choice("term", TERMS)
    if not {"min", "max", "equals"} & {name for name, value in reader.data.items() if value is not None}:
        reader.wrong("min", "required", "A term has min, max or equals.")
    if term == "monthly_wage":
        low, high, exact = reader.money("min"), reader.money("max"), reader.money("equals")
        if len({money.currency for money in (low, high, exact) if money}) > 1:
            reader.wrong("max", "currency", "A term speaks in one currency.")
        else:
            _demand_order(reader, low.amount if low else None, high.amount if high else None)
        return ContractTerm(term, low, high, exact)
    if CONTRACT.get(str(term)) == "int":
        bounds = [reader.whole(name, None) for name in ("min", "max", "equals")]
        _demand_order(reader, bounds[0], bounds[1])
        return ContractTerm(term, *bounds)
    value = reader.take("equals", None)
    if CONTRACT.get(str(term)) == "bool" and not isinstance(value, bool):
        reader.wrong("equals", "boolean", "This term is true or false.")
    if term == "ticket_paid_by" and value not in ("employer", "worker"):
        reader.wrong("equals", "one_of", "One of: employer, worker.")
    return ContractTerm(str(term), equals=value)


def _fee(reader: Reader) -> Fee:
    component = component_of(str(reader.name("component")))
    payer = reader.choice("payer", ("worker",))
    return Fee(component, payer, _cap(reader), _components(reader, "includes"), _components(reader, "excludes"))


def _components(reader: Reader, name: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(map(component_of, reader.names(name))))


def _cap(reader: Reader) -> Cap:
    value = reader.take("cap")
    if isinstance(value, Mapping) and set(value) == {"months_of_wage"} and is_amount(value["months_of_wage"]):
        return Cap(months_of_wage=Decimal(value["months_of_wage"]))
    if (
        isinstance(value, Mapping)
        and set(value) == {"amount"}
        and is_amount(value["amount"])
        and not Decimal(value["amount"])
    ):
        return Cap()
    if value is not None and not (isinstance(value, Mapping) and "currency" in value):
        reader.wrong("cap", "cap", 'Money, {"months_of_wage": "1"} or {"amount": "0"}.')
        return Cap()
    return Cap(money=reader.money("cap"))


def _protection(reader: Reader) -> Protection:
    return Protection(
        reader.text("measure"), reader.text("contact", None), reader.text("remedy", None), reader.text("deadline", None)
    )


_READERS: dict[str, Callable[[Reader], Effect]] = {
    "bar": _bar,
    "criterion": _criterion,
    "requirement": _requirement,
    "contract_term": _contract_term,
    "fee": _fee,
    "protection": _protection,
}
_KINDS: dict[type[Effect], str] = {
    Bar: "bar",
    Criterion: "criterion",
    Requirement: "requirement",
    ContractTerm: "contract_term",
    Fee: "fee",
    Protection: "protection",
}
