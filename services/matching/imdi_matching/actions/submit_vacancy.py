"""Submit a vacancy: legislation judges its terms, and it is posted or returned."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from imdi_common.actor import Actor, Tenant
from imdi_common.clock import start_of_day, today_in
from imdi_common.due import schedule
from imdi_common.ids import uuid7
from imdi_common.problems import forbidden, invalid
from imdi_matching.actions.announce_vacancy import announce_status
from imdi_matching.domain.who_may import Recruiter, may_recruit
from imdi_matching.storage.tables import Vacancy
from imdi_matching.storage.vacancies import columns_of

EXPIRY = "vacancy.expiry"
"""Due when a vacancy's last day is over at its destination."""


async def submit_vacancy(session: AsyncSession, terms: dict[str, Any], actor: Actor, now: datetime) -> UUID:
    """A new vacancy, submitted. ``terms`` as they are put, already well formed."""
    owner = recruiter(actor, now)
    vacancy = Vacancy(
        id=uuid7(),
        owner_id=owner.id,
        owner_kind=owner.kind,
        status="submitted",
        revision=1,
        agreed=0,
        submitted_on=now.astimezone(UTC).date(),
        breaches=[],
        assessment_sequence=0,
        held_by=None,
        listed=False,
        reason=None,
        version=0,
        **columns_of(terms),
    )
    demand_future(vacancy, {"start_on", "closes_on"}, now)
    session.add(vacancy)
    await session.flush()
    await schedule_expiry(session, vacancy)
    await announce_status(session, vacancy, "submitted")
    return vacancy.id


def recruiter(actor: Actor, now: datetime) -> Tenant:
    """The calling member, if it may recruit today; 403 otherwise."""
    member = actor.member
    if not may_recruit(Recruiter(member.kind, member.licensed_until), today_in(member.country, now)):
        raise forbidden("Only an employer, or a recruitment agency with a valid licence, may do this.")
    return member


def demand_future(vacancy: Vacancy, dates: set[str] | frozenset[str], now: datetime) -> None:
    """422 where one of these dates has passed at the destination."""
    today = today_in(vacancy.country, now)
    for field in sorted(dates):
        day: date = getattr(vacancy, field)
        if day < today:
            raise invalid(field, "not_in_the_past", "must not lie in the past")


async def schedule_expiry(session: AsyncSession, vacancy: Vacancy) -> None:
    """It expires when the day after its last one begins at the destination."""
    after = date.fromordinal(vacancy.closes_on.toordinal() + 1)
    await schedule(session, EXPIRY, str(vacancy.id), start_of_day(after, vacancy.country))
