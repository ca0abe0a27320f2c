"""Claims and profiles in the database, and a profile as the domain sees it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession

from imdi_matching.domain.candidates import Candidate, spoken
from imdi_matching.domain.occupations import Experience, minor_group
from imdi_matching.domain.vacancies import Money
from imdi_matching.storage.copies import Worker
from imdi_matching.storage.tables import Claim, Profile


async def lock_claim(session: AsyncSession, worker_id: UUID, member_id: UUID) -> Claim | None:
    return await session.get(Claim, (worker_id, member_id), with_for_update=True, populate_existing=True)


async def lock_profile(session: AsyncSession, worker_id: UUID) -> Profile | None:
    return await session.get(Profile, worker_id, with_for_update=True, populate_existing=True)


async def drop_claims(session: AsyncSession, worker_id: UUID) -> None:
    """Forget what any member has said of a worker."""
    await session.execute(delete(Claim).where(Claim.worker_id == worker_id))


def minor_groups(entry: dict[str, Any]) -> list[str]:
    return sorted({minor_group(occupation["isco"]) for occupation in entry["occupations"]})


def highest_isced(entry: dict[str, Any]) -> int | None:
    """The highest ISCED 2011 level among the qualifications stated; ``None`` where none is."""
    return max((qualification["isced"] for qualification in entry["qualifications"]), default=None)


def candidate_of(worker: Worker, entry: dict[str, Any]) -> Candidate:
    floor = entry["wage_floor"]
    return Candidate(
        worker_id=str(worker.id),
        birth_date=worker.birth_date,
        sex=worker.sex,
        nationality=worker.nationality,
        country=worker.country,
        occupations=tuple(Experience(held["isco"], held["years"]) for held in entry["occupations"]),
        skills=frozenset(entry["skills"]),
        languages=spoken((held["language"], held["level"]) for held in entry["languages"]),
        isced=highest_isced(entry),
        available_from=date.fromisoformat(entry["available_from"]),
        destinations=frozenset(entry["destinations"]),
        wage_floor=Money(Decimal(floor["amount"]), floor["currency"]) if floor else None,
        facts=entry["facts"],
    )
