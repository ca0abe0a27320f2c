from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from services.matching.tests.conftest import ENTRY, EVIDENCE, NOW, Happened, Market
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from imdi_common.mechanics import due, held_record, outbox
from imdi_common.problems import Problem
from imdi_contracts.registry import WORKERS
from imdi_matching.actions.agree import agree
from imdi_matching.actions.erase_worker import erase_worker
from imdi_matching.actions.follow_worker import follow_worker
from imdi_matching.actions.put_profile import UNCLAIMED, drop_unclaimed
from imdi_matching.queries.profiles import show_profile
from imdi_matching.storage.copies import Worker, erased
from imdi_matching.storage.tables import Claim, Placement, Profile


async def change(market: Market, worker_id: Any, **changes: Any) -> None:
    """The worker's next state, as registry announces it."""
    worker = await market.session.get(Worker, worker_id)
    assert worker
    for name, value in changes.items():
        setattr(worker, name, value)
    worker.sequence += 1
    await market.session.flush()
    await follow_worker(market.session, worker, NOW)


async def status(market: Market, worker_id: Any, actor: Any = None) -> str:
    return str((await show_profile(market.session, worker_id, actor or market.agency))["status"])


async def test_a_foreign_worker_and_an_unknown_one_are_answered_alike(market: Market, happened: Happened) -> None:
    foreign, unknown = await market.worker(profile=False), uuid4()
    answers = []
    for worker_id in (foreign, unknown):
        await market.claim(worker_id, market.stranger)
        answers.append(await show_profile(market.session, worker_id, market.stranger) | {"worker_id": None})
    assert answers[0] == answers[1]
    assert answers[0]["status"] == "awaiting_registration"
    assert await happened() == []


async def test_a_claim_is_live_once_its_member_controls_the_worker(market: Market, happened: Happened) -> None:
    worker_id = uuid4()
    await market.claim(worker_id)
    assert await status(market, worker_id) == "awaiting_registration"
    registered = await market.worker(id=worker_id, profile=False)
    await change(market, registered)
    assert await status(market, worker_id) == "live"
    assert await happened() == [("profiles", "profile.live", "live")]


async def test_a_claim_is_the_members_own(market: Market) -> None:
    worker_id = await market.worker()
    with pytest.raises(Problem, match="not-found"):
        await show_profile(market.session, worker_id, market.stranger)
    await market.claim(worker_id, market.stranger, skills=["http://data.europa.eu/esco/skill/1"])
    assert (await show_profile(market.session, worker_id, market.agency))["skills"] == []


async def test_what_nobody_registers_in_a_day_is_forgotten(market: Market) -> None:
    unknown, own = uuid4(), await market.worker()
    await market.claim(unknown, market.stranger)
    rows = (await market.session.execute(select(due.c.subject, due.c.at).where(due.c.kind == UNCLAIMED))).all()
    assert rows == [(f"{unknown}:{market.stranger.tenant_id}", NOW + timedelta(hours=24))]
    await drop_unclaimed(market.session, rows[0].subject, NOW)
    await drop_unclaimed(market.session, f"{own}:{market.agency.tenant_id}", NOW)
    assert await market.session.scalar(select(func.count()).select_from(Claim)) == 1


async def test_another_claim_of_the_controllers_changes_the_profile(market: Market, happened: Happened) -> None:
    worker_id = await market.worker()
    await happened()
    await market.claim(worker_id)
    assert await happened() == []
    await market.claim(worker_id, occupations=[{"isco": "5321", "years": 1}])
    assert await happened() == [("profiles", "profile.changed", "live")]


async def test_no_event_of_a_profile_carries_legal_facts_or_titles(market: Market, announced: Any) -> None:
    await market.worker()
    ((*_, data),) = await announced(market.session)
    assert set(data) == {"worker_id", "status", "controller_id", "occupations", "languages", "isced", "facts"}
    assert data["isced"] == 3


