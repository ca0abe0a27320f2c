"""A placement follows its preparation: ready while that is cleared, deployed by departure, completed by arrival."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from imdi_contracts.worker_prep import PreparationState
from imdi_matching.actions.announce_placement import bring
from imdi_matching.actions.positions import free, settle, withdraw_open
from imdi_matching.domain.placements import BINDING, HOLDS_A_POSITION, course
from imdi_matching.storage import placements, vacancies
from imdi_matching.storage.copies import erased, lock_worker
from imdi_matching.storage.tables import Placement, Vacancy


async def follow_preparation(session: AsyncSession, preparation: PreparationState, now: datetime) -> None:
    """Bring the placement where its preparation's state has it; a departure counts also after a withdrawal."""
    found = await session.get(Placement, UUID(preparation.placement_id))
    if found is None or await erased(session, [found.worker_id]):
        return
    await lock_worker(session, found.worker_id)
    mine = placements.live_of(found.worker_id) | (Placement.id == found.id)
    known = await session.scalars(select(Placement.vacancy_id).where(mine))
    concerned = {vacancy.id: vacancy for vacancy in await vacancies.lock_all(session, Vacancy.id.in_(set(known)))}
    touched = await placements.lock_all(session, mine | placements.open_on([found.vacancy_id]))
    for status in course(found.status, preparation.status):
        if status == "deployed":
            await _deploy(session, found, concerned, touched, now)
        else:
            await bring(session, found, status)


async def _deploy(
    session: AsyncSession,
    placement: Placement,
    concerned: dict[UUID, Vacancy],
    touched: list[Placement],
    now: datetime,
) -> None:
    """The worker has departed on this placement, whatever was meant: nothing else of the worker's can stand."""
    rivals = [one for one in touched if one.worker_id == placement.worker_id and one is not placement]
    for rival in rivals:
        if rival.status == "deployed":
            rival.conflict = True
            await bring(session, rival, "completed")
        elif rival.status in BINDING:
            await bring(session, rival, "withdrawn", "deployed_elsewhere")
            await free(session, concerned[rival.vacancy_id], now)
    await withdraw_open(session, rivals, "deployed_elsewhere")
    regained = placement.status not in HOLDS_A_POSITION
    placement.conflict = placement.conflict or placement.status == "withdrawn"
    placement.departed = True
    await bring(session, placement, "deployed")
    if regained:
        vacancy = concerned[placement.vacancy_id]
        vacancy.agreed += 1
        await settle(session, vacancy, touched)
