"""The feed of placements: to each party its own, and nothing to a stranger."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from services.matching.tests.conftest import EVIDENCE, NOW, Market
from services.matching.tests.queries.test_feed_writers import publish

from imdi_common.actor import Actor
from imdi_matching.actions.agree import agree
from imdi_matching.actions.follow_worker import follow_worker
from imdi_matching.actions.withdraw import withdraw
from imdi_matching.queries.placements import own_changes
from imdi_matching.storage.copies import lock_worker

STEPS = ["proposed", "accepted", "selected", "offered", "agreed"]


async def told(market: Market, actor: Actor, after: str | None = None) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = (await own_changes(market.session, actor, after, 200))["items"]
    return items


@pytest.fixture
async def agreed(market: Market) -> UUID:
    """One placement as far as its agreement, and one of others."""
    placement_id = await market.offered(await market.posted(), await market.worker())
    await agree(market.session, placement_id, EVIDENCE, market.agency)
    others = Market(market.session)
    await others.offered(await others.posted(), await others.worker())
    await publish(market.session)
    return placement_id


async def test_each_party_is_told_every_step_of_its_own(market: Market, agreed: UUID) -> None:
    for actor in (market.owner, market.agency):
        changes = await told(market, actor)
        assert [change["status"] for change in changes] == STEPS
        assert [change["sequence"] for change in changes] == [1, 2, 3, 4, 5]
        assert {change["placement_id"] for change in changes} == {str(agreed)}
        assert changes[-1]["type"] == "org.imdi.placement.agreed.v1"
        assert await told(market, actor, changes[-1]["cursor"]) == []
    assert await told(market, market.stranger) == []


async def test_who_is_no_member_has_no_placements(market: Market, agreed: UUID) -> None:
    placement = await market.placement(agreed)
    placement.controller_id = None
    await market.session.flush()
    assert await told(market, Actor("steward", frozenset({"steward"}), None)) == []


async def test_words_and_evidence_stay_and_the_code_is_told(market: Market, agreed: UUID) -> None:
    await withdraw(market.session, agreed, "she is ill", market.agency, NOW)
    await publish(market.session)
    last = (await told(market, market.owner))[-1]
    assert (last["status"], last["placement"]["reason_code"]) == ("withdrawn", "withdrawn_by_controller")
    assert "ill" not in str(last)
    assert "FORM-1" not in str(await told(market, market.agency))


async def test_it_goes_over_to_the_new_controller_with_the_worker(market: Market, agreed: UUID) -> None:
    placement = await market.placement(agreed)
    worker = await lock_worker(market.session, placement.worker_id)
    assert worker
    worker.controller_id, worker.sequence = market.stranger.tenant_id, 2
    await follow_worker(market.session, worker, NOW)
    await publish(market.session)
    assert await told(market, market.agency) == []
    changes = await told(market, market.stranger)
    assert [change["status"] for change in changes] == [*STEPS, "agreed"]
    assert changes[-1]["placement"]["controller_id"] == str(market.stranger.tenant_id)
