"""Professions, routes and issuers as law; decisions on workers' qualifications, and what stands of each worker's."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select, text
from sqlalchemy.dialects.postgresql import JSONB, ExcludeConstraint, distinct_on, insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from imdi_common.database import Announcing
from imdi_legislation.domain.countries import EVERYWHERE, GROUPS, members
from imdi_legislation.storage.tables import DAYS, Base


class Entry(Base):
    """What every entry has: its country, where it stands, the days on which it holds, the last one included."""

    __abstract__ = True

    id: Mapped[UUID] = mapped_column(primary_key=True)
    country: Mapped[str]
    basis: Mapped[list[dict[str, Any]]]
    effective_from: Mapped[date | None]
    """None: for as long as anybody knows."""
    effective_until: Mapped[date | None]
    confidence: Mapped[str]
    verified_on: Mapped[date | None]
    verified_by: Mapped[str | None]
    source: Mapped[str | None]
    note: Mapped[str | None]
    entered_by: Mapped[str]
    entered_at: Mapped[datetime]
    pack_hash: Mapped[str | None]


class Profession(Entry):
    __tablename__ = "profession"
    __table_args__ = (
        ExcludeConstraint(
            ("country", "="),
            ("code", "="),
            (text(DAYS), "&&"),
            name="profession_days",
            using="gist",
        ),
    )

    code: Mapped[str]
    title: Mapped[str]
    occupations: Mapped[list[str]]
    regulated: Mapped[bool]


class RecognitionRoute(Entry):
    __tablename__ = "recognition_route"

    profession: Mapped[str]
    origins: Mapped[list[str]]
    route: Mapped[str]
    authority: Mapped[str]
    time_limits: Mapped[dict[str, Any]]
    fee: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))


class AcceptedIssuer(Entry):
    __tablename__ = "accepted_issuer"

    certificate: Mapped[str]
    issuer: Mapped[str]
    issued_in: Mapped[list[str]]
    authority: Mapped[str]


class WorkerRecognitions(Announcing, Base):
    """The newest decision of each destination on each profession of a worker, as it is announced."""

    __tablename__ = "worker_recognitions"

    worker_id: Mapped[UUID] = mapped_column(primary_key=True)
    standing: Mapped[list[dict[str, Any]]]


class RecognitionDecision(Base):
    """One decision, never changed; erased with the worker."""

    __tablename__ = "recognition_decision"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    worker_id: Mapped[UUID] = mapped_column(index=True)
    profession: Mapped[str]
    destination: Mapped[str]
    qualification: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    outcome: Mapped[str]
    differences: Mapped[list[dict[str, Any]]]
    compensation: Mapped[list[dict[str, Any]]]
    authority: Mapped[str]
    decided_on: Mapped[date]
    valid_until: Mapped[date | None]
    reference: Mapped[str]
    recorded_by: Mapped[str]
    recorded_at: Mapped[datetime]


async def lock_recognitions(session: AsyncSession, worker_id: UUID) -> WorkerRecognitions:
    """What stands of a worker's, locked; made empty where nothing was decided yet."""
    fresh = insert(WorkerRecognitions).values(worker_id=worker_id, standing=[])
    await session.execute(fresh.on_conflict_do_nothing())
    found = select(WorkerRecognitions).where(WorkerRecognitions.worker_id == worker_id).with_for_update()
    return (await session.scalars(found.execution_options(populate_existing=True))).one()


async def newest_decisions(session: AsyncSession, worker_id: UUID) -> list[RecognitionDecision]:
    """The newest by the day decided, and of one day the last recorded, of each profession and destination."""
    table = RecognitionDecision
    newest = (
        select(table)
        .where(table.worker_id == worker_id)
        .ext(distinct_on(table.destination, table.profession))
        .order_by(table.destination, table.profession, table.decided_on.desc(), table.id.desc())
    )
    return list(await session.scalars(newest))


async def forget_recognitions(session: AsyncSession, worker_id: UUID) -> None:
    for held in (RecognitionDecision, WorkerRecognitions):
        await session.execute(delete(held).where(held.worker_id == worker_id))


def places_of(country: str, on: date) -> list[str]:
    """Under which names a country may stand in a scope on a day."""
    return [country, EVERYWHERE, *(group for group in sorted(GROUPS) if country in members(group, on))]


async def overlapping(
    session: AsyncSession, country: str, code: str, begins: date | None, ends: date | None
) -> Iterable[Profession]:
    """The entries of a profession in a country that hold on any of the days, locked; None: without a bound."""
    found = select(Profession).where(Profession.country == country, Profession.code == code)
    if begins is not None:
        found = found.where((Profession.effective_until.is_(None)) | (Profession.effective_until >= begins))
    if ends is not None:
        found = found.where((Profession.effective_from.is_(None)) | (Profession.effective_from <= ends))
    return list(await session.scalars(found.with_for_update()))
