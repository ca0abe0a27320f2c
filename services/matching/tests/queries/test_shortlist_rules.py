"""The law as stored, on a worker as stored: barred, listed with a reason, or not concerned."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from services.matching.tests.conftest import Market
from sqlalchemy.ext.asyncio import AsyncSession

from imdi_matching.queries.shortlist import shortlist_of, vacancies_for
from imdi_matching.storage.copies import Rule

BASIS = [{"instrument": "i", "title": "Order", "provision": "1"}]
FEMALE = {"fact": "worker.sex", "op": "==", "value": "female"}
YOUNG = {"fact": "worker.age", "op": "<", "value": 24}
ECR = {"fact": "worker.facts.ecr_passport", "op": "==", "value": True}
CHILD = {"fact": "worker.facts.child_at_home", "op": "==", "value": True}
BAR = {"prohibits": "recruitment", "reason": "ban"}
AGE = {"criterion": "age", "min": 24, "max": 45}
NOTHING_SAID: dict[str, Any] = {"facts": {}}


def add_rule(session: AsyncSession, effect: dict[str, Any], screen: Any = None, **changes: Any) -> None:
    version = {
        "id": "r1",
        "version": 1,
        "scope": {"origins": ["PH"], "destinations": ["SA"], "occupations": ["53"]},
        "screen": screen,
        "effect": effect,
        "basis": BASIS,
        "effective_from": "2026-01-01",
        "effective_until": None,
        "transition": "all_open",
        "replaces": None,
    }
    kind = "bar" if "prohibits" in effect else "criterion"
    session.add(Rule(code="rule", kind=kind, versions=[version | changes], sequence=1))


async def verdict(market: Market, worker: dict[str, Any], entry: dict[str, Any]) -> str:
    """``barred <reason>``, ``<criterion> <outcome>`` of the one rule, or ``not concerned``."""
    vacancy = await market.posted()
    worker_id = await market.worker(profile=False, **worker)
    await market.claim(worker_id, **entry)
    answer = await shortlist_of(market.session, vacancy.id, market.owner, 50, None)
    mirror = await vacancies_for(market.session, worker_id, market.agency, 50, None)
    assert mirror["barred"] == answer["barred"]
    if answer["barred"]["count"]:
        assert answer["items"] == mirror["items"] == []
        return f"barred {' '.join(answer['barred']['reasons'])}"
    (item,) = answer["items"]
    assert mirror["items"][0]["criteria"] == item["criteria"]
    legal = [one for one in item["criteria"] if one["rule"]]
    if not legal:
        return "not concerned"
    (one,) = legal
    assert (one["weight"], one["basis"]) == (None, BASIS)
    return f"{one['criterion']} {one['outcome']}"


@pytest.mark.parametrize(
    ("effect", "screen", "worker", "entry", "expected"),
    [
        (BAR, None, {}, {}, "barred ban"),
        (BAR, FEMALE, {}, {}, "barred ban"),
        (BAR, FEMALE, {"sex": "male"}, {}, "not concerned"),
        (BAR, FEMALE, {"sex": None}, {}, "recruitment missing_evidence"),
        (BAR, {"negated": FEMALE}, {}, {}, "not concerned"),
        (BAR, {"negated": FEMALE}, {"sex": None}, {}, "recruitment missing_evidence"),
        (BAR, ECR, {}, {}, "barred ban"),
        (BAR, ECR, {}, {"facts": {"ecr_passport": False}}, "not concerned"),
        (BAR, ECR, {}, NOTHING_SAID, "recruitment missing_evidence"),
        (BAR, {"all": [FEMALE, CHILD]}, {}, {}, "recruitment missing_evidence"),
        (BAR, {"all": [FEMALE, CHILD]}, {"sex": "male"}, {}, "not concerned"),
        (BAR, {"all": [FEMALE, ECR]}, {}, {}, "barred ban"),
        (BAR, {"any": [FEMALE, CHILD]}, {}, {}, "barred ban"),
        (BAR, {"any": [YOUNG, CHILD]}, {}, {}, "recruitment missing_evidence"),
        (BAR, {"any": [YOUNG, CHILD]}, {}, {"facts": {"child_at_home": False}}, "not concerned"),
        ({"prohibits": "departure", "reason": "ban"}, FEMALE, {}, {}, "not concerned"),
        (AGE, None, {}, {}, "age met"),
        (AGE, None, {"birth_date": date(2003, 3, 1)}, {}, "age met"),
        (AGE, None, {"birth_date": date(2003, 3, 2)}, {}, "barred age"),
        (AGE, None, {"birth_date": date(1981, 3, 2)}, {}, "age met"),
        (AGE, None, {"birth_date": date(1981, 3, 1)}, {}, "barred age"),
        (AGE, None, {"birth_date": None}, {}, "age missing_evidence"),
        (AGE, FEMALE, {"sex": "male", "birth_date": date(2010, 1, 1)}, {}, "not concerned"),
        (AGE, CHILD, {"birth_date": date(2010, 1, 1)}, {}, "age missing_evidence"),
        ({"criterion": "language", "language": "en", "level": "B1"}, None, {}, {}, "language met"),
        ({"criterion": "language", "language": "en", "level": "B2"}, None, {}, {}, "language trainable"),
        ({"criterion": "language", "language": "ar", "level": "A1"}, None, {}, {}, "language trainable"),
        ({"criterion": "experience", "years": 3}, None, {}, {}, "experience met"),
        ({"criterion": "experience", "years": 4}, None, {}, {}, "experience not_met"),
        ({"criterion": "qualification", "isced": 3}, None, {}, {}, "qualification met"),
        ({"criterion": "qualification", "isced": 4}, None, {}, {}, "qualification not_met"),
        (
            {"criterion": "qualification", "isced": 3},
            None,
            {},
            {"qualifications": []},
            "qualification missing_evidence",
        ),
        ({"criterion": "recognition", "profession": "nurse"}, None, {}, {}, "recognition recognition_pending"),
    ],
)
async def test_what_a_rule_makes_of_a_worker(
    market: Market, effect: dict[str, Any], screen: Any, worker: dict[str, Any], entry: dict[str, Any], expected: str
) -> None:
    add_rule(market.session, effect, screen)
    assert await verdict(market, worker, entry) == expected


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, "barred ban"),
        ({"effective_from": "2027-03-01"}, "barred ban"),
        ({"effective_from": "2027-03-02"}, "not concerned"),
        ({"effective_until": "2027-03-01"}, "barred ban"),
        ({"effective_until": "2027-02-28"}, "not concerned"),
        ({"effective_from": "2026-12-01", "transition": "opened_after"}, "not concerned"),
        ({"effective_from": "2026-11-23", "transition": "opened_after"}, "barred ban"),
        ({"scope": {"origins": ["*"], "destinations": ["*"], "occupations": ["*"]}}, "barred ban"),
        ({"scope": {"origins": ["NP"], "destinations": ["*"], "occupations": ["*"]}}, "not concerned"),
        ({"scope": {"origins": ["*"], "destinations": ["MY"], "occupations": ["*"]}}, "not concerned"),
        ({"scope": {"origins": ["*"], "destinations": ["*"], "occupations": ["54"]}}, "not concerned"),
    ],
)
async def test_when_and_where_a_rule_binds(market: Market, changes: dict[str, Any], expected: str) -> None:
    add_rule(market.session, BAR, **changes)
    assert await verdict(market, {}, {}) == expected
