"""Opens the preparation of a placement that was agreed."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from imdi_common.clock import today_in
from imdi_common.ids import uuid7
from imdi_contracts.matching import PlacementState
from imdi_worker_prep.actions.announcing import tell
from imdi_worker_prep.domain.announcements import Happened
from imdi_worker_prep.storage.copies import WorkerCopy
from imdi_worker_prep.storage.preparations import Dossier
from imdi_worker_prep.storage.tables import Preparation


async def open_preparation(
    session: AsyncSession, placement: PlacementState, worker: WorkerCopy, now: datetime
) -> Preparation | None:
    """Open one, of revision 1; none where the placement or the worker does not say enough (they are being erased)."""
    if placement.terms is None or placement.departure_on is None or worker.country is None:
        return None
    held = Preparation(
        id=uuid7(),
        placement_id=UUID(placement.placement_id),
        worker_id=worker.id,
        controller_id=worker.controller_id,
        owner_id=UUID(placement.owner_id),
        origin=worker.country,
        destination=placement.terms.destination,
        status="opened",
        revision=1,
        opened_on=today_in(worker.country, now),
        departure_on=placement.departure_on,
        facts={},
        requirements_sequence=0,
        bars=[],
        criteria=[],
        notes=[],
    )
    session.add(held)
    await session.flush()
    await tell(session, Dossier(held), [Happened("preparation.opened")])
    return held
