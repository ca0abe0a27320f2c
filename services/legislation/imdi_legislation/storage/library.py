"""The library: what sources say of instruments, their versions and texts, and imports.

Statements, versions and texts are only ever added (the database refuses anything else), each with the moment at which
it was recorded.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint, func, or_, select
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from imdi_common.election import lock_number
from imdi_legislation.domain.statements import Statement
from imdi_legislation.storage.tables import Base

_RECORDING = lock_number("library")


class InstrumentStatement(Base):
    """One statement (``domain.statements``): of one source on one instrument."""

    __tablename__ = "instrument_statement"
    __table_args__ = (Index(None, "parties", postgresql_using="gin"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    instrument_id: Mapped[UUID] = mapped_column(ForeignKey("instrument.id"), index=True)
    kind: Mapped[str]
    body: Mapped[dict[str, Any]]
    parties: Mapped[list[str]]
    """The countries of which it speaks."""
    object_id: Mapped[UUID | None] = mapped_column(ForeignKey("instrument.id"), index=True)
    """The instrument to which a relation points."""
    source: Mapped[str]
    confidence: Mapped[str]
    verified_on: Mapped[date | None]
    note: Mapped[str | None]
    replaces: Mapped[UUID | None] = mapped_column(ForeignKey("instrument_statement.id"), unique=True)
    said: Mapped[str]
    """A hash of what it says, so that the same is not entered twice by a file."""
    recorded_at: Mapped[datetime] = mapped_column(index=True)
    recorded_by: Mapped[str]


class InstrumentVersion(Base):
    __tablename__ = "instrument_version"
    __table_args__ = (UniqueConstraint("instrument_id", "number"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    instrument_id: Mapped[UUID] = mapped_column(ForeignKey("instrument.id"))
    number: Mapped[int]
    """1, 2, 3 … in the order in which they were recorded."""
    effective_from: Mapped[date]
    source: Mapped[str]
    note: Mapped[str | None]
    said: Mapped[str]
    recorded_at: Mapped[datetime] = mapped_column(index=True)
    recorded_by: Mapped[str]


class InstrumentText(Base):
    """A text that is searched.

    ``place``: ``title`` or ``note`` of an instrument (no version), else a provision's number; empty: a version's title.
    """

    __tablename__ = "instrument_text"
    __table_args__ = (Index(None, "search", postgresql_using="gin"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    instrument_id: Mapped[UUID] = mapped_column(ForeignKey("instrument.id"), index=True)
    version_id: Mapped[UUID | None] = mapped_column(ForeignKey("instrument_version.id"), index=True)
    place: Mapped[str]
    position: Mapped[int]
    language: Mapped[str]
    heading: Mapped[str | None]
    body: Mapped[str]
    search: Mapped[str] = mapped_column(TSVECTOR)


class InstrumentImport(Base):
    """A file of instruments that is entered row by row, and how far it has come."""

    __tablename__ = "instrument_import"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    client_id: Mapped[str]
    government_of: Mapped[str | None]
    is_steward: Mapped[bool]
    status: Mapped[str]
    rows: Mapped[int]
    begun_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]


class InstrumentImportRow(Base):
    __tablename__ = "instrument_import_row"

    import_id: Mapped[UUID] = mapped_column(ForeignKey("instrument_import.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    turn: Mapped[int]
    """When it is entered: after the rows to which it is related."""
    body: Mapped[dict[str, Any]]
    outcome: Mapped[str | None]
    instrument_id: Mapped[UUID | None]
    errors: Mapped[list[dict[str, Any]]]


async def moment_of_recording(session: AsyncSession, now: datetime) -> datetime:
    """The moment that what is recorded now bears: later than all before, until this transaction ends.

    ``now`` was read before the wait for others who record. The wait is added to it: a day may have ended meanwhile, and
    been asked about.
    """
    asked = now + await _wait_to_record(session)
    last = await session.scalar(select(func.max(InstrumentStatement.recorded_at)))
    last_version = await session.scalar(select(func.max(InstrumentVersion.recorded_at)))
    later: list[datetime] = [each + timedelta(microseconds=1) for each in (last, last_version) if each]
    return max([asked, *later])


async def _wait_to_record(session: AsyncSession) -> timedelta:
    """Take the lock until this transaction ends; how long that took, where somebody else had it."""
    if await session.scalar(select(func.pg_try_advisory_xact_lock(_RECORDING))):
        return timedelta()
    began = (await session.execute(select(func.clock_timestamp()))).scalar_one()
    await session.execute(select(func.pg_advisory_xact_lock(_RECORDING)))
    ended = (await session.execute(select(func.clock_timestamp()))).scalar_one()
    waited: timedelta = ended - began
    return waited


async def hold_recordings(session: AsyncSession) -> None:
    """Wait for what is being recorded, so that a read sees all up to its own moment."""
    await session.execute(select(func.pg_advisory_xact_lock_shared(_RECORDING)))


async def statements_on(session: AsyncSession, instruments: Collection[UUID]) -> dict[UUID, list[Statement]]:
    """All statements ever recorded on some instruments, by instrument."""
    found = select(InstrumentStatement).where(InstrumentStatement.instrument_id.in_(instruments))
    by_instrument: dict[UUID, list[Statement]] = {instrument: [] for instrument in instruments}
    for row in await session.scalars(found):
        by_instrument[row.instrument_id].append(statement_of(row))
    return by_instrument


async def statement_by(session: AsyncSession, written: str | None) -> InstrumentStatement | None:
    """A statement by its id as a client wrote it; None for what is no id or is nobody's."""
    try:
        return await session.get(InstrumentStatement, UUID(written)) if written else None
    except ValueError:
        return None


async def repeals_of(session: AsyncSession, instruments: Collection[UUID]) -> list[Statement]:
    """The statements, and what replaced or withdrew them, that something repeals one of these instruments."""
    repealing = select(InstrumentStatement.id).where(
        InstrumentStatement.object_id.in_(instruments), InstrumentStatement.body["relation"].astext == "repeals"
    )
    either = or_(InstrumentStatement.id.in_(repealing), InstrumentStatement.replaces.in_(repealing))
    return [statement_of(row) for row in await session.scalars(select(InstrumentStatement).where(either))]


def statement_of(row: InstrumentStatement) -> Statement:
    return Statement(
        id=str(row.id),
        instrument=str(row.instrument_id),
        kind=row.kind,
        body=row.body,
        recorded_at=row.recorded_at,
        replaces=str(row.replaces) if row.replaces else None,
        object=str(row.object_id) if row.object_id else None,
        verified_on=row.verified_on,
    )


async def versions_of(session: AsyncSession, instrument_id: UUID) -> Sequence[InstrumentVersion]:
    found = select(InstrumentVersion).where(InstrumentVersion.instrument_id == instrument_id)
    return list(await session.scalars(found.order_by(InstrumentVersion.number)))
