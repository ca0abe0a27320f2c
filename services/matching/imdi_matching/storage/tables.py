"""Matching's own tables. People stand in them as opaque ids, with what they can do."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, DateTime, ForeignKey, Index, Numeric, Text, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from imdi_common.database import Announcing
from imdi_matching.domain import placements, vacancies
from imdi_matching.domain.placements import BINDING, LIVE


def _among(statuses: frozenset[Any]) -> Any:
    """The condition of a partial index; sorted, so that the models always say the same."""
    return text("status in ({})".format(", ".join(f"'{status}'" for status in sorted(statuses))))


class Base(DeclarativeBase):
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy's own way to say it
        str: Text,
        datetime: DateTime(timezone=True),
        Decimal: Numeric,
        list[str]: ARRAY(Text),
        dict[str, Any]: JSONB(none_as_null=True),
        list[dict[str, Any]]: JSONB(none_as_null=True),
    }


class Claim(Base):
    """What a member says a worker can do: one per worker and member."""

    __tablename__ = "claim"

    worker_id: Mapped[UUID] = mapped_column(primary_key=True)
    member_id: Mapped[UUID] = mapped_column(primary_key=True)
    made_by: Mapped[UUID]
    """Who said it: another member, where a new controller took the worker over with the entry."""
    entry: Mapped[dict[str, Any]]
    """The profile as it was put."""
    version: Mapped[int]
    claimed_at: Mapped[datetime]


class Profile(Announcing, Base):
    """The controller's claim, as it counts now: one per worker."""

    __tablename__ = "profile"

    worker_id: Mapped[UUID] = mapped_column(primary_key=True)
    status: Mapped[str]
    controller_id: Mapped[UUID | None]
    entry: Mapped[dict[str, Any]]
    minor_groups: Mapped[list[str]]
    """The ISCO-08 minor groups of its occupations."""
    available_from: Mapped[date | None]
    worker_sequence: Mapped[int]
    """The worker's state that was last announced with it."""

    __table_args__ = (
        Index("profile_live", "minor_groups", postgresql_using="gin", postgresql_where=text("status = 'live'")),
    )


class Vacancy(Announcing, Base):
    __tablename__ = "vacancy"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    owner_id: Mapped[UUID]
    owner_kind: Mapped[str]
    status: Mapped[vacancies.Status] = mapped_column(Text)
    revision: Mapped[int]
    """Raised when a judged term changes."""
    title: Mapped[str]
    occupation: Mapped[str]
    employer_name: Mapped[str | None]
    employer_kind: Mapped[str]
    country: Mapped[str]
    place: Mapped[str | None]
    origins: Mapped[list[str]]
    positions: Mapped[int]
    agreed: Mapped[int]
    wage_amount: Mapped[Decimal]
    wage_currency: Mapped[str]
    contract: Mapped[dict[str, Any]]
    worker_pays: Mapped[list[dict[str, Any]]]
    languages: Mapped[list[dict[str, Any]]]
    essential_skills: Mapped[list[str]]
    optional_skills: Mapped[list[str]]
    start_on: Mapped[date]
    closes_on: Mapped[date]
    submitted_on: Mapped[date]
    breaches: Mapped[list[dict[str, Any]]]
    assessment_sequence: Mapped[int]
    """The newest assessment applied."""
    held_by: Mapped[str | None]
    """Who keeps it from being posted: ``owner`` or ``suspension``."""
    listed: Mapped[bool]
    """Whether it stands in the public list."""
    reason: Mapped[str | None]
    """Why it was paused, resumed or closed, in the owner's words: never announced."""

    __table_args__ = (
        CheckConstraint("agreed >= 0", "vacancy_agreed"),
        Index("vacancy_status", "status", "id"),
        Index("vacancy_owner", "owner_id", "id"),
    )


class Placement(Announcing, Base):
    __tablename__ = "placement"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    vacancy_id: Mapped[UUID] = mapped_column(ForeignKey("vacancy.id"), index=True)
    worker_id: Mapped[UUID] = mapped_column(index=True)
    owner_id: Mapped[UUID]
    controller_id: Mapped[UUID | None]
    status: Mapped[placements.Status] = mapped_column(Text)
    departure_on: Mapped[date | None]
    terms: Mapped[dict[str, Any] | None]
    first_departure: Mapped[bool]
    departed: Mapped[bool]
    """Whether it was ever deployed."""
    conflict: Mapped[bool]
    reason: Mapped[placements.Reason | None] = mapped_column(Text)
    """Why it was withdrawn: a code, which travels."""
    note: Mapped[str | None]
    """The same in a party's own words, which stay here."""
    acceptance: Mapped[dict[str, Any] | None]
    """Evidence of the worker's consent."""
    agreement: Mapped[dict[str, Any] | None]

    __table_args__ = (
        Index("placement_binding", "worker_id", unique=True, postgresql_where=_among(BINDING)),
        Index("placement_live", "vacancy_id", "worker_id", unique=True, postgresql_where=_among(LIVE)),
        Index("placement_owner", "owner_id", "id"),
        Index("placement_controller", "controller_id", "id"),
    )


class ErasedWorker(Announcing, Base):
    """Erased for good: asked by every reaction."""

    __tablename__ = "erased_worker"

    worker_id: Mapped[UUID] = mapped_column(primary_key=True)
    erased_at: Mapped[datetime]
