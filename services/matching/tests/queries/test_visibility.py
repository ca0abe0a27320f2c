from __future__ import annotations

from typing import Any

import pytest
from services.matching.tests.conftest import NOW, TERMS, Market, always
from sqlalchemy import update

from imdi_common.actor import Actor
from imdi_common.mechanics import outbox, publication
from imdi_common.problems import Problem
from imdi_matching.actions.amend_vacancy import amend_vacancy
from imdi_matching.actions.close_vacancy import close_vacancy
from imdi_matching.queries import feed
from imdi_matching.queries.placements import Filters as PlacementFilters
from imdi_matching.queries.placements import list_placements, show_placement
from imdi_matching.queries.vacancies import Filters, list_vacancies, show_vacancy

STEWARD = Actor("steward", frozenset({"steward"}), None)


@pytest.mark.parametrize("lawful", [None, False])
async def test_what_is_not_posted_is_the_owners_alone(market: Market, lawful: bool | None) -> None:
    vacancy = await market.submitted()
    if lawful is not None:
        await market.assess(vacancy, 1, lawful=lawful)
    await show_vacancy(market.session, vacancy.id, market.owner)
    for actor in (market.stranger, STEWARD):
        with pytest.raises(Problem, match="not-found"):
            await show_vacancy(market.session, vacancy.id, actor)


async def test_a_household_is_named_to_its_owner_alone(market: Market) -> None:
    vacancy = await market.posted()
    own = await show_vacancy(market.session, vacancy.id, market.owner)
    foreign = await show_vacancy(market.session, vacancy.id, market.stranger)
    assert (own["employer"]["name"], own["destination"]["place"]) == ("Household of Riyadh", "Riyadh")
    assert (foreign["employer"]["name"], foreign["destination"]["place"]) == (None, None)


async def test_a_controller_sees_a_vacancy_on_which_its_worker_is_placed(market: Market) -> None:
    vacancy = await market.posted()
    await market.offered(vacancy, await market.worker())
    await close_vacancy(market.session, vacancy.id, "done", market.owner, NOW)
    assert (await show_vacancy(market.session, vacancy.id, market.agency))["reason"] is None
    with pytest.raises(Problem, match="not-found"):
        await show_vacancy(market.session, vacancy.id, market.stranger)


async def test_breaches_say_only_what_the_rule_says(market: Market) -> None:
    vacancy = await market.submitted()
    await market.assess(vacancy, 1, lawful=False)
    (breach,) = (await show_vacancy(market.session, vacancy.id, market.owner))["breaches"]
    assert breach["required"] == {"min": {"amount": "1500.00", "currency": "SAR"}}


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        (Filters(), 3),
        (Filters(status="posted"), 2),
        (Filters(destination="MY"), 1),
        (Filters(origin="NP"), 1),
        (Filters(occupation="53"), 2),
        (Filters(occupation="911"), 1),
        (Filters(occupation="5322", status="submitted"), 1),
    ],
)
async def test_lists_are_narrowed(market: Market, filters: Filters, expected: int) -> None:
    await market.posted()
    await market.posted(occupation="9111", destination={"country": "MY", "place": None}, origins=["NP"])
    await market.submitted()
    assert len((await list_vacancies(market.session, filters, market.owner, 50, None))["items"]) == expected


async def test_pages_of_a_list_meet_without_gap_or_overlap(market: Market) -> None:
    made = [(await market.posted()).id for _ in range(5)]
    found: list[Any] = []
    cursor: str | None = None
    while True:
        page = await list_vacancies(market.session, Filters(), market.stranger, 2, cursor)
        found += [item["id"] for item in page["items"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert found == sorted(made, reverse=True)


async def test_placements_are_seen_by_their_two_parties_alone(market: Market) -> None:
    placement = await market.offered(await market.posted(), await market.worker())
    for actor, expected in ((market.owner, 1), (market.agency, 1), (market.stranger, 0)):
        page = await list_placements(market.session, PlacementFilters(), actor, 50, None)
        assert len(page["items"]) == expected
    with pytest.raises(Problem, match="not-found"):
        await show_placement(market.session, placement, market.stranger)
    assert (await show_placement(market.session, placement, market.agency))["acceptance"]
    assert (await show_placement(market.session, placement, market.owner))["acceptance"] is None


async def publish(market: Market) -> None:
    """What the relay marks when it has sent everything."""
    await market.session.execute(update(outbox).values(published_at=NOW, published_position=outbox.c.position))
    await market.session.execute(update(publication).values(last=10_000))


async def test_the_feed_tells_what_is_published_and_repeats_its_cursor(market: Market) -> None:
    vacancy = await market.posted()
    assert await feed.vacancy_changes(market.session, None, 200) == {"items": [], "next": None}
    await publish(market)
    page = await feed.vacancy_changes(market.session, None, 200)
    (posted,) = page["items"]
    assert (posted["type"], posted["status"]) == ("org.imdi.vacancy.posted.v1", "posted")
    assert posted["vacancy"]["employer"] == {"name": None, "kind": "household"}
    assert posted["sequence"] == 2
    raised = TERMS | {"wage": {"amount": "1800.00", "currency": "SAR"}}
    await amend_vacancy(market.session, vacancy.id, raised, market.owner, NOW, always)
    await publish(market)
    (removed,) = (await feed.vacancy_changes(market.session, page["next"], 200))["items"]
    assert (removed["type"], removed["status"], removed["vacancy"]) == (
        "org.imdi.vacancy.withdrawn.v1",
        "withdrawn",
        None,
    )
    assert (await feed.vacancy_changes(market.session, removed["cursor"], 200)) == {
        "items": [],
        "next": removed["cursor"],
    }


async def test_the_snapshot_is_the_public_list(market: Market) -> None:
    shown = [(await market.posted()).id for _ in range(3)]
    await market.submitted()
    await publish(market)
    first = await feed.snapshot(market.session, None, 2)
    rest = await feed.snapshot(market.session, first["next"], 2)
    assert [item["vacancy_id"] for item in first["items"] + rest["items"]] == shown
    assert first["changes_after"] == rest["changes_after"]
    assert rest["next"] is None
    assert first["items"][0]["vacancy"]["employer"]["name"] is None
