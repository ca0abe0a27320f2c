from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from services.matching.tests.conftest import EVIDENCE, NOW, TERMS, Happened, Market, always, member

from imdi_common.problems import Problem
from imdi_contracts.worker_prep import PreparationState
from imdi_matching.actions.accept import accept
from imdi_matching.actions.agree import agree
from imdi_matching.actions.amend_vacancy import amend_vacancy
from imdi_matching.actions.follow_preparation import follow_preparation
from imdi_matching.actions.offer import Offer, make_offer
from imdi_matching.actions.pause_vacancy import pause_vacancy
from imdi_matching.actions.propose import propose
from imdi_matching.actions.select_worker import select_worker
from imdi_matching.actions.withdraw import withdraw

SOON = date(2027, 2, 20)


async def agreed(market: Market, placement_id: UUID) -> UUID:
    return await agree(market.session, placement_id, EVIDENCE, market.agency)


async def follow(market: Market, placement_id: UUID, status: str) -> str:
    """What the placement becomes when its preparation stands so."""
    state: dict[str, Any] = {
        "preparation_id": "p1",
        "placement_id": str(placement_id),
        "worker_id": "w1",
        "controller_id": None,
        "owner_id": "o1",
        "status": status,
        "revision": 1,
        "opened_on": NOW.date(),
        "departure_on": SOON,
        "facts": {},
        "items": [],
    }
    await follow_preparation(market.session, PreparationState.model_validate(state), NOW)
    return (await market.placement(placement_id)).status


async def test_from_proposal_to_agreement(market: Market, happened: Happened, announced: Any) -> None:
    vacancy = await market.posted()
    await happened()
    placement_id = await agreed(market, await market.offered(vacancy, await market.worker()))
    placement = await market.placement(placement_id)
    assert placement.status == "agreed"
    assert vacancy.agreed == 1
    assert [kind for _, kind, _ in await happened()] == [
        "profile.live",
        "placement.proposed",
        "placement.accepted",
        "placement.selected",
        "placement.offered",
        "placement.agreed",
        "vacancy.amended",
        "vacancy.amended",
    ]
    (body,) = [data for _, kind, *_, data in await announced(market.session) if "placement.agreed" in kind]
    assert body["terms"] == {
        "vacancy_revision": 1,
        "occupation": "5322",
        "destination": "SA",
        "wage": {"amount": "1600.00", "currency": "SAR", "period": "month"},
        "contract": body["terms"]["contract"],
        "employer_kind": "household",
        "owner_kind": "employer",
    }
    assert body["terms"]["contract"]["hours_per_week"] == 48
    assert (body["departure_on"], body["first_departure"], body["conflict"]) == ("2027-02-20", True, False)


async def test_the_controllers_own_proposal_is_accepted(market: Market) -> None:
    vacancy, worker = await market.posted(), await market.worker()
    placement = await market.placement(await propose(market.session, vacancy.id, worker, market.agency, NOW))
    assert placement.status == "accepted"


@pytest.mark.parametrize(
    ("changes", "entry", "slug"),
    [
        ({"consents": ["preparation"]}, True, "consent-missing"),
        ({"country": "NP"}, True, "origin-not-open"),
        ({}, False, "profile-missing"),
    ],
)
async def test_who_cannot_be_proposed(market: Market, changes: dict[str, Any], entry: bool, slug: str) -> None:
    vacancy, worker = await market.posted(), await market.worker(profile=entry, **changes)
    with pytest.raises(Problem, match=slug):
        await propose(market.session, vacancy.id, worker, market.agency, NOW)
    with pytest.raises(Problem, match="not-found"):
        await propose(market.session, vacancy.id, worker, market.owner, NOW)


async def test_only_owner_and_controller_may_propose(market: Market) -> None:
    vacancy, worker = await market.posted(), await market.worker()
    with pytest.raises(Problem, match="not-found"):
        await propose(market.session, vacancy.id, worker, market.stranger, NOW)


async def test_a_worker_is_proposed_once_at_a_time(market: Market) -> None:
    vacancy, worker = await market.posted(), await market.worker()
    first = await propose(market.session, vacancy.id, worker, market.agency, NOW)
    with pytest.raises(Problem, match="already-proposed"):
        await propose(market.session, vacancy.id, worker, market.owner, NOW)
    await withdraw(market.session, first, "other plans", market.agency, NOW)
    assert await propose(market.session, vacancy.id, worker, market.owner, NOW) != first


