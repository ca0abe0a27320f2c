"""End a vacancy: by its owner, or when its last day is over. What is agreed stands, the rest is withdrawn."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from imdi_common.actor import Actor
from imdi_common.clock import today_in
from imdi_common.due import cancel
from imdi_matching.actions.amend_vacancy import own_vacancy
from imdi_matching.actions.announce_vacancy import announce_status
from imdi_matching.actions.pause_vacancy import demand_state
from imdi_matching.actions.positions import close_open
from imdi_matching.actions.submit_vacancy import EXPIRY
from imdi_matching.domain.vacancies import ALLOWED_IN
from imdi_matching.storage.vacancies import lock


async def close_vacancy(session: AsyncSession, vacancy_id: UUID, reason: str, actor: Actor, now: datetime) -> UUID:
    vacancy = await own_vacancy(session, vacancy_id, actor, now)
    demand_state(vacancy, "close")
    vacancy.reason = reason
    await announce_status(session, vacancy, "closed")
    await close_open(session, vacancy, "vacancy_closed")
    await cancel(session, EXPIRY, str(vacancy.id))
    return vacancy.id


async def expire_vacancy(session: AsyncSession, subject: str, now: datetime) -> None:
    """Due: the vacancy's last day is over at its destination. A filled one stays filled."""
    vacancy = await lock(session, UUID(subject))
    if vacancy is None or vacancy.status not in ALLOWED_IN["expire"]:
        return
    if vacancy.closes_on < today_in(vacancy.country, now):
        await announce_status(session, vacancy, "expired")
        await close_open(session, vacancy, "vacancy_expired")
