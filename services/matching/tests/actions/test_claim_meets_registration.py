"""A claim that is made in the moment in which its worker becomes known here: none of the two misses the other."""

from __future__ import annotations

import asyncio
from datetime import date
from uuid import UUID, uuid4

import pytest
from services.matching.tests.conftest import ENTRY, NOW, always, member

from imdi_common.actor import Actor
from imdi_common.database import Database
from imdi_common.reactions import Received
from imdi_contracts.registry import WorkerState
from imdi_matching.actions.put_profile import put_profile
from imdi_matching.queries.profiles import show_profile
from imdi_matching.reactions.policies import worker_changed
from imdi_matching.reactions.projections import keep_workers


def registered(worker_id: UUID, agency: Actor) -> Received[WorkerState]:
    state = WorkerState(
        worker_id=str(worker_id),
        status="registered",
        controller_id=str(agency.tenant_id),
        birth_date=date(1996, 4, 2),
        sex="female",
        nationality="PH",
        country="PH",
        consents=["matching"],
    )
    return Received(state, 1, NOW, str(worker_id))


@pytest.mark.parametrize("claimed_first", [True, False])
async def test_the_profile_is_live_whichever_is_done_first(database: Database, claimed_first: bool) -> None:
    worker_id, agency = uuid4(), member()
    event, claiming = registered(worker_id, agency), asyncio.Event()

    async def learn() -> None:
        await claiming.wait()
        async with database.transaction() as session:
            await keep_workers(session, [event])
        async with database.transaction() as session:
            await worker_changed(session, event, NOW)

    async def claim() -> None:
        async with database.transaction() as session:
            await put_profile(session, worker_id, ENTRY, agency, NOW, always)
            claiming.set()
            # The claim is made and not yet committed: whoever learns of the worker now cannot see it.
            if claimed_first:
                await asyncio.wait({learning}, timeout=0.5)

    learning = asyncio.create_task(learn())
    if not claimed_first:
        claiming.set()
    await asyncio.gather(claim(), learning)
    async with database.transaction() as session:
        assert (await show_profile(session, worker_id, agency))["status"] == "live"
