"""Copies come in any order and change at any time: the answer is the same, and told only where it changes."""

from __future__ import annotations

import itertools
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select

from imdi_common.reactions import NotYet
from imdi_legislation.actions.answer_again import reassess
from imdi_legislation.actions.retire_rule import retire_rule
from imdi_legislation.storage.copies import Placement, Preparation, Profile, Vacancy, Worker
from imdi_legislation.storage.tables import Determination, DeterminationFacts, ErasedWorker, Subject

STEPS = ("worker", "profile", "placement", "preparation")
ENGLISH = {"criterion": "language", "language": "en", "level": "B1"}
FLOOR: dict[str, Any] = {"term": "monthly_wage", "min": {"amount": "1700.00", "currency": "SAR"}}
GONE: dict[str, Any] = {"birth_date": None, "sex": None, "nationality": None, "country": None, "consents": []}


@pytest.mark.parametrize("order", list(itertools.permutations(STEPS)), ids="-".join)
async def test_in_whatever_order_copies_come_the_answer_is_one(
    session: Any, parliament: Any, cases: Any, told: Any, order: tuple[str, ...]
) -> None:
    await parliament.enact()
    await parliament.enact("age", "criterion", {"criterion": "age", "min": 21})
    await parliament.enact("english", "criterion", ENGLISH)
    for place, step in enumerate(order):
        if step == "preparation" and place < 3:
            with pytest.raises(NotYet):
                await cases.preparation()
        else:
            await getattr(cases, step)()
    [answer] = await told("requirements.determined")
    assert [item["status"] for item in answer["items"]] == ["required"]
    assert {found["status"] for found in answer["criteria"]} == {"met"}
    assert await session.scalar(select(func.count()).select_from(Determination)) == 1


@pytest.mark.parametrize(
    ("kind", "effect", "attribute", "theirs"),
    [
        ("criterion", {"criterion": "age", "min": 24}, "min", 23),
        ("bar", {"prohibits": "departure", "reason": "war"}, "reason", "unrest"),
    ],
)
async def test_bars_and_criteria_are_told_with_all_that_their_sources_say(
    parliament: Any, cases: Any, told: Any, kind: str, effect: dict[str, Any], attribute: str, theirs: Any
) -> None:
    await parliament.enact()
    source = {"instrument": str(parliament.instrument), "provision": "art. 9"}
    await parliament.enact(
        "said", kind, effect, disputed=[{"attribute": attribute, "value": theirs, "basis": [source]}]
    )
    await cases.open()
    [answer] = await told("requirements.determined")
    [found] = answer["bars"] + answer["criteria"]
    assert [(one["attribute"], one["value"]) for one in found["disputed"]] == [
        (attribute, effect[attribute]),
        (attribute, theirs),
    ]
    assert found["disputed"][1]["basis"][0]["provision"] == "art. 9"


async def test_the_same_input_has_the_same_hash_and_another_another(session: Any, cases: Any, told: Any) -> None:
    await cases.open()
    for departs in ("2027-03-02", "2027-03-01"):
        await cases.preparation(revision=2 if departs == "2027-03-02" else 3, departure_on=departs)
    hashes = [answer["answers"]["input_hash"] for answer in await told("requirements.determined")]
    assert hashes[0] == hashes[2] != hashes[1]
    kept = set(await session.scalars(select(Determination.input_hash)))
    assert kept == set(hashes)


