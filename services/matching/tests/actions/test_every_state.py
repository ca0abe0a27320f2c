"""Each deed from each state: the few ways that are open, and 409 for all others."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import date
from decimal import Decimal
from typing import Any, get_args
from uuid import UUID

import pytest
from services.matching.tests.conftest import EVIDENCE, NOW, TERMS, Market, always

from imdi_common.problems import Problem
from imdi_matching.actions.accept import accept
from imdi_matching.actions.agree import agree
from imdi_matching.actions.amend_vacancy import amend_vacancy
from imdi_matching.actions.close_vacancy import close_vacancy
from imdi_matching.actions.offer import Offer, make_offer
from imdi_matching.actions.pause_vacancy import pause_vacancy, resume_vacancy
from imdi_matching.actions.propose import propose
from imdi_matching.actions.select_worker import select_worker
from imdi_matching.actions.withdraw import withdraw
from imdi_matching.domain import placements, vacancies
from imdi_matching.queries.shortlist import shortlist_of

OFFER = Offer(Decimal("1600.00"), "SAR", date(2027, 2, 20))
Deed = Callable[[Market, UUID], Awaitable[Any]]

ON_A_PLACEMENT: dict[str, tuple[Deed, dict[str, str]]] = {
    "accept": (lambda m, one: accept(m.session, one, EVIDENCE, m.agency), {"proposed": "accepted"}),
    "select": (lambda m, one: select_worker(m.session, one, m.owner, NOW), {"accepted": "selected"}),
    "offer": (
        lambda m, one: make_offer(m.session, one, OFFER, m.owner, NOW),
        {"selected": "offered", "offered": "offered"},
    ),
    "agree": (lambda m, one: agree(m.session, one, EVIDENCE, m.agency), {"offered": "agreed"}),
    "withdraw": (
        lambda m, one: withdraw(m.session, one, "other plans", m.agency, NOW),
        dict.fromkeys(("proposed", "accepted", "selected", "offered", "agreed", "ready"), "withdrawn"),
    ),
}
ON_A_VACANCY: dict[str, tuple[Deed, dict[str, str]]] = {
    "pause": (lambda m, one: pause_vacancy(m.session, one, m.owner, NOW), {"posted": "paused"}),
    "resume": (lambda m, one: resume_vacancy(m.session, one, m.owner, NOW), {"paused": "posted"}),
    "close": (
        lambda m, one: close_vacancy(m.session, one, "done", m.owner, NOW),
        dict.fromkeys(("submitted", "posted", "paused", "returned", "filled"), "closed"),
    ),
    "amend the title": (
        lambda m, one: amend_vacancy(m.session, one, TERMS | {"title": "Caregiver"}, m.owner, NOW, always),
        {
            "submitted": "submitted",
            "posted": "posted",
            "paused": "paused",
            "returned": "submitted",
            "filled": "filled",
        },
    ),
    "amend the origins": (
        lambda m, one: amend_vacancy(m.session, one, TERMS | {"origins": ["NP", "PH"]}, m.owner, NOW, always),
        dict.fromkeys(("submitted", "posted", "paused", "returned"), "submitted"),
    ),
    "shortlist": (
        lambda m, one: shortlist_of(m.session, one, m.owner, 50, None),
        {"posted": "posted", "paused": "paused", "filled": "filled"},
    ),
}
WITH_AN_OFFER = {"agreed", "ready", "deployed", "completed"}


async def told(deed: Awaitable[Any]) -> str:
    """``done``, or the problem's slug and status."""
    try:
        await deed
    except Problem as problem:
        return f"{problem.status} {problem.slug}"
    return "done"


@pytest.mark.parametrize("status", get_args(placements.Status))
@pytest.mark.parametrize("name", ON_A_PLACEMENT)
async def test_a_placement_goes_its_ways_and_no_other(market: Market, name: str, status: Any) -> None:
    deed, ways = ON_A_PLACEMENT[name]
    vacancy = await market.posted()
    placement_id = await market.offered(vacancy, await market.worker())
    placement = await market.placement(placement_id)
    placement.status = status
    vacancy.agreed = int(status in WITH_AN_OFFER)
    await market.session.flush()
    expected = "done" if status in ways else "409 wrong-state"
    version = placement.version
    assert await told(deed(market, placement_id)) == expected
    placement = await market.placement(placement_id)
    assert placement.status == ways.get(status, status)
    assert (placement.version > version) == (status in ways)


