"""What registry says of a worker, and what becomes of its profile and its placements."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest
from services.matching.tests.conftest import ENTRY, EVIDENCE, NOW, Happened, Market
from sqlalchemy.ext.asyncio import AsyncSession

from imdi_common.reactions import Received
from imdi_contracts.registry import WorkerState
from imdi_matching.actions.agree import agree
from imdi_matching.actions.propose import propose
from imdi_matching.reactions.policies import worker_changed
from imdi_matching.reactions.projections import keep_workers
from imdi_matching.storage.copies import erased
from imdi_matching.storage.tables import Claim, Profile

OTHER_ENTRY = ENTRY | {"occupations": [{"isco": "5322", "years": 9}]}


async def learn(session: AsyncSession, worker_id: UUID, sequence: int, **changes: Any) -> None:
    """The copy comes, and the policy acts."""
    values: dict[str, Any] = {
        "worker_id": str(worker_id),
        "status": "registered",
        "controller_id": None,
        "birth_date": date(1996, 4, 2),
        "sex": "female",
        "nationality": "PH",
        "country": "PH",
        "consents": ["matching", "preparation"],
    }
    if changes.get("status") == "erasure_requested":
        values |= dict.fromkeys(("birth_date", "sex", "nationality", "country")) | {"consents": []}
    state = WorkerState(**(values | changes))
    event = Received(state, sequence, NOW, state.subject)
    await keep_workers(session, [event])
    await worker_changed(session, event, NOW)


async def standing(market: Market, placement_id: UUID) -> tuple[str, str | None]:
    placement = await market.placement(placement_id)
    return placement.status, placement.reason


async def test_of_two_claims_the_controllers_counts_and_changes_with_it(market: Market) -> None:
    worker_id = uuid4()
    await market.claim(worker_id)
    await market.claim(worker_id, market.stranger, **OTHER_ENTRY)
    for sequence, (controller, years) in enumerate([(market.agency, 3), (market.stranger, 9), (market.agency, 3)], 1):
        await learn(market.session, worker_id, sequence, controller_id=str(controller.tenant_id))
        profile = await market.session.get_one(Profile, worker_id, populate_existing=True)
        assert (profile.status, profile.controller_id) == ("live", controller.tenant_id)
        assert profile.entry["occupations"][0]["years"] == years
    for actor in (market.agency, market.stranger):
        claim = await market.session.get_one(Claim, (worker_id, actor.tenant_id))
        assert claim.made_by == actor.tenant_id


@pytest.mark.parametrize("agreed", [False, True])
async def test_consent_withdrawn_ends_what_is_open_and_lets_what_is_agreed_stand(market: Market, agreed: bool) -> None:
    vacancy, worker_id = await market.posted(), await market.worker()
    placement_id = await market.offered(vacancy, worker_id)
    if agreed:
        await agree(market.session, placement_id, EVIDENCE, market.agency)
    controller = str(market.agency.tenant_id)
    await learn(market.session, worker_id, 2, controller_id=controller, consents=["preparation"])
    assert await standing(market, placement_id) == (("agreed", None) if agreed else ("withdrawn", "consent_withdrawn"))


async def test_a_placement_follows_its_worker_to_the_new_controller(market: Market) -> None:
    vacancy, worker_id = await market.posted(), await market.worker()
    placement_id = await market.offered(vacancy, worker_id)
    await learn(market.session, worker_id, 2, controller_id=str(market.stranger.tenant_id))
    assert (await market.placement(placement_id)).controller_id == market.stranger.tenant_id
    await agree(market.session, placement_id, EVIDENCE, market.stranger)
    assert await standing(market, placement_id) == ("agreed", None)


async def test_an_erasure_closes_open_work_with_its_reason_and_gives_the_position_back(
    market: Market, happened: Happened
) -> None:
    vacancy, other, worker_id = await market.posted(positions=1), await market.posted(), await market.worker()
    open_id = await propose(market.session, other.id, await market.worker(), market.owner, NOW)
    agreed_id = await agree(market.session, await market.offered(vacancy, worker_id), EVIDENCE, market.agency)
    assert (await market.vacancy(vacancy.id)).status == "filled"
    await happened()
    await learn(market.session, worker_id, 2, status="erasure_requested")
    assert await standing(market, agreed_id) == ("withdrawn", "erased")
    assert await standing(market, open_id) == ("proposed", None)
    freed = await market.vacancy(vacancy.id)
    assert (freed.status, freed.agreed) == ("posted", 0)
    told = [kind for _, kind, _ in await happened()]
    assert told.count("placement.withdrawn") == 1
    assert "profile.withdrawn" in told
    assert "erasure.completed" in told[-1]


async def test_an_erasure_of_who_was_never_known_has_its_receipt_once(market: Market, happened: Happened) -> None:
    worker_id = uuid4()
    for sequence in (1, 2):
        await learn(market.session, worker_id, sequence, status="erasure_requested")
    assert [kind for _, kind, _ in await happened()] == ["erasure.completed"]
    assert await erased(market.session, [worker_id]) == {worker_id}


async def test_a_claim_that_waits_goes_with_an_erasure(market: Market) -> None:
    worker_id = uuid4()
    await market.claim(worker_id)
    await market.claim(worker_id, market.stranger)
    await learn(market.session, worker_id, 1, status="erasure_requested")
    for actor in (market.agency, market.stranger):
        assert await market.session.get(Claim, (worker_id, actor.tenant_id), populate_existing=True) is None


@pytest.mark.parametrize("status", ["deployed", "completed"])
async def test_who_has_departed_stays_counted_and_bears_no_paper(market: Market, status: Any) -> None:
    vacancy, worker_id = await market.posted(), await market.worker()
    placement_id = await agree(market.session, await market.offered(vacancy, worker_id), EVIDENCE, market.agency)
    (await market.placement(placement_id)).status = status
    await market.session.flush()
    await learn(market.session, worker_id, 2, status="erasure_requested")
    placement = await market.placement(placement_id)
    assert (placement.status, placement.acceptance, placement.agreement, placement.note) == (status, None, None, None)
    assert (await market.vacancy(vacancy.id)).agreed == 1