@pytest.mark.parametrize(
    ("what", "change", "changes"),
    [
        ("worker", {"birth_date": "1996-04-03"}, False),
        ("worker", {"birth_date": "2006-03-01"}, False),
        ("worker", {"birth_date": "2006-03-02"}, True),
        ("worker", {"birth_date": None}, True),
        ("worker", {"nationality": "ID"}, False),
        ("worker", {"country": "ID"}, True),
        ("profile", {"isced": 8}, False),
        ("profile", {"languages": [{"language": "en", "level": "C2"}]}, False),
        ("profile", {"languages": [{"language": "en", "level": "A2"}]}, True),
        ("profile", {"languages": []}, True),
        ("profile", {"status": "withdrawn"}, True),
        ("placement", {"status": "ready"}, False),
        ("placement", {"first_departure": False}, True),
    ],
)
async def test_a_change_is_told_only_where_it_changes_the_answer(
    parliament: Any, cases: Any, told: Any, what: str, change: dict[str, Any], changes: bool
) -> None:
    scope = {"origins": ["PH"], "destinations": ["SA"], "occupations": ["53"]}
    await parliament.enact("age", "criterion", {"criterion": "age", "min": 21}, scope=scope | {"origins": ["*"]})
    await parliament.enact("english", "criterion", ENGLISH)
    first = {"code": "orientation", "category": "orientation", "title": "O", "performed_by": "training_provider"}
    await parliament.enact("first", "requirement", first, when="placement.first_departure")
    await parliament.enact("manila", scope=scope | {"destinations": ["SA"]})
    await cases.open()
    await getattr(cases, what)(**change)
    answers = await told("requirements.determined")
    assert len(answers) == (2 if changes else 1)
    assert {answer["answers"]["revision"] for answer in answers} == {1}


@pytest.mark.parametrize(
    ("scope", "kind", "touches"),
    [
        ({"origins": ["PH"], "destinations": ["SA"], "occupations": ["5322"]}, "requirement", True),
        ({"origins": ["ASEAN"], "destinations": ["SA"], "occupations": ["5"]}, "requirement", True),
        ({"origins": ["*"], "destinations": ["SA", "MY"], "occupations": ["81", "53"]}, "requirement", True),
        ({"origins": ["NP"], "destinations": ["SA"], "occupations": ["*"]}, "requirement", False),
        ({"origins": ["EU"], "destinations": ["SA"], "occupations": ["*"]}, "requirement", False),
        ({"origins": ["*"], "destinations": ["SA"], "occupations": ["5321"]}, "requirement", False),
        ({"origins": ["SA"], "destinations": ["MY"], "occupations": ["*"]}, "requirement", False),
        ({"origins": ["*"], "destinations": ["SA"], "occupations": ["*"]}, "contract_term", False),
        ({"origins": ["*"], "destinations": ["SA"], "occupations": ["*"]}, "protection", True),
        ({"origins": ["NP"], "destinations": ["SA"], "occupations": ["*"]}, "protection", False),
    ],
)
async def test_new_law_queues_the_preparations_in_its_scope(
    session: Any, parliament: Any, cases: Any, told: Any, scope: dict[str, Any], kind: str, touches: bool
) -> None:
    await cases.open()
    effects = {"contract_term": FLOOR, "protection": {"measure": "Hotline"}}
    await parliament.enact("new", kind, effects.get(kind), scope=scope)
    assert await session.scalar(select(Subject.stale)) is touches
    await parliament.settle()
    assert len(await told("requirements.determined")) == (2 if touches else 1)


async def test_a_rule_without_change_of_the_answer_is_told_nobody(parliament: Any, cases: Any, told: Any) -> None:
    await parliament.enact()
    await cases.open()
    await parliament.enact("war", "bar", {"prohibits": "recruitment", "reason": "x"})
    await parliament.settle()
    assert len(await told("requirements.determined")) == 1


@pytest.mark.parametrize(("on", "items"), [(date(2027, 3, 1), [1, 0]), (date(2027, 3, 2), [1])])
async def test_a_rule_retired_frees_who_departs_on_that_day_or_later(
    parliament: Any, cases: Any, told: Any, on: date, items: list[int]
) -> None:
    rule_id = await parliament.enact()
    await cases.open()
    await retire_rule(parliament.session, rule_id, on, parliament.one, parliament.now)
    await parliament.settle()
    assert [len(answer["items"]) for answer in await told("requirements.determined")] == items


