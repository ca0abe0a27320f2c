"""Registry's own tables. Of a worker, only ids, states and consents are readable; who they are is sealed."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, DateTime, ForeignKey, Index, LargeBinary, Text, Uuid, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from imdi_common.database import Announcing


class Base(DeclarativeBase):
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy's own way to say it
        str: Text,
        datetime: DateTime(timezone=True),
        bytes: LargeBinary,
        list[str]: ARRAY(Text),
        list[UUID]: ARRAY(Uuid),
        list[dict[str, Any]]: JSONB,
    }


class Member(Announcing, Base):
    __tablename__ = "member"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    kind: Mapped[str]
    country: Mapped[str]
    contact_email: Mapped[str]
    status: Mapped[str]
    services: Mapped[list[dict[str, Any]]]
    licensed_until: Mapped[date | None]
    reason: Mapped[str | None]
    """Of the newest move: the steward's note, or why."""
    applied_at: Mapped[datetime]


class Licence(Base):
    __tablename__ = "licence"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    member_id: Mapped[UUID] = mapped_column(ForeignKey("member.id"), index=True)
    type: Mapped[str]
    number: Mapped[str]
    issuer: Mapped[str]
    valid_from: Mapped[date]
    valid_until: Mapped[date]


class Client(Base):
    """An OAuth2 client: of a member, or (``member_id`` null) of the platform's own people."""

    __tablename__ = "client"

    id: Mapped[str] = mapped_column(primary_key=True)
    member_id: Mapped[UUID | None] = mapped_column(ForeignKey("member.id"), index=True)
    name: Mapped[str]
    secret_digest: Mapped[bytes]
    """SHA-256 of the secret: enough for 256 random bits."""
    scopes: Mapped[list[str]]
    created_at: Mapped[datetime]


class SigningKey(Base):
    __tablename__ = "signing_key"

    kid: Mapped[str] = mapped_column(primary_key=True)
    sealed: Mapped[bytes]
    signs_from: Mapped[datetime]


class Worker(Announcing, Base):
    __tablename__ = "worker"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    status: Mapped[str]
    controller_id: Mapped[UUID | None] = mapped_column(ForeignKey("member.id"))
    sealed: Mapped[bytes | None]
    """The whole identity under the worker's own key."""
    passport_digest: Mapped[bytes | None]
    consents: Mapped[list[str]]
    """The purposes consented to now."""
    registered_at: Mapped[datetime]

    __table_args__ = (
        Index("worker_of_controller", "controller_id", "id"),
        Index("worker_passport", "passport_digest", postgresql_where=text("passport_digest is not null")),
    )


class WorkerKey(Base):
    """A worker's data key, wrapped. Without this row the identity is noise."""

    __tablename__ = "worker_key"

    worker_id: Mapped[UUID] = mapped_column(ForeignKey("worker.id"), primary_key=True)
    wrapped: Mapped[bytes]


class Consent(Base):
    """Each giving and withdrawing of consent, for ever."""

    __tablename__ = "consent"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    worker_id: Mapped[UUID] = mapped_column(ForeignKey("worker.id"), index=True)
    purpose: Mapped[str]
    given: Mapped[bool]
    at: Mapped[datetime]
    client_id: Mapped[str]
    member_id: Mapped[UUID | None]


class ControllerChange(Base):
    __tablename__ = "controller_change"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    worker_id: Mapped[UUID] = mapped_column(ForeignKey("worker.id"), index=True)
    from_id: Mapped[UUID | None]
    to_id: Mapped[UUID]
    evidence_kind: Mapped[str]
    evidence_reference: Mapped[str | None]
    """Erased with the worker: a file's name may name a person."""
    at: Mapped[datetime]
    client_id: Mapped[str]
    member_id: Mapped[UUID | None]


class Erasure(Base):
    """A worker's erasure: asked once, done when each service has said so."""

    __tablename__ = "erasure"

    worker_id: Mapped[UUID] = mapped_column(ForeignKey("worker.id"), primary_key=True)
    requested_at: Mapped[datetime]
    client_id: Mapped[str]
    member_id: Mapped[UUID | None]
    matching_at: Mapped[datetime | None]
    legislation_at: Mapped[datetime | None]
    worker_prep_at: Mapped[datetime | None]
    completed_at: Mapped[datetime | None]


class Disclosure(Base):
    """One reading of personal fields: who, as what, which fields, when. Never a value."""

    __tablename__ = "disclosure"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    worker_id: Mapped[UUID] = mapped_column(ForeignKey("worker.id"))
    at: Mapped[datetime]
    client_id: Mapped[str]
    member_id: Mapped[UUID | None]
    roles: Mapped[list[str]]
    fields: Mapped[list[str]]

    __table_args__ = (Index("disclosure_of_worker", "worker_id", "id"),)


class DuplicateNotice(Base):
    """Two members registered the same passport. Only stewards know: to either member it would tell of the other."""

    __tablename__ = "duplicate_notice"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    worker_id: Mapped[UUID] = mapped_column(ForeignKey("worker.id"), index=True)
    earlier_worker_id: Mapped[UUID] = mapped_column(ForeignKey("worker.id"), index=True)
    noticed_at: Mapped[datetime]
