"""worker-prep's own tables."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    DateTime,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Index,
    LargeBinary,
    Text,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from imdi_common.database import Announcing
from imdi_worker_prep.domain.facts import FactValue


class Base(DeclarativeBase):
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy's own way to say it
        str: Text,
        datetime: DateTime(timezone=True),
        bytes: LargeBinary,
        list[str]: ARRAY(Text),
        list[UUID]: ARRAY(Uuid),
        list[dict[str, Any]]: JSONB,
        dict[str, Any]: JSONB,
        dict[str, FactValue]: JSONB,
    }


class Preparation(Announcing, Base):
    """One worker's case for one placement, judged on the requirements it holds."""

    __tablename__ = "preparation"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    placement_id: Mapped[UUID] = mapped_column(unique=True)
    worker_id: Mapped[UUID] = mapped_column(index=True)
    controller_id: Mapped[UUID | None] = mapped_column(index=True)
    owner_id: Mapped[UUID] = mapped_column(index=True)
    """The vacancy's owner."""
    origin: Mapped[str]
    destination: Mapped[str]
    status: Mapped[str] = mapped_column(index=True)
    revision: Mapped[int]
    opened_on: Mapped[date]
    departure_on: Mapped[date]
    departed_on: Mapped[date | None]
    arrived_on: Mapped[date | None]
    facts: Mapped[dict[str, FactValue]]
    fact_types: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """The types that the law has fixed for answers."""
    requirements_id: Mapped[UUID | None]
    requirements_sequence: Mapped[int] = mapped_column(BigInteger)
    """Of the answer applied: only a newer one replaces it."""
    bars: Mapped[list[dict[str, Any]]]
    criteria: Mapped[list[dict[str, Any]]]
    feasible: Mapped[bool | None]
    notes: Mapped[list[dict[str, Any]]]
    """What came too late to change a departed case."""
    reason: Mapped[str | None]
    """Why it was closed."""


class Item(Base):
    """One thing to do, as the requirements held ask it; gone when they no longer name it (its results stay)."""

    __tablename__ = "item"

    preparation_id: Mapped[UUID] = mapped_column(ForeignKey("preparation.id"), primary_key=True)
    code: Mapped[str] = mapped_column(primary_key=True)
    position: Mapped[int]
    law: Mapped[dict[str, Any]]
    """The determined item, as legislation announced it."""
    performed_by: Mapped[str]
    status: Mapped[str]
    assigned_to: Mapped[UUID | None] = mapped_column(index=True)
    earliest_on: Mapped[date | None]
    latest_on: Mapped[date | None]
    due_on: Mapped[date | None]
    performed_on: Mapped[date | None]
    issued_on: Mapped[date | None]
    valid_until: Mapped[date | None]

    @property
    def only_at_arrival(self) -> bool:
        """Whether it is done in the destination, after the departure."""
        return bool(self.law["holds_at"] == ["arrival"])


class ResultRow(Base):
    """What the member that performed an item recorded."""

    __tablename__ = "result"
    __table_args__ = (Index("result_item", "preparation_id", "code"),)

    number: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    id: Mapped[UUID] = mapped_column(unique=True)
    preparation_id: Mapped[UUID] = mapped_column(ForeignKey("preparation.id"))
    code: Mapped[str]
    member_id: Mapped[UUID] = mapped_column(index=True)
    outcome: Mapped[str]
    performed_on: Mapped[date]
    issued_on: Mapped[date | None]
    expires_on: Mapped[date | None]
    sealed: Mapped[bytes]
    """Its reference and evidence, under the worker's own key."""
    recorded_at: Mapped[datetime]


class Booking(Base):
    """An appointment; the one still to be kept is open."""

    __tablename__ = "booking"
    __table_args__ = (
        ForeignKeyConstraint(["preparation_id", "code"], ["item.preparation_id", "item.code"], ondelete="CASCADE"),
        Index("booking_open", "preparation_id", "code", unique=True, postgresql_where=text("ended_at is null")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    preparation_id: Mapped[UUID]
    code: Mapped[str]
    member_id: Mapped[UUID | None]
    booked_on: Mapped[date]
    booked_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class Lot(Base):
    """A draw, so recorded that anybody can draw it again."""

    __tablename__ = "lot"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    preparation_id: Mapped[UUID] = mapped_column(ForeignKey("preparation.id"), index=True)
    code: Mapped[str]
    seed: Mapped[str]
    candidates: Mapped[list[UUID]]
    drawn: Mapped[UUID]
    drawn_at: Mapped[datetime]


class WorkerKey(Base):
    """A worker's own data key, wrapped; destroyed at erasure."""

    __tablename__ = "worker_key"

    worker_id: Mapped[UUID] = mapped_column(primary_key=True)
    wrapped: Mapped[bytes]


class ErasedWorker(Announcing, Base):
    """A worker of whom nothing may be kept; asked by every reaction, and after every restore."""

    __tablename__ = "erased_worker"

    worker_id: Mapped[UUID] = mapped_column(primary_key=True)
    erased_at: Mapped[datetime]