async def test_without_consent_to_be_matched_open_placements_end_and_agreed_ones_go_on(
    market: Market, happened: Happened
) -> None:
    vacancy, worker_id = await market.posted(), await market.worker()
    open_one = await market.offered(vacancy, worker_id)
    other = await market.worker()
    agreed = await agree(market.session, await market.offered(vacancy, other), EVIDENCE, market.agency)
    await happened()
    for one in (worker_id, other):
        await change(market, one, consents=["preparation"])
    assert (await market.placement(open_one)).reason == "consent_withdrawn"
    assert (await market.placement(agreed)).status == "agreed"
    assert [kind for _, kind, _ in await happened()] == [
        "profile.changed",
        "placement.withdrawn",
        "profile.changed",
    ]


async def test_without_any_consent_the_profile_is_withdrawn_and_empty(market: Market, announced: Any) -> None:
    worker_id = await market.worker()
    await change(market, worker_id, consents=[])
    *_, data = (await announced(market.session))[-1]
    assert (data["status"], data["occupations"], data["facts"]) == ("withdrawn", [], {})
    assert await status(market, worker_id) == "withdrawn"
    await change(market, worker_id, consents=["matching"])
    assert await status(market, worker_id) == "live"


async def test_a_new_controller_takes_over_profile_and_placements(market: Market, happened: Happened) -> None:
    vacancy, worker_id = await market.posted(), await market.worker()
    placement = await market.offered(vacancy, worker_id)
    await happened()
    await change(market, worker_id, controller_id=market.stranger.tenant_id)
    assert await happened() == [
        ("profiles", "profile.changed", "live"),
        ("placements", "placement.offered", "offered"),
    ]
    taken = await market.session.get(Claim, (worker_id, market.stranger.tenant_id))
    assert taken
    assert (taken.entry, taken.made_by) == (ENTRY, market.agency.tenant_id)
    assert await status(market, worker_id) == "awaiting_registration"
    with pytest.raises(Problem, match="not-found"):
        await agree(market.session, placement, EVIDENCE, market.agency)
    await agree(market.session, placement, EVIDENCE, market.stranger)


async def test_erasure_leaves_ids_alone(market: Market, happened: Happened, session: AsyncSession) -> None:
    vacancy, worker_id = await market.posted(positions=1), await market.worker()
    placement_id = await agree(session, await market.offered(vacancy, worker_id), EVIDENCE, market.agency)
    await session.execute(outbox.update().values(published_at=NOW, published_position=outbox.c.position))
    before = len(await happened())
    await erase_worker(session, worker_id, NOW)
    assert before
    for table in (Claim, Profile, Worker):
        assert await session.scalar(select(func.count()).select_from(table)) == 0
    placement = await session.get(Placement, placement_id, populate_existing=True)
    assert placement
    assert (placement.status, placement.reason) == ("withdrawn", "erased")
    assert [placement.acceptance, placement.agreement, placement.note] == [None, None, None]
    assert vacancy.status == "posted"
    assert await erased(session, [worker_id]) == {worker_id}
    sent = (await session.scalars(select(outbox.c.body).where(outbox.c.topic == "imdi.matching.profiles"))).all()
    assert all("5322" not in body for body in sent)


@pytest.mark.parametrize(("status", "stays"), [("quarantined", False), ("discarded", False), ("waiting", True)])
async def test_erasure_takes_what_was_held_of_the_worker(market: Market, status: str, stays: bool) -> None:
    worker_id, other_id = await market.worker(), await market.worker()
    for offset, key in enumerate((worker_id, other_id)):
        moments = dict.fromkeys(("first_at", "last_at", "next_at"), NOW)
        lies = {"reaction": "projections", "topic": WORKERS.name, "partition": 0, "offset": offset, "key": str(key)}
        record = {"status": status, "headers": [], "value": b'{"birth_date": "1996-04-02"}', "attempts": 1}
        await market.session.execute(held_record.insert().values(**lies, **moments, **record))
    await erase_worker(market.session, worker_id, NOW)
    left = set(await market.session.scalars(select(held_record.c.key)))
    assert left == {str(other_id)} | ({str(worker_id)} if stays else set())


async def test_erasure_is_receipted_once_also_where_nothing_was_held(market: Market, happened: Happened) -> None:
    unknown = uuid4()
    await erase_worker(market.session, unknown, NOW)
    await erase_worker(market.session, unknown, NOW)
    assert await happened() == [("erasures", "erasure.completed", "")]
