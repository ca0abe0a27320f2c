"""Answers as they were kept, beside what tells who may read them now."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from imdi_legislation.storage.copies import Preparation, Vacancy, Worker
from imdi_legislation.storage.tables import Determination, DeterminationFacts, Subject


@dataclass(frozen=True, slots=True)
class KeptAnswer:
    """A determination and its facts, None where they are erased; and the members whom it concerns, as far as known.

    ``owner`` is a vacancy's; ``parties`` are a preparation's, once its worker is erased those of then; ``controller``
    is its worker's. ``salt`` is in the hash of a preparation's input.
    """

    determination: Determination
    facts: DeterminationFacts | None
    salt: str | None
    owner: UUID | None
    parties: list[UUID]
    controller: UUID | None


async def find_kept(session: AsyncSession, determination_id: UUID) -> KeptAnswer | None:
    found = await _kept(session, Determination.id == determination_id, 1)
    return found[0] if found else None


async def kept_on(session: AsyncSession, subject_id: UUID, limit: int, before: UUID | None) -> list[KeptAnswer]:
    """The answers on a vacancy or preparation, the newest first, those before one id."""
    which = Determination.subject_id == subject_id
    return await _kept(session, which if before is None else which & (Determination.id < before), limit)


async def _kept(session: AsyncSession, which: ColumnElement[bool], limit: int) -> list[KeptAnswer]:
    parties = func.coalesce(Preparation.parties, Subject.parties)
    found = (
        select(Determination, DeterminationFacts, Subject.salt, Vacancy.owner_id, parties, Worker.controller_id)
        .join(Subject, Subject.id == Determination.subject_id)
        .outerjoin(DeterminationFacts, DeterminationFacts.determination_id == Determination.id)
        .outerjoin(Vacancy, Vacancy.id == Determination.subject_id)
        .outerjoin(Preparation, Preparation.id == Determination.subject_id)
        .outerjoin(Worker, Worker.id == Preparation.worker_id)
        .where(which)
        .order_by(Determination.id.desc())
        .limit(limit)
    )
    rows = await session.execute(found.execution_options(populate_existing=True))
    return [KeptAnswer(*row) for row in rows]