@pytest.mark.parametrize("status", get_args(vacancies.Status))
@pytest.mark.parametrize("name", ON_A_VACANCY)
async def test_a_vacancy_goes_its_ways_and_no_other(market: Market, name: str, status: Any) -> None:
    deed, ways = ON_A_VACANCY[name]
    vacancy = await market.posted()
    vacancy.status, vacancy.agreed = status, 2 if status == "filled" else 0
    vacancy.held_by = "owner" if status == "paused" else None
    await market.session.flush()
    assert await told(deed(market, vacancy.id)) == ("done" if status in ways else "409 wrong-state")
    if status in ways:
        assert (await market.vacancy(vacancy.id)).status == ways[status]


@pytest.mark.parametrize("who", ["owner", "agency"])
@pytest.mark.parametrize("status", get_args(vacancies.Status))
async def test_workers_are_proposed_for_posted_vacancies_alone(market: Market, status: Any, who: str) -> None:
    vacancy, worker_id = await market.posted(), await market.worker()
    vacancy.status, vacancy.agreed = status, 2 if status == "filled" else 0
    await market.session.flush()
    refusals = {"posted": "done", "filled": "409 no-position-left"}
    refused = "409 wrong-state" if who == "owner" else "404 not-found"  # what is not public is the owner's alone
    proposal = propose(market.session, vacancy.id, worker_id, getattr(market, who), NOW)
    assert await told(proposal) == refusals.get(status, refused)


@pytest.mark.parametrize("status", ["submitted", "paused", "returned", "closed", "expired"])
@pytest.mark.parametrize(("name", "since"), [("select", "accepted"), ("offer", "selected"), ("agree", "offered")])
async def test_no_step_to_an_agreement_while_the_vacancy_is_not_posted(
    market: Market, name: str, since: Any, status: Any
) -> None:
    vacancy = await market.posted()
    placement_id = await market.offered(vacancy, await market.worker())
    (await market.placement(placement_id)).status = since
    vacancy.status = status
    await market.session.flush()
    assert await told(ON_A_PLACEMENT[name][0](market, placement_id)) == "409 wrong-state"
    assert (await market.placement(placement_id)).status == since


@pytest.mark.parametrize("status", ["submitted", "paused", "returned", "filled"])
async def test_a_party_may_always_withdraw_whatever_the_vacancy_does(market: Market, status: Any) -> None:
    vacancy = await market.posted()
    placement_id = await market.offered(vacancy, await market.worker())
    vacancy.status = status
    await market.session.flush()
    await withdraw(market.session, placement_id, "other plans", market.owner, NOW)
    assert (await market.placement(placement_id)).reason == "withdrawn_by_owner"


@pytest.mark.parametrize(
    ("amount", "currency", "expected"),
    [
        ("1600.00", "SAR", "done"),
        ("1600", "SAR", "done"),
        ("1600.01", "SAR", "done"),
        ("1599.99", "SAR", "422 below-posted-terms"),
        ("0", "SAR", "422 below-posted-terms"),
        ("999999", "PHP", "422 below-posted-terms"),
        ("1600.00", "USD", "422 below-posted-terms"),
    ],
)
async def test_an_offer_never_falls_below_what_is_posted(
    market: Market, amount: str, currency: str, expected: str
) -> None:
    vacancy = await market.posted()
    placement_id = await market.offered(vacancy, await market.worker())
    before = (await market.placement(placement_id)).terms
    offer = Offer(Decimal(amount), currency, date(2027, 2, 20))
    assert await told(make_offer(market.session, placement_id, offer, market.owner, NOW)) == expected
    terms = (await market.placement(placement_id)).terms
    assert terms
    if expected == "done":
        assert Decimal(terms["wage"]["amount"]) == Decimal(amount)
        assert {term: value for term, value in terms["contract"].items() if value is not None} == vacancy.contract
    else:
        assert terms == before
