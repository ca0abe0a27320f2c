"""A law of forty corridors, and a seeded crowd of open preparations as legislation's copies hold them."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from imdi_legislation.domain.conditions import compile_condition
from imdi_legislation.domain.effects import read_effect
from imdi_legislation.domain.law import Law
from imdi_legislation.domain.rules import Basis, Rule
from imdi_legislation.domain.scope import Scope
from imdi_legislation.storage.cases import PreparationCase
from imdi_legislation.storage.copies import Placement, Preparation, Profile, Worker

CORRIDORS = [
    (origin, to) for origin in ("PH", "NP", "BD", "ID", "LK") for to in ["SA", "QA", "AE", "KW", "MY", "SG", "HK", "DE"]
]
ITEMS = [
    "passport",
    "police_clearance",
    "medical_examination",
    "orientation",
    "insurance",
    "skill_test",
    "visa",
    "exit_permit",
]
CONDITIONS = [
    None,
    "worker.age >= 21",
    "worker.sex == 'female' && worker.age < 45",
    "placement.first_departure",
    "vacancy.occupation.startsWith('53') && vacancy.employer_kind == 'household'",
    "worker.facts.ecr_passport == true",
    "worker.isced >= 3 || worker.experience_years >= 2",
    "worker.country in ['PH', 'ID'] && worker.language.en >= 3",
]
OCCUPATIONS = ("5322", "9111", "2221", "7126")
LEVELS = ("A1", "A2", "B1", "B2", "C1", "C2")
BEGINS, OPENED = date(2026, 1, 1), date(2026, 11, 1)
TYPES: dict[str, Any] = {"worker.facts.ecr_passport": "bool"}
PEOPLE, PROFILES = 2_000, 500


def make_law() -> Law:
    """Thirty-two rules on each corridor: eight for all, and of its origin, its destination and itself eight each."""
    ends = [("*", "*"), *((origin, "*") for origin, _ in CORRIDORS), *(("*", to) for _, to in CORRIDORS), *CORRIDORS]
    rules = [_rule(origin, to, number) for origin, to in dict.fromkeys(ends) for number in range(len(CONDITIONS))]
    return Law(1, rules, TYPES)


def changed(law: Law) -> Law:
    """The same with one rule of one corridor stricter."""
    edited = next(rule for rule in law.rules() if rule.code == "ph-sa-2")
    stricter = replace(edited, id="edited", version=2, effect=_effect(2, "P30D"))
    return Law(2, [stricter if rule is edited else rule for rule in law.rules()], TYPES)


def make_cases(number: int) -> list[PreparationCase]:
    """Open preparations; departures over a year, each with its own facts."""
    chance = random.Random(1)
    workers = [_worker(chance, n) for n in range(PEOPLE)]
    placements = [_placement(chance, n) for n in range(PEOPLE)]
    profiles = [_profile(chance) for _ in range(PROFILES)]
    return [
        PreparationCase(_preparation(chance, n), placements[n % PEOPLE], workers[n % PEOPLE], chance.choice(profiles))
        for n in range(number)
    ]


def _rule(origin: str, destination: str, number: int) -> Rule:
    condition, code = CONDITIONS[number], f"{origin}-{destination}-{number}".lower().replace("*", "all")
    return Rule(
        id=code,
        code=code,
        version=1,
        kind="requirement",
        scope=Scope((origin,), (destination,), ("*",)),
        condition=compile_condition(condition, TYPES) if condition else None,
        effect=_effect(number, "P90D"),
        basis=(Basis("instrument", "An act", f"art. {number}"),),
        begins=BEGINS,
    )


def _effect(number: int, validity: str) -> Any:
    first = [] if number == 0 else ["passport"]
    item = {"code": ITEMS[number], "category": "documents", "title": ITEMS[number], "performed_by": "controller"}
    return read_effect("requirement", item | {"after": first, "lead_days": number, "validity": validity})


def _worker(chance: random.Random, number: int) -> Worker:
    born = date(1966, 1, 1) + timedelta(days=chance.randrange(40 * 365))
    country = CORRIDORS[number % len(CORRIDORS)][0]
    return Worker(birth_date=born, sex=chance.choice(["female", "male"]), nationality=country, country=country)


def _profile(chance: random.Random) -> Profile:
    answers: Sequence[dict[str, Any]] = ({}, {"ecr_passport": True}, {"ecr_passport": False})
    return Profile(
        status="live",
        experience={occupation: chance.randrange(8) for occupation in chance.sample(OCCUPATIONS, 2)},
        languages={"en": chance.choice(LEVELS)},
        isced=chance.choice([None, 1, 2, 3, 5, 6]),
        facts=chance.choice(answers),
    )


def _placement(chance: random.Random, number: int) -> Placement:
    occupation, destination = chance.choice(OCCUPATIONS), CORRIDORS[number % len(CORRIDORS)][1]
    terms = {
        "occupation": occupation,
        "destination": destination,
        "wage": {"amount": f"{chance.randrange(900, 3000)}.00", "currency": "USD"},
        "contract": {"months": 24, "hours_per_week": chance.choice([40, 48, 60]), "rest_days_per_week": 1},
        "employer_kind": chance.choice(["household", "company"]),
        "owner_kind": "recruitment_agency",
    }
    first = chance.random() < 0.6
    return Placement(first_departure=first, occupation=occupation, destination=destination, terms=terms)


def _preparation(chance: random.Random, number: int) -> Preparation:
    leaves = OPENED + timedelta(days=30 + chance.randrange(365))
    return Preparation(id=UUID(int=number + 1), departure_on=leaves, opened_on=OPENED, answers={}, revision=1)