@pytest.mark.parametrize("deed", ["retire", "replace"])
async def test_the_end_of_a_version_reaches_the_cases_that_it_left_to_the_one_before(
    parliament: Any, cases: Any, told: Any, deed: str
) -> None:
    """The version that ends never covered their corridor; the one that bound them ends with it."""
    await parliament.enact()
    elsewhere = {"origins": ["SA"], "destinations": ["QA"], "occupations": ["*"]}
    later = await parliament.enact(scope=elsewhere, begins=date(2026, 12, 1), transition="opened_after")
    await cases.open()
    if deed == "retire":
        await retire_rule(parliament.session, later, date(2027, 1, 1), parliament.one, parliament.now)
    else:
        await parliament.enact(scope=elsewhere, begins=date(2027, 1, 1))
    await parliament.settle()
    assert [len(answer["items"]) for answer in await told("requirements.determined")] == [1, 0]


@pytest.mark.parametrize(("days", "lawful"), [(7, [True]), (8, [True, False]), (9, [True, False])])
async def test_a_vacancy_is_assessed_on_the_day_a_rule_begins_and_not_before(
    session: Any, parliament: Any, cases: Any, told: Any, day: Any, days: int, lawful: list[bool]
) -> None:
    await cases.vacancy()
    rule_id = await parliament.enact("wage", "contract_term", FLOOR, begins=date(2026, 12, 1))
    await parliament.settle()
    await reassess(session, f"{rule_id}:begins", day(days))
    await parliament.settle(day(days))
    assert [answer["lawful"] for answer in await told("vacancy.assessed")] == lawful


@pytest.mark.parametrize(("days", "lawful"), [(7, [False]), (8, [False, True])])
async def test_a_vacancy_is_freed_on_the_day_after_a_rules_last(
    session: Any, parliament: Any, cases: Any, told: Any, day: Any, days: int, lawful: list[bool]
) -> None:
    effective = {"from": "2026-01-01", "until": "2026-11-30"}
    rule_id = await parliament.enact("wage", "contract_term", FLOOR, effective=effective)
    await cases.vacancy()
    await reassess(session, f"{rule_id}:ended", day(days))
    await parliament.settle(day(days))
    assert [answer["lawful"] for answer in await told("vacancy.assessed")] == lawful


async def test_of_one_worker_erased_nothing_of_another_is_lost(
    session: Any, parliament: Any, cases: Any, told: Any
) -> None:
    await parliament.enact()
    await cases.open()
    await cases.vacancy()
    other = type(cases)(session)
    await other.open()
    before = {row.id: (row.input_hash, row.outcome) for row in await session.scalars(select(Determination))}
    await cases.worker(status="erasure_requested", **GONE)
    for held in (Worker, Profile, Placement, Preparation):
        assert await session.scalar(select(func.count()).select_from(held)) == 1
    assert await session.scalar(select(func.count()).select_from(Vacancy)) == 1
    assert set(await session.scalars(select(DeterminationFacts.worker_id))) == {UUID(other.worker_id), None}
    after = {row.id: (row.input_hash, row.outcome) for row in await session.scalars(select(Determination))}
    assert after == before
    assert list(await session.scalars(select(ErasedWorker.worker_id))) == [UUID(cases.worker_id)]
    assert await told("erasure.completed") == [{"worker_id": cases.worker_id}]


async def test_law_made_after_an_erasure_answers_the_erased_no_more(
    session: Any, parliament: Any, cases: Any, told: Any
) -> None:
    await cases.open()
    await cases.worker(status="erasure_requested", **GONE)
    await parliament.enact()
    await parliament.settle()
    assert len(await told("requirements.determined")) == 1
    assert await session.scalar(select(func.count()).select_from(DeterminationFacts)) == 0


async def test_of_the_erased_no_fact_lies_in_any_table(
    session: Any, parliament: Any, cases: Any, lying_in: Any
) -> None:
    await parliament.enact()
    await parliament.enact("age", "criterion", {"criterion": "age", "min": 21})
    await cases.worker(nationality="ID")
    await cases.profile(facts={"kin": "CANARY"})
    await cases.placement()
    await cases.preparation(facts={"worker.facts.religion": "FOUNDLING"})
    for canary in ("CANARY", "FOUNDLING"):
        assert "determination_facts" in await lying_in(session, canary)
    await cases.worker(status="erasure_requested", **GONE)
    for canary in ("CANARY", "FOUNDLING", "1996-04-02"):
        assert await lying_in(session, canary) == []
