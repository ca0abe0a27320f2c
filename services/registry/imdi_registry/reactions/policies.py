"""Receipts of erasure: each service says, on its own topic, that it holds nothing of a worker any more."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from imdi_common.reactions import Policy, Received
from imdi_contracts import legislation, matching, worker_prep
from imdi_registry.actions.erase_worker import Receipt, record_receipt


def _receiving(receipt: Receipt) -> Callable[[AsyncSession, Received[Any], datetime], Awaitable[None]]:
    async def receive(session: AsyncSession, received: Received[Any], now: datetime) -> None:
        await record_receipt(session, UUID(received.state.worker_id), receipt, now)

    return receive


POLICIES: list[Policy[Any]] = [
    Policy("erased-in-matching", matching.ERASURES, matching.ErasureCompleted, _receiving("matching_at")),
    Policy("erased-in-legislation", legislation.ERASURES, legislation.ErasureCompleted, _receiving("legislation_at")),
    Policy("erased-in-worker-prep", worker_prep.ERASURES, worker_prep.ErasureCompleted, _receiving("worker_prep_at")),
]
