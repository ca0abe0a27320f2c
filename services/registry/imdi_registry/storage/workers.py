"""Workers as rows, their identity sealed and opened, and who is what to them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from imdi_common.actor import Actor
from imdi_common.problems import not_found
from imdi_registry.domain.disclosure import Row
from imdi_registry.domain.identity import Identity
from imdi_registry.domain.standing import Placement, Preparation, Viewer, rows
from imdi_registry.storage.copies import PlacementCopy, PreparationCopy
from imdi_registry.storage.sealing import MasterKey
from imdi_registry.storage.tables import Worker, WorkerKey


@dataclass(frozen=True, slots=True)
class Seen:
    """A worker as one caller meets it: ``rows`` say what the caller is to it. No identity is left once erased."""

    worker: Worker
    identity: Identity | None
    rows: frozenset[Row]


def seal(master: MasterKey, worker: Worker, wrapped: bytes, identity: Identity) -> bytes:
    """Put an identity, whole, into the worker's row, and beside it its passport's blind index, which is returned."""
    plain = json.dumps(identity.as_json(), separators=(",", ":")).encode()
    worker.sealed = master.seal_identity(wrapped, worker.id, plain)
    digest = master.passport_digest(identity.passport.number, identity.passport.issuing_country)
    worker.passport_digest = digest
    return digest


async def wrapped_key(session: AsyncSession, worker_id: UUID) -> bytes:
    """The data key of a worker who is not erased."""
    return (await session.get_one(WorkerKey, worker_id)).wrapped


async def identities(session: AsyncSession, master: MasterKey, workers: Sequence[Worker]) -> dict[UUID, Identity]:
    """The identities that still have their key, by worker."""
    found = select(WorkerKey).where(WorkerKey.worker_id.in_([worker.id for worker in workers]))
    keys = {key.worker_id: key.wrapped for key in await session.scalars(found)}
    return {
        worker.id: Identity.from_json(json.loads(master.open_identity(keys[worker.id], worker.id, worker.sealed)))
        for worker in workers
        if worker.sealed is not None and worker.id in keys
    }


async def see(
    session: AsyncSession, master: MasterKey, worker_id: UUID, actor: Actor, *, for_update: bool = False
) -> Seen:
    """The worker as the caller meets it; a stranger meets the 404 of an absent one."""
    worker = await session.get(Worker, worker_id, with_for_update=for_update or None, populate_existing=True)
    if worker is None:
        raise not_found()
    identity = (await identities(session, master, [worker])).get(worker.id)
    tenant = actor.tenant
    viewer = Viewer(
        member_id=tenant.id if tenant else None,
        kind=tenant.kind if tenant else None,
        country=tenant.country if tenant else None,
        steward=actor.is_steward,
    )
    origin = identity.country if identity else None
    copies = await _placements(session, worker_id), await _preparations(session, worker_id)
    found = rows(viewer, worker.controller_id, origin, *copies)
    if not found:
        raise not_found()
    return Seen(worker, identity, found)


async def with_passport(session: AsyncSession, digest: bytes) -> list[Worker]:
    """The workers registered with this passport; none can be added beside until the transaction ends."""
    await session.execute(select(func.pg_advisory_xact_lock(int.from_bytes(digest[:8], signed=True))))
    found = select(Worker).where(Worker.passport_digest == digest).order_by(Worker.id)
    return list(await session.scalars(found))


async def _placements(session: AsyncSession, worker_id: UUID) -> list[Placement]:
    found = select(PlacementCopy.owner_id, PlacementCopy.status).where(PlacementCopy.worker_id == worker_id)
    return [Placement(owner_id, status) for owner_id, status in await session.execute(found)]


async def _preparations(session: AsyncSession, worker_id: UUID) -> list[Preparation]:
    found = select(PreparationCopy.status, PreparationCopy.performers).where(PreparationCopy.worker_id == worker_id)
    return [Preparation(status, frozenset(performers)) for status, performers in await session.execute(found)]
