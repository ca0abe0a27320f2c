"""Copies of what other services own, as far as the law asks: standing, legal facts, terms, answers."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Uuid, delete, func, select, update
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from imdi_common.election import lock_number
from imdi_legislation.storage.tables import Base, DeterminationFacts, ErasedWorker, Subject

OPEN_VACANCY = ("submitted", "posted", "paused", "filled", "withdrawn")
"""``withdrawn`` is out of the public list while changed terms are judged: it waits for an answer."""
OPEN_PREPARATION = ("opened", "planned", "in_progress", "cleared", "revoked")


class Member(Base):
    __tablename__ = "member_copy"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str]
    country: Mapped[str]
    status: Mapped[str]
    licensed_until: Mapped[date | None]
    sequence: Mapped[int]


class Worker(Base):
    """A worker's legal facts."""

    __tablename__ = "worker_copy"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    birth_date: Mapped[date | None]
    sex: Mapped[str | None]
    nationality: Mapped[str | None]
    country: Mapped[str | None]
    preparing: Mapped[bool]
    """Whether the worker consents to preparation."""
    controller_id: Mapped[UUID | None]
    sequence: Mapped[int]


class Profile(Base):
    """What a worker can do: ``experience`` is years by unit group, ``languages`` CEFR by code."""

    __tablename__ = "profile_copy"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    """The worker's."""
    status: Mapped[str]
    experience: Mapped[dict[str, Any]]
    languages: Mapped[dict[str, Any]]
    isced: Mapped[int | None]
    facts: Mapped[dict[str, Any]]
    sequence: Mapped[int]


class Placement(Base):
    """The terms agreed (``imdi_contracts.matching.PlacementTerms``)."""

    __tablename__ = "placement_copy"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    worker_id: Mapped[UUID] = mapped_column(index=True)
    first_departure: Mapped[bool]
    occupation: Mapped[str | None]
    destination: Mapped[str | None]
    terms: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    sequence: Mapped[int]


class Vacancy(Base):
    """What of a vacancy is judged; ``terms`` are wage, contract, worker_pays, employer_kind and owner_kind."""

    __tablename__ = "vacancy_copy"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    status: Mapped[str]
    revision: Mapped[int]
    occupation: Mapped[str]
    destination: Mapped[str]
    origins: Mapped[list[str]]
    submitted_on: Mapped[date]
    owner_id: Mapped[UUID | None]
    terms: Mapped[dict[str, Any]]
    sequence: Mapped[int]


class Preparation(Base):
    __tablename__ = "preparation_copy"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    placement_id: Mapped[UUID] = mapped_column(index=True)
    worker_id: Mapped[UUID] = mapped_column(index=True)
    status: Mapped[str]
    revision: Mapped[int]
    opened_on: Mapped[date]
    departure_on: Mapped[date]
    answers: Mapped[dict[str, Any]]
    """Facts answered on it, by their full names."""
    parties: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid))
    """The worker's controller and the vacancy's owner: they read its requirements whole."""
    assigned: Mapped[dict[str, Any]]
    """The member to whom an item is assigned, by the item's code: it reads that item."""
    done: Mapped[dict[str, Any]]
    """The newest clearance of an item, by the item's code: ``performed_on``, ``issued_on``, ``expires_on``."""
    sequence: Mapped[int]


METADATA = Base.metadata
"""All of legislation's tables: its own, and these."""


async def hold_worker(session: AsyncSession, worker_id: UUID) -> None:
    """Until the transaction ends, no other reaction touches this worker: none judges by a copy that another changes."""
    await session.execute(select(func.pg_advisory_xact_lock(lock_number(f"worker {worker_id}"))))


async def is_erased(session: AsyncSession, worker_id: UUID) -> bool:
    return await session.get(ErasedWorker, worker_id) is not None


async def open_preparations(session: AsyncSession, worker_id: UUID) -> list[UUID]:
    """The ids of a worker's preparations that the law still steers."""
    found = select(Preparation.id).where(Preparation.worker_id == worker_id, Preparation.status.in_(OPEN_PREPARATION))
    return list(await session.scalars(found.order_by(Preparation.id)))


async def forget_worker(session: AsyncSession, worker_id: UUID) -> list[UUID]:
    """Delete every copy and every fact of a worker; returns the preparations that it had.

    Who could read them whole still reads what the law answered: hash and outcome remain.
    """
    own_preparations = Preparation.worker_id == worker_id
    prepared = list(await session.scalars(select(Preparation.id).where(own_preparations)))
    kept = (
        update(Subject)
        .where(Subject.id == Preparation.id, own_preparations)
        .values(parties=Preparation.parties, salt=None)
    )
    await session.execute(kept.execution_options(synchronize_session=False))
    for held in (Placement, Preparation, DeterminationFacts):
        await session.execute(delete(held).where(held.worker_id == worker_id))
    for own in (Worker, Profile):
        await session.execute(delete(own).where(own.id == worker_id))
    return prepared
