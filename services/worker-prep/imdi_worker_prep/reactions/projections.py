"""Copies of members and workers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from imdi_common.database import upsert_newer
from imdi_common.reactions import Projection, Received
from imdi_contracts import registry
from imdi_worker_prep.storage.copies import MemberCopy, WorkerCopy
from imdi_worker_prep.storage.tables import ErasedWorker


async def keep_members(session: AsyncSession, records: Sequence[Received[registry.MemberState]]) -> None:
    rows = [
        {
            "id": UUID(one.state.member_id),
            "kind": one.state.kind,
            "country": one.state.country,
            "status": one.state.status,
            "licensed_until": one.state.licensed_until,
            "services": [service.model_dump(mode="json") for service in one.state.services],
            "sequence": one.sequence,
        }
        for one in records
    ]
    await session.execute(upsert_newer(MemberCopy, rows))


async def keep_workers(session: AsyncSession, records: Sequence[Received[registry.WorkerState]]) -> None:
    """Whose a worker is and where from; nothing of those that were erased."""
    ids = [UUID(one.key) for one in records]
    erased = set(await session.scalars(select(ErasedWorker.worker_id).where(ErasedWorker.worker_id.in_(ids))))
    rows: list[dict[str, Any]] = [
        {
            "id": UUID(one.state.worker_id),
            "status": one.state.status,
            "controller_id": UUID(one.state.controller_id) if one.state.controller_id else None,
            "country": one.state.country,
            "consents": list(one.state.consents),
            "sequence": one.sequence,
        }
        for one in records
        if UUID(one.state.worker_id) not in erased
    ]
    if rows:
        await session.execute(upsert_newer(WorkerCopy, rows))


async def forget_erased(session: AsyncSession) -> None:
    await session.execute(delete(WorkerCopy).where(WorkerCopy.id.in_(select(ErasedWorker.worker_id))))


PROJECTIONS: list[Projection[Any]] = [
    Projection(registry.MEMBERS, registry.MemberState, keep_members, MemberCopy),
    Projection(registry.WORKERS, registry.WorkerState, keep_workers, WorkerCopy, forget_erased),
]