async def test_a_vacancy_that_is_not_posted_takes_no_proposals(market: Market) -> None:
    vacancy, worker = await market.posted(), await market.worker()
    await pause_vacancy(market.session, vacancy.id, market.owner, NOW)
    with pytest.raises(Problem, match="wrong-state"):
        await propose(market.session, vacancy.id, worker, market.owner, NOW)
    with pytest.raises(Problem, match="not-found"):
        await propose(market.session, vacancy.id, worker, market.agency, NOW)


async def test_each_deed_is_its_partys(market: Market) -> None:
    vacancy, worker = await market.posted(), await market.worker()
    placement = await propose(market.session, vacancy.id, worker, market.owner, NOW)
    with pytest.raises(Problem, match="forbidden"):
        await accept(market.session, placement, EVIDENCE, market.owner)
    with pytest.raises(Problem, match="not-found"):
        await accept(market.session, placement, EVIDENCE, market.stranger)
    with pytest.raises(Problem, match="forbidden"):
        await select_worker(market.session, placement, market.agency, NOW)
    with pytest.raises(Problem, match="wrong-state"):
        await select_worker(market.session, placement, market.owner, NOW)


@pytest.mark.parametrize(
    ("amount", "currency", "departure_on", "slug"),
    [
        ("1599.99", "SAR", SOON, "below-posted-terms"),
        ("1600.00", "USD", SOON, "below-posted-terms"),
        ("1600.00", "SAR", date(2026, 11, 22), "invalid-request"),
    ],
)
async def test_offers_that_are_refused(
    market: Market, amount: str, currency: str, departure_on: date, slug: str
) -> None:
    vacancy = await market.posted()
    placement = await market.offered(vacancy, await market.worker())
    with pytest.raises(Problem, match=slug) as told:
        await make_offer(market.session, placement, Offer(Decimal(amount), currency, departure_on), market.owner, NOW)
    assert told.value.status == 422


async def test_an_offer_made_on_other_terms_cannot_be_agreed(market: Market) -> None:
    vacancy = await market.posted()
    placement = await market.offered(vacancy, await market.worker())
    raised = TERMS | {"wage": {"amount": "1800.00", "currency": "SAR"}}
    await amend_vacancy(market.session, vacancy.id, raised, market.owner, NOW, always)
    with pytest.raises(Problem, match="wrong-state"):
        await agreed(market, placement)
    await market.assess(vacancy, 2)
    with pytest.raises(Problem, match="offer-outdated"):
        await agreed(market, placement)
    await make_offer(market.session, placement, Offer(Decimal(1800), "SAR", SOON), market.owner, NOW)
    await agreed(market, placement)


async def test_an_agreement_withdraws_the_workers_other_placements(market: Market, happened: Happened) -> None:
    first, second, worker = await market.posted(), await market.posted(), await market.worker()
    mine, other = await market.offered(first, worker), await market.offered(second, worker)
    await agreed(market, mine)
    lost = await market.placement(other)
    assert (lost.status, lost.reason) == ("withdrawn", "agreed_elsewhere")
    with pytest.raises(Problem, match="worker-already-agreed"):
        await agreed(market, other)
    with pytest.raises(Problem, match="worker-already-agreed"):
        await propose(market.session, second.id, worker, market.owner, NOW)


async def test_the_last_agreement_fills_the_vacancy_and_withdraws_the_rest(market: Market, happened: Happened) -> None:
    vacancy = await market.posted(positions=1)
    winner, loser = [await market.offered(vacancy, await market.worker()) for _ in range(2)]
    await happened()
    await agreed(market, winner)
    assert await happened() == [
        ("placements", "placement.agreed", "agreed"),
        ("vacancies", "vacancy.filled", "filled"),
        ("published-vacancies", "vacancy.filled", "filled"),
        ("placements", "placement.withdrawn", "withdrawn"),
    ]
    with pytest.raises(Problem, match="no-position-left"):
        await agreed(market, loser)
    with pytest.raises(Problem, match="no-position-left"):
        await propose(market.session, vacancy.id, await market.worker(), market.agency, NOW)


