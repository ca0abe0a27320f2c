"""Two at once, on real PostgreSQL: one wins, the other hears why."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any
from uuid import UUID

import pytest
from services.matching.tests.conftest import EVIDENCE, NOW, TERMS, Market, always
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from imdi_common.database import Database
from imdi_common.problems import Problem
from imdi_matching.actions.agree import agree
from imdi_matching.actions.amend_vacancy import amend_vacancy
from imdi_matching.actions.close_vacancy import close_vacancy
from imdi_matching.actions.withdraw import withdraw
from imdi_matching.domain.placements import BINDING
from imdi_matching.storage.tables import Placement, Vacancy

Deed = Callable[[AsyncSession], Awaitable[Any]]


async def outcome(database: Database, deed: Deed) -> str:
    """``done``, or the problem that was told."""
    try:
        await database.run(deed)
    except Problem as problem:
        return problem.slug
    return "done"


async def at_once(database: Database, *deeds: Deed) -> list[str]:
    return sorted(await asyncio.gather(*(outcome(database, deed) for deed in deeds)))


async def prepared(database: Database, set_up: Callable[[Market], Coroutine[Any, Any, Any]]) -> tuple[Market, Any]:
    """A market whose beginnings are committed."""
    async with database.transaction() as session:
        market = Market(session)
        made = await set_up(market)
    return market, made


def agreeing(market: Market, placement_id: UUID) -> Deed:
    return lambda session: agree(session, placement_id, EVIDENCE, market.agency)


async def counts(database: Database) -> dict[str, int]:
    async with database.transaction() as session:
        agreed = await session.scalar(select(func.sum(Vacancy.agreed)))
        binding = await session.scalar(select(func.count()).where(Placement.status.in_(BINDING)))
        return {"agreed": agreed or 0, "binding": binding or 0}


@pytest.mark.parametrize("attempt", range(3))
async def test_one_worker_agrees_once(database: Database, attempt: int) -> None:
    async def set_up(market: Market) -> list[UUID]:
        worker = await market.worker()
        return [await market.offered(await market.posted(), worker) for _ in range(4)]

    market, offers = await prepared(database, set_up)
    told = await at_once(database, *(agreeing(market, offer) for offer in offers))
    assert told == ["done", *["worker-already-agreed"] * 3]
    assert await counts(database) == {"agreed": 1, "binding": 1}


@pytest.mark.parametrize("positions", [1, 2, 3])
async def test_the_last_position_is_taken_once(database: Database, positions: int) -> None:
    async def set_up(market: Market) -> list[UUID]:
        vacancy = await market.posted(positions=positions)
        return [await market.offered(vacancy, await market.worker()) for _ in range(5)]

    market, offers = await prepared(database, set_up)
    told = await at_once(database, *(agreeing(market, offer) for offer in offers))
    assert told == ["done"] * positions + ["no-position-left"] * (5 - positions)
    assert await counts(database) == {"agreed": positions, "binding": positions}
    async with database.transaction() as session:
        open_still = select(func.count()).where(Placement.status == "offered")
        assert await session.scalar(open_still) == 0


@pytest.mark.parametrize("attempt", range(3))
async def test_crossed_pairs_end_with_two_winners_at_most(database: Database, attempt: int) -> None:
    """Two workers are offered the same two single positions, and all four agree at once."""

    async def set_up(market: Market) -> list[UUID]:
        vacancies = [await market.posted(positions=1) for _ in range(2)]
        workers = [await market.worker() for _ in range(2)]
        return [await market.offered(vacancy, worker) for vacancy in vacancies for worker in workers]

    market, offers = await prepared(database, set_up)
    told = await at_once(database, *(agreeing(market, offer) for offer in offers))
    assert set(told) <= {"done", "worker-already-agreed", "no-position-left"}
    winners = told.count("done")
    assert winners in (1, 2)
    assert await counts(database) == {"agreed": winners, "binding": winners}


async def test_an_agreement_and_a_closure_leave_no_half(database: Database) -> None:
    async def set_up(market: Market) -> tuple[UUID, UUID]:
        vacancy = await market.posted()
        return vacancy.id, await market.offered(vacancy, await market.worker())

    market, (vacancy_id, offer) = await prepared(database, set_up)
    closing: Deed = lambda session: close_vacancy(session, vacancy_id, "done", market.owner, NOW)  # noqa: E731
    told = await at_once(database, agreeing(market, offer), closing)
    assert told in (["done", "done"], ["done", "wrong-state"])
    assert (await counts(database))["agreed"] == (await counts(database))["binding"] == told.count("done") - 1


async def test_an_agreement_and_a_withdrawal_leave_no_half(database: Database) -> None:
    async def set_up(market: Market) -> UUID:
        return await market.offered(await market.posted(), await market.worker())

    market, offer = await prepared(database, set_up)
    leaving: Deed = lambda session: withdraw(session, offer, "no", market.owner, NOW)  # noqa: E731
    await at_once(database, agreeing(market, offer), leaving)
    assert await counts(database) == {"agreed": 0, "binding": 0}


@pytest.mark.parametrize("attempt", range(3))
async def test_a_stale_assessment_never_posts_a_newer_revision(database: Database, attempt: int) -> None:
    market, vacancy = await prepared(database, lambda market: market.submitted())
    lowered = TERMS | {"wage": {"amount": "900.00", "currency": "SAR"}}

    async def assess(session: AsyncSession) -> None:
        await Market(session).assess(vacancy, 1, revision=1)

    async def amend(session: AsyncSession) -> None:
        await amend_vacancy(session, vacancy.id, lowered, market.owner, NOW, always)

    assert await at_once(database, assess, amend) == ["done", "done"]
    async with database.transaction() as session:
        now = await session.get(Vacancy, vacancy.id)
        assert now
        assert (now.status, now.revision, now.listed) == ("submitted", 2, False)
