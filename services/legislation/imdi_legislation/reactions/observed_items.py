"""Days on which preparations' items were required, booked and cleared, noted as the events pass.

They cannot be made anew from the topic, which keeps the newest state alone: so this fills no table that a rebuild may
empty.
"""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from imdi_common.reactions import Projection, Received
from imdi_contracts.worker_prep import PREPARATIONS, ItemState, PreparationState
from imdi_legislation.storage.copies import hold_worker
from imdi_legislation.storage.observed_items import observe
from imdi_legislation.storage.tables import ErasedWorker

BOOKED = ("scheduled", "in_progress", "submitted")
CLEARED = ("cleared", "conditionally_cleared", "expiring")
NOTED = ("required", *BOOKED, *CLEARED, "failed", "retry", "barred")


async def observe_items(session: AsyncSession, received: list[Received[PreparationState]]) -> None:
    """Note the items of preparations whose workers are not erased; none is erased meanwhile."""
    for worker_id in sorted({UUID(one.state.worker_id) for one in received}):
        await hold_worker(session, worker_id)
    workers = [UUID(one.state.worker_id) for one in received]
    erased = set(await session.scalars(select(ErasedWorker.worker_id).where(ErasedWorker.worker_id.in_(workers))))
    rows = [row for one in received if UUID(one.state.worker_id) not in erased for row in _rows(one)]
    if rows:
        await observe(session, rows)


def _rows(received: Received[PreparationState]) -> list[dict[str, Any]]:
    state, day = received.state, received.at.date()
    named = {
        "preparation_id": UUID(state.preparation_id),
        "worker_id": UUID(state.worker_id),
        "sequence": received.sequence,
    }
    return [named | {"item": item.code} | _days(item, day) for item in state.items if item.status in NOTED]


def _days(item: ItemState, day: date) -> dict[str, Any]:
    """What an event of that day shows of one item; the day on which it was performed is worker-prep's own."""
    cleared = item.status in CLEARED
    return {
        "required_on": None if cleared else day,
        "booked_on": day if item.status in BOOKED else None,
        "cleared_on": (item.performed_on or day) if cleared else None,
        "failed": item.status in ("failed", "barred"),
    }


OBSERVED = Projection(PREPARATIONS, PreparationState, observe_items)