async def test_withdrawing_an_agreed_one_reopens_a_filled_vacancy(market: Market, happened: Happened) -> None:
    vacancy = await market.posted(positions=1)
    placement = await agreed(market, await market.offered(vacancy, await market.worker()))
    await happened()
    await withdraw(market.session, placement, "Maria Santos is ill", market.agency, NOW)
    assert (vacancy.status, vacancy.agreed) == ("posted", 0)
    assert [kind for _, kind, _ in await happened()] == ["placement.withdrawn", "vacancy.posted", "vacancy.posted"]


async def test_it_stays_filled_after_its_last_day_or_where_the_law_forbids_it_now(market: Market) -> None:
    late, unlawful = await market.posted(positions=1), await market.posted(positions=1)
    first = await agreed(market, await market.offered(late, await market.worker()))
    second = await agreed(market, await market.offered(unlawful, await market.worker()))
    await market.assess(unlawful, 2, lawful=False)
    assert unlawful.status == "filled"
    await withdraw(market.session, first, "late", market.owner, NOW.replace(year=2027, month=2, day=2))
    await withdraw(market.session, second, "unlawful", market.owner, NOW)
    assert (late.status, unlawful.status) == ("filled", "filled")


async def test_no_event_repeats_a_partys_words_or_evidence(market: Market, announced: Any) -> None:
    vacancy = await market.posted()
    placement = await agreed(market, await market.offered(vacancy, await market.worker()))
    await withdraw(market.session, placement, "Maria Santos is ill", market.agency, NOW)
    bodies = str([data for *_, data in await announced(market.session)])
    assert "Santos" not in bodies
    assert "FORM-1" not in bodies
    assert "withdrawn_by_controller" in bodies


async def test_ready_exactly_while_the_preparation_is_cleared(market: Market) -> None:
    placement = await agreed(market, await market.offered(await market.posted(), await market.worker()))
    statuses = [await follow(market, placement, status) for status in ("planned", "cleared", "revoked", "cleared")]
    assert statuses == ["agreed", "ready", "agreed", "ready"]
    assert await follow(market, placement, "departed") == "deployed"
    with pytest.raises(Problem, match="wrong-state"):
        await withdraw(market.session, placement, "too late", market.owner, NOW)
    assert await follow(market, placement, "arrived") == "completed"


async def test_a_ready_placement_may_be_withdrawn(market: Market) -> None:
    placement = await agreed(market, await market.offered(await market.posted(), await market.worker()))
    await follow(market, placement, "cleared")
    await withdraw(market.session, placement, "ill", market.agency, NOW)
    assert await follow(market, placement, "cleared") == "withdrawn"


async def test_a_departure_beats_a_withdrawal(market: Market) -> None:
    vacancy = await market.posted(positions=1)
    placement = await agreed(market, await market.offered(vacancy, await market.worker()))
    await withdraw(market.session, placement, "ill", market.agency, NOW)
    assert await follow(market, placement, "departed") == "deployed"
    assert (await market.placement(placement)).conflict
    assert (vacancy.status, vacancy.agreed) == ("filled", 1)


async def test_a_departure_beats_a_later_agreement_elsewhere(market: Market) -> None:
    first, second, worker = await market.posted(), await market.posted(positions=1), await market.worker()
    left = await agreed(market, await market.offered(first, worker))
    await withdraw(market.session, left, "other plans", market.agency, NOW)
    meant = await agreed(market, await market.offered(second, worker))
    assert second.status == "filled"
    await follow(market, left, "departed")
    overtaken = await market.placement(meant)
    assert (overtaken.status, overtaken.reason) == ("withdrawn", "deployed_elsewhere")
    assert (second.status, second.agreed) == ("posted", 0)
    assert first.agreed == 1


async def test_a_second_journey_is_no_first_departure(market: Market) -> None:
    vacancy, worker = await market.posted(), await market.worker()
    first = await agreed(market, await market.offered(vacancy, worker))
    await follow(market, first, "arrived")
    second = await market.offered(vacancy, worker)
    assert not (await market.placement(second)).first_departure


async def test_an_expired_licence_selects_nobody(market: Market) -> None:
    market.owner = member("recruitment_agency", licensed_until=date(2026, 12, 31))
    vacancy, worker = await market.posted(), await market.worker()
    placement = await propose(market.session, vacancy.id, worker, market.agency, NOW)
    with pytest.raises(Problem, match="forbidden"):
        await select_worker(market.session, placement, market.owner, NOW.replace(year=2027, month=1, day=2))
