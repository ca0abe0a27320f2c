"""The worker agrees, through its controller: one placement per worker, and no more than there are positions.

Of two agreements at once for one worker, or for the last position, one wins: the locks are taken in one order, the
position by one conditional update, and the winner's own transaction withdraws what lost to it.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement
from sqlalchemy.ext.asyncio import AsyncSession

from imdi_common.actor import Actor
from imdi_common.problems import conflict
from imdi_matching.actions.announce_placement import bring
from imdi_matching.actions.open_case import demand_open, lost_to, open_case
from imdi_matching.actions.positions import settle, withdraw_open
from imdi_matching.domain.placements import BINDING
from imdi_matching.storage import placements, vacancies
from imdi_matching.storage.tables import Placement, Vacancy


async def agree(session: AsyncSession, placement_id: UUID, evidence: dict[str, Any], actor: Actor) -> UUID:
    """409 ``worker-already-agreed`` or ``no-position-left`` for who comes second."""
    case = await open_case(session, placement_id, "agree", actor, _touched)
    placement, vacancy = case.placement, case.vacancy
    others = [one for one in case.touched if one is not placement]
    rivals = [one for one in others if one.worker_id == placement.worker_id]
    if any(one.status in BINDING for one in rivals):
        raise lost_to("worker-already-agreed")
    demand_open(vacancy)
    if placement.terms is None or placement.terms["vacancy_revision"] != vacancy.revision:
        raise conflict("offer-outdated", "The vacancy's terms have changed since the offer; it must be made again.")
    if not await vacancies.take_position(session, vacancy):
        raise lost_to("no-position-left")
    placement.agreement = evidence
    placement.first_departure = not await placements.has_departed(session, placement.worker_id)
    await bring(session, placement, "agreed")
    await withdraw_open(session, rivals, "agreed_elsewhere")
    await settle(session, vacancy, others)
    return placement_id


def _touched(placement: Placement, vacancy: Vacancy) -> ColumnElement[bool]:
    """The worker's other placements and, where this may take the last position, the vacancy's."""
    last = vacancy.agreed + 1 >= vacancy.positions
    return placements.live_of(placement.worker_id) | placements.open_on([vacancy.id] if last else [])
