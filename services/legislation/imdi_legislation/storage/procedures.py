"""Procedures in versions: draft → active → retired. One binds on its days while active or retired."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import UniqueConstraint, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from imdi_common.election import lock_number
from imdi_legislation.domain.procedures import Corridor, Step, read_steps
from imdi_legislation.storage.tables import Base, Instrument, versions_apart

ACTIVATED = ("active", "retired")


class ProcedureVersion(Base):
    __tablename__ = "procedure_version"
    __table_args__ = (
        UniqueConstraint("code", "number"),
        versions_apart("procedure_version_days"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    code: Mapped[str]
    number: Mapped[int]
    """1, 2, 3 … of its code."""
    status: Mapped[str]
    title: Mapped[str]
    origin: Mapped[str]
    destination: Mapped[str]
    occupations: Mapped[list[str]]
    steps: Mapped[list[dict[str, Any]]]
    """As posted, instruments by id."""
    effective_from: Mapped[date]
    effective_until: Mapped[date | None]
    confidence: Mapped[str]
    verified_on: Mapped[date | None]
    verified_by: Mapped[str | None]
    source: Mapped[str | None]
    note: Mapped[str | None]
    drafted_by: Mapped[str]
    drafted_at: Mapped[datetime]
    activated_by: Mapped[str | None]
    activated_at: Mapped[datetime | None]
    retired_by: Mapped[str | None]
    retired_at: Mapped[datetime | None]
    pack_hash: Mapped[str | None]
    """What a file said, where it came from one: loaded again, it is known as unchanged."""


async def hold_code(session: AsyncSession, code: str) -> None:
    """Until the transaction ends, nobody else makes or activates a version of this procedure."""
    await session.execute(select(func.pg_advisory_xact_lock(lock_number(f"procedure {code}"))))


async def find_version(session: AsyncSession, version_id: UUID) -> ProcedureVersion | None:
    found = select(ProcedureVersion).where(ProcedureVersion.id == version_id)
    return await session.scalar(found.execution_options(populate_existing=True))


async def versions_of(session: AsyncSession, code: str) -> list[ProcedureVersion]:
    """Every version of a code, the oldest first."""
    found = select(ProcedureVersion).where(ProcedureVersion.code == code).order_by(ProcedureVersion.number)
    return list(await session.scalars(found.execution_options(populate_existing=True)))


async def instruments_by_id(session: AsyncSession, ids: set[UUID]) -> dict[str, Instrument]:
    found = await session.scalars(select(Instrument).where(Instrument.id.in_(ids)))
    return {str(instrument.id): instrument for instrument in found}


def corridor_of(version: ProcedureVersion) -> Corridor:
    return Corridor(version.origin, version.destination, tuple(version.occupations))


def steps_of(version: ProcedureVersion) -> tuple[Step, ...]:
    return read_steps(version.steps)
