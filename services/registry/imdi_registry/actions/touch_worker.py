"""What every deed on a worker begins with: who asks, may they, and is there still someone to change."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from imdi_common.actor import Actor
from imdi_common.problems import conflict
from imdi_registry.actions.refusals import demand
from imdi_registry.domain.identity import Identity
from imdi_registry.domain.standing import relations
from imdi_registry.domain.who_may import Deed
from imdi_registry.storage import workers
from imdi_registry.storage.sealing import MasterKey
from imdi_registry.storage.tables import Worker


async def touched(
    session: AsyncSession,
    master: MasterKey,
    worker_id: UUID,
    deed: Deed,
    actor: Actor,
    match: Callable[[int], None] | None = None,
) -> tuple[Worker, Identity]:
    """The worker, locked and about to change, with its identity.

    404 to a stranger, 403 to one who may not do this, what ``match`` says of the version, 409 where the worker is
    erased or about to be.
    """
    seen = await workers.see(session, master, worker_id, actor, for_update=True)
    demand(deed, relations(seen.rows))
    if match:
        match(seen.worker.version)
    if seen.identity is None:
        raise conflict("wrong-state", "The worker is being erased, or has been.", state=seen.worker.status)
    seen.worker.version += 1
    return seen.worker, seen.identity
