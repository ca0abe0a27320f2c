from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

import pytest
from services.matching.tests.conftest import ENTRY, EVIDENCE, Market
from sqlalchemy.ext.asyncio import AsyncSession

from imdi_common.problems import Problem
from imdi_matching.actions.agree import agree
from imdi_matching.queries.shortlist import shortlist_of, vacancies_for
from imdi_matching.storage.copies import Rule
from imdi_matching.storage.tables import Vacancy


async def listed(market: Market, vacancy: Vacancy, limit: int = 50, cursor: str | None = None) -> dict[str, Any]:
    return await shortlist_of(market.session, vacancy.id, market.owner, limit, cursor)


def ids(answer: dict[str, Any]) -> list[UUID]:
    return [UUID(item["worker_id"]) for item in answer["items"]]


def add_age_rule(session: AsyncSession, low: int) -> None:
    version = {
        "id": "r1",
        "version": 1,
        "scope": {"origins": ["PH"], "destinations": ["SA"], "occupations": ["53"]},
        "screen": None,
        "effect": {"criterion": "age", "min": low},
        "basis": [{"instrument": "i", "title": "Order", "provision": "1"}],
        "effective_from": "2026-01-01",
        "effective_until": None,
        "transition": "all_open",
        "replaces": None,
    }
    session.add(Rule(code="age", kind="criterion", versions=[version], sequence=1))


async def test_who_is_left_out(market: Market) -> None:
    vacancy = await market.posted()
    fits = await market.worker()
    await market.worker(country="NP")
    await market.worker(consents=["preparation"])
    await market.worker(consents=[])
    await market.worker(profile=False)
    for changes in ({"available_from": "2027-03-02"}, {"occupations": [{"isco": "9111", "years": 9}]}):
        await market.claim(await market.worker(profile=False), **changes)
    elsewhere = await market.worker()
    await agree(market.session, await market.offered(await market.posted(), elsewhere), EVIDENCE, market.agency)
    assert ids(await listed(market, vacancy)) == [fits]


async def test_the_same_unit_group_comes_before_the_same_minor_group(market: Market) -> None:
    vacancy = await market.posted()
    near = await market.worker(profile=False)
    await market.claim(near, occupations=[{"isco": "5321", "years": 3}])
    same = await market.worker()
    assert ids(await listed(market, vacancy)) == [same, near]


async def test_the_barred_are_counted_by_reason_and_the_rest_explained(market: Market) -> None:
    vacancy = await market.posted()
    add_age_rule(market.session, 24)
    fits = await market.worker()
    for _ in range(3):
        await market.worker(birth_date=date(2004, 1, 1))
    answer = await listed(market, vacancy)
    assert ids(answer) == [fits]
    assert answer["barred"] == {"count": 3, "reasons": {"age": 3}}
    age = answer["items"][0]["criteria"][0]
    assert (age["criterion"], age["outcome"], age["weight"]) == ("age", "met", None)
    assert age["basis"] == [{"instrument": "i", "title": "Order", "provision": "1"}]
    assert age["rule"] == {"id": "r1", "code": "age", "version": 1}


async def test_pages_go_on_where_the_last_ended_and_keep_their_version(market: Market) -> None:
    vacancy = await market.posted()
    workers = {await market.worker() for _ in range(7)}
    found: list[UUID] = []
    cursor, versions = None, set()
    while True:
        page = await listed(market, vacancy, 3, cursor)
        found += ids(page)
        versions.add(page["index_version"])
        cursor = page["next"]
        if cursor is None:
            break
    assert len(found) == len(set(found)) == 7
    assert set(found) == workers
    assert versions == {0}


@pytest.mark.parametrize("cursor", ["x", "WyJhIl0", "WyIxIiwiMiIsIjMiXQ"])
async def test_a_foreign_cursor_is_refused(market: Market, cursor: str) -> None:
    with pytest.raises(Problem) as told:
        await listed(market, await market.posted(), 3, cursor)
    assert told.value.status == 422


async def test_a_stranger_gets_no_shortlist_not_even_of_a_posted_vacancy(market: Market) -> None:
    vacancy = await market.posted()
    with pytest.raises(Problem, match="not-found"):
        await shortlist_of(market.session, vacancy.id, market.stranger, 50, None)


async def test_an_unjudged_vacancy_has_no_shortlist(market: Market) -> None:
    with pytest.raises(Problem, match="wrong-state"):
        await listed(market, await market.submitted())


async def test_the_vacancies_for_a_worker_are_those_that_would_list_it(market: Market) -> None:
    worker = await market.worker()
    wanted = await market.posted()
    better = await market.posted(occupation="5322", languages=[{"language": "en", "level": "A1"}])
    await market.posted(occupation="9111")
    await market.posted(origins=["NP"])
    await market.submitted()
    answer = await vacancies_for(market.session, worker, market.agency, 50, None)
    assert {UUID(item["vacancy_id"]) for item in answer["items"]} == {wanted.id, better.id}
    for vacancy in (wanted, better):
        (item,) = [one for one in answer["items"] if one["vacancy_id"] == str(vacancy.id)]
        (mine,) = (await listed(market, vacancy))["items"]
        assert (item["score"], item["criteria"]) == (mine["score"], mine["criteria"])


async def test_the_vacancies_for_a_worker_come_in_pages(market: Market) -> None:
    worker = await market.worker()
    wanted = {str((await market.posted()).id) for _ in range(5)}
    found: list[str] = []
    cursor = None
    for expected in (2, 2, 1):
        page = await vacancies_for(market.session, worker, market.agency, 2, cursor)
        assert len(page["items"]) == expected
        found += [item["vacancy_id"] for item in page["items"]]
        cursor = page["next"]
    assert (cursor, len(found), set(found)) == (None, 5, wanted)


async def test_the_vacancies_for_a_worker_are_its_controllers_to_see(market: Market) -> None:
    worker = await market.worker()
    await market.claim(worker, market.stranger, **ENTRY)
    for actor in (market.stranger, market.owner):
        with pytest.raises(Problem, match="not-found"):
            await vacancies_for(market.session, worker, actor, 50, None)


async def test_there_are_none_while_the_worker_is_agreed_elsewhere(market: Market) -> None:
    worker, vacancy = await market.worker(), await market.posted()
    await agree(market.session, await market.offered(vacancy, worker), EVIDENCE, market.agency)
    assert (await vacancies_for(market.session, worker, market.agency, 50, None))["items"] == []
