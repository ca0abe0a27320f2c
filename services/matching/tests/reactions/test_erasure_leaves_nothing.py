"""After an erasure no word that anybody wrote of the worker lies in any of matching's tables, nor ever left it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from services.matching.tests.conftest import ENTRY, NOW, Market
from services.matching.tests.reactions.test_a_workers_course import learn
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from imdi_common.mechanics import outbox
from imdi_matching.actions.agree import agree
from imdi_matching.actions.offer import Offer, make_offer
from imdi_matching.actions.propose import propose
from imdi_matching.actions.withdraw import withdraw

QUALIFICATION = ENTRY["qualifications"][0] | {"title": "CANARY NC II"}
WRITTEN = {"qualifications": [QUALIFICATION], "facts": {"kin": "CANARY", "ecr_passport": True}}
PAPER = {"kind": "signed_form", "reference": "CANARY.pdf"}


async def publish(session: AsyncSession) -> None:
    """As the relay does, once Kafka has them."""
    marks = {"published_at": NOW, "published_position": outbox.c.position}
    await session.execute(update(outbox).where(outbox.c.published_at.is_(None)).values(marks))


async def written_of(market: Market) -> UUID:
    """A worker with every free text filled in: on two claims, a placement withdrawn with a note, and one agreed."""
    session = market.session
    worker_id = await market.worker(profile=False)
    for actor in (market.agency, market.stranger):
        await market.claim(worker_id, actor, **WRITTEN)
    given_up = await market.offered(await market.posted(), worker_id)
    await withdraw(session, given_up, "CANARY has other plans", market.agency, NOW)
    vacancy = await market.posted()
    placement_id = await propose(session, vacancy.id, worker_id, market.agency, NOW)
    placement = await market.placement(placement_id)
    placement.acceptance, placement.status = PAPER, "selected"
    await session.flush()
    offer = Offer(vacancy.wage_amount, vacancy.wage_currency, vacancy.start_on)
    await make_offer(session, placement_id, offer, market.owner, NOW)
    await agree(session, placement_id, PAPER, market.agency)
    return worker_id


@pytest.mark.parametrize("sent_before", [True, False])
async def test_no_word_stays_in_any_table(market: Market, lying_in: Any, sent_before: bool) -> None:
    session, worker_id = market.session, await written_of(market)
    await session.flush()
    assert {"claim", "profile", "placement"} <= set(await lying_in(session, "CANARY"))
    if sent_before:
        await publish(session)
    await learn(session, worker_id, 2, status="erasure_requested")
    await publish(session)
    await learn(session, worker_id, 3, status="erased")
    assert await lying_in(session, "CANARY") == []
    assert await lying_in(session, "1996-04-02") == []


async def test_no_paper_and_no_note_is_ever_announced(market: Market, announced: Any) -> None:
    await written_of(market)
    told = await announced(market.session)
    assert "CANARY" not in str([event for event in told if not event[1].startswith("org.imdi.profile.")])
    assert "NC II" not in str(told)
