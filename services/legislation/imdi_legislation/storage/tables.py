"""Legislation's own tables: instruments, rules in versions, the answers given, and the state of the law."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import DateTime, ForeignKey, Index, Text, UniqueConstraint, Uuid, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, ExcludeConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from imdi_common.database import Announcing


class Base(DeclarativeBase):
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy's own way to say it
        str: Text,
        datetime: DateTime(timezone=True),
        list[str]: ARRAY(Text),
        dict[str, Any]: JSONB,
        list[dict[str, Any]]: JSONB,
    }


class Instrument(Base):
    __tablename__ = "instrument"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    title: Mapped[str]
    type: Mapped[str]
    level: Mapped[str]
    parties: Mapped[list[str]]
    adopted_on: Mapped[date | None]
    in_force_on: Mapped[date | None]
    status: Mapped[str]
    official_url: Mapped[str | None]
    topics: Mapped[list[str]]
    confidence: Mapped[str]
    verified_on: Mapped[date | None]
    note: Mapped[str | None]
    binding: Mapped[bool] = mapped_column(default=True, server_default="true")
    entered_by: Mapped[str]
    entered_at: Mapped[datetime]
    begins: Mapped[date | None]
    surely: Mapped[date | None]
    ends: Mapped[date | None]
    over: Mapped[date | None]
    """What is known now of when it is in force (``domain.in_force.Period``), as are status, days and parties."""


class RuleCode(Announcing, Base):
    """A rule through all its versions: what is announced when one is activated or retired."""

    __tablename__ = "rule_code"

    code: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]


DAYS = "daterange(effective_from, effective_until + 1, '[)')"
"""Those on which a version binds, both ends included."""


def versions_apart(name: str) -> ExcludeConstraint:
    """The constraint that no two versions of a code bind on one day, once they were activated."""
    activated = text("status in ('active', 'retired')")
    return ExcludeConstraint(("code", "="), (text(DAYS), "&&"), where=activated, name=name, using="gist")


class RuleVersion(Base):
    """One version of a rule: draft → proposed → active → retired. It binds on its days while active or retired."""

    __tablename__ = "rule_version"
    __table_args__ = (
        UniqueConstraint("code", "number"),
        versions_apart("rule_version_days"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(ForeignKey("rule_code.code"))
    number: Mapped[int]
    """1, 2, 3 … of its code."""
    kind: Mapped[str]
    status: Mapped[str]
    origins: Mapped[list[str]]
    destinations: Mapped[list[str]]
    occupations: Mapped[list[str]]
    condition: Mapped[str | None]
    effect: Mapped[dict[str, Any]]
    basis: Mapped[list[dict[str, Any]]]
    """``{"instrument": id, "provision": text or null}``."""
    disputed: Mapped[list[dict[str, Any]]]
    effective_from: Mapped[date]
    effective_until: Mapped[date | None]
    transition: Mapped[str]
    replaces: Mapped[UUID | None]
    confidence: Mapped[str]
    verified_on: Mapped[date | None]
    verified_by: Mapped[str | None]
    source: Mapped[str | None]
    note: Mapped[str | None]
    drafted_by: Mapped[str]
    drafted_at: Mapped[datetime]
    proposed_by: Mapped[str | None]
    activated_by: Mapped[str | None]
    activated_at: Mapped[datetime | None]
    retired_by: Mapped[str | None]
    retired_at: Mapped[datetime | None]
    """These moments are empty also of what was activated or retired before they were noted."""
    pack_hash: Mapped[str | None]
    """What a pack said, where it came from one: loaded again, it is known as unchanged."""


class AnswerType(Base):
    """The type of a ``worker.facts.<name>``, fixed by the first activation of a rule that reads it."""

    __tablename__ = "answer_type"

    name: Mapped[str] = mapped_column(primary_key=True)
    type: Mapped[str]
    fixed_by: Mapped[UUID]


class LawState(Base):
    """One row: the epoch of the law, and a stamp that no other state of the law ever has."""

    __tablename__ = "law_state"

    id: Mapped[int] = mapped_column(primary_key=True)
    epoch: Mapped[int]
    stamp: Mapped[UUID]


class Subject(Announcing, Base):
    """A vacancy or a preparation that was answered: its newest answer, under which epoch, and whether it is stale."""

    __tablename__ = "subject"
    __table_args__ = (Index("subject_stale", "id", postgresql_where=text("stale")),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str]
    revision: Mapped[int]
    outcome: Mapped[str]
    """A hash of what was answered, to know whether it changes."""
    determination_id: Mapped[UUID | None]
    law_epoch: Mapped[int]
    stale: Mapped[bool]
    failed_at: Mapped[datetime | None]
    """When a stale one could not be answered: others go first for a while."""
    parties: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid), server_default="{}")
    """Who read a preparation whole when its worker was erased: no copy tells it any more."""
    salt: Mapped[str | None] = mapped_column(server_default=text("gen_random_uuid()::text"))
    """In the hash of a preparation's input, so that nobody finds out facts by trying; erased with the worker."""


class Determination(Base):
    """One answer, never changed. No fact of a person is in it: those are in ``DeterminationFacts``."""

    __tablename__ = "determination"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    subject_id: Mapped[UUID] = mapped_column(index=True)
    kind: Mapped[str]
    revision: Mapped[int]
    judged_on: Mapped[date]
    law_epoch: Mapped[int]
    input_hash: Mapped[str]
    outcome: Mapped[dict[str, Any]]
    determined_at: Mapped[datetime]


class DeterminationFacts(Base):
    """The facts on which a determination rests; those of a worker are erased with the worker."""

    __tablename__ = "determination_facts"

    determination_id: Mapped[UUID] = mapped_column(ForeignKey("determination.id"), primary_key=True)
    worker_id: Mapped[UUID | None] = mapped_column(index=True)
    facts: Mapped[dict[str, Any]]
    offer: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    """Of a vacancy its ``origins``, ``wage``, ``contract`` and ``worker_pays``; None where it was not yet kept."""


class ErasedWorker(Announcing, Base):
    """Asked by every reaction, so that nothing of an erased worker is kept again."""

    __tablename__ = "erased_worker"

    worker_id: Mapped[UUID] = mapped_column(primary_key=True)
    erased_at: Mapped[datetime]
