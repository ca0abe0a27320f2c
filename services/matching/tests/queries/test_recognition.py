"""Decisions as they arrive, in shortlists and for the worker; and that they go when the worker is erased."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from services.matching.tests.conftest import NOW, Market
from services.matching.tests.queries.test_shortlist_rules import add_rule, verdict
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from imdi_common.reactions import Received
from imdi_contracts.legislation import RecognitionDecided, RecognitionState
from imdi_matching.actions.erase_worker import erase_worker
from imdi_matching.queries.shortlist import shortlist_of, vacancies_for
from imdi_matching.reactions.projections import forget_recognitions, keep_recognitions
from imdi_matching.storage.copies import Recognitions

NURSE = {"criterion": "recognition", "profession": "nurse"}
NOT_PARTIAL = {"fact": "worker.facts.recognition_nurse", "op": "!=", "value": "partial"}
DECISION: dict[str, Any] = {
    "id": "01936000-0000-7000-8000-000000000006",
    "profession": "nurse",
    "destination": "SA",
    "outcome": "partial",
    "differences": [{"topic": "canary_care", "hours": 120}],
    "compensation": [{"kind": "aptitude_test", "duration": None, "hours": None}],
    "decided_on": "2026-11-02",
    "valid_until": None,
}


async def learn(session: AsyncSession, worker_id: UUID, sequence: int = 1, *decisions: dict[str, Any]) -> None:
    state = RecognitionDecided.model_validate({"worker_id": str(worker_id), "recognitions": decisions})
    received: Received[RecognitionState] = Received(state, sequence, NOW, str(worker_id))
    await keep_recognitions(session, [received])


async def recognition(market: Market, worker_id: UUID, vacancy_id: UUID) -> tuple[str, str]:
    """The outcome and its detail, which are the same for the vacancy's owner and the worker's controller."""
    listed = await shortlist_of(market.session, vacancy_id, market.owner, 50, None)
    mirror = await vacancies_for(market.session, worker_id, market.agency, 50, None)
    [item] = [one for one in listed["items"] if one["worker_id"] == str(worker_id)]
    [found] = [one for one in item["criteria"] if one["criterion"] == "recognition"]
    [there] = [one for one in mirror["items"] if one["vacancy_id"] == str(vacancy_id)]
    assert found in there["criteria"]
    return found["outcome"], found["detail"]


async def test_a_shortlist_follows_each_decision(market: Market) -> None:
    add_rule(market.session, NURSE)
    vacancy, worker_id = await market.posted(), await market.worker()
    outcomes = [(await recognition(market, worker_id, vacancy.id))[0]]
    for sequence, outcome in enumerate(("partial", "conditional", "none", "full"), 1):
        await learn(market.session, worker_id, sequence, DECISION | {"outcome": outcome})
        outcomes.append((await recognition(market, worker_id, vacancy.id))[0])
    assert outcomes == ["recognition_pending", "trainable", "recognition_pending", "not_met", "met"]


async def test_one_workers_decision_is_not_anothers(market: Market) -> None:
    add_rule(market.session, NURSE)
    vacancy, decided, other = await market.posted(), await market.worker(), await market.worker()
    await learn(market.session, decided, 1, DECISION)
    assert (await recognition(market, decided, vacancy.id))[0] == "trainable"
    assert (await recognition(market, other, vacancy.id))[0] == "recognition_pending"


async def test_the_explanation_tells_the_way_and_not_what_is_wanting(market: Market, lying_in: Any) -> None:
    add_rule(market.session, NURSE)
    vacancy, worker_id = await market.posted(), await market.worker()
    await learn(market.session, worker_id, 1, DECISION)
    _, detail = await recognition(market, worker_id, vacancy.id)
    assert detail == "recognition as nurse in SA: partial, completed by aptitude_test"
    assert await lying_in(market.session, "canary_care") == []


@pytest.mark.parametrize("claim", [{"recognition_nurse": "partial"}, {"recognised_nurse": True}])
@pytest.mark.parametrize("screen", [None, NOT_PARTIAL])
async def test_a_claim_is_no_decision(market: Market, claim: dict[str, Any], screen: Any) -> None:
    add_rule(market.session, NURSE, screen)
    assert await verdict(market, {}, {"facts": claim}) == "recognition recognition_pending"


async def test_an_older_state_never_comes_back(market: Market) -> None:
    add_rule(market.session, NURSE)
    vacancy, worker_id = await market.posted(), await market.worker()
    await learn(market.session, worker_id, 2, DECISION | {"outcome": "full"})
    await learn(market.session, worker_id, 1, DECISION)
    assert (await recognition(market, worker_id, vacancy.id))[0] == "met"


async def test_decisions_go_with_the_worker_and_stay_away(market: Market) -> None:
    session, worker_id = market.session, await market.worker()
    await learn(session, worker_id, 1, DECISION)
    await erase_worker(session, worker_id, NOW)
    await learn(session, worker_id, 2, DECISION)
    assert await session.scalar(select(func.count()).select_from(Recognitions)) == 0
    session.add(Recognitions(id=worker_id, decisions=[], sequence=3))
    await session.flush()
    await forget_recognitions(session)
    assert await session.scalar(select(func.count()).select_from(Recognitions)) == 0
