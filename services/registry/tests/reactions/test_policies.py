from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from imdi_common.database import Database
from imdi_common.reactions import Received
from imdi_registry.reactions.policies import POLICIES

Announced = Callable[[AsyncSession], Awaitable[list[tuple[str, str, str, int, dict[str, Any]]]]]
NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)


async def test_each_services_receipt_is_heard_on_its_own_topic(
    desk: Any, database: Database, announced: Announced
) -> None:
    await desk.join("Himal")
    worker_id = await desk.register("Himal")
    await desk.post(f"/v1/workers/{worker_id}/erasure", "Himal", {"reason": "asked"})
    assert [policy.topic.name for policy in POLICIES] == [
        "imdi.matching.erasures",
        "imdi.legislation.erasures",
        "imdi.worker-prep.erasures",
    ]
    for policy in POLICIES:
        state = policy.state(worker_id=worker_id)
        received = Received(state, 1, NOW, worker_id)
        async with database.transaction() as session:
            await policy.react(session, received, NOW)
    async with database.transaction() as session:
        *_, (_, kind, *_) = await announced(session)
    assert kind == "org.imdi.worker.erased.v1"
