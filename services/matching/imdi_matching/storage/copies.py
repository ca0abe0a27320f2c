"""Copies of what other services own: members' standing, workers' legal facts, the rules that screen, recognitions."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Text, func, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from imdi_common.election import lock_number
from imdi_matching.domain.law import Version
from imdi_matching.domain.recognition import Recognition
from imdi_matching.domain.screening import read
from imdi_matching.storage.tables import Base, ErasedWorker

SCREENING = ("bar", "criterion")


class Member(Base):
    __tablename__ = "member_copy"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str]
    country: Mapped[str]
    status: Mapped[str]
    licensed_until: Mapped[date | None]
    sequence: Mapped[int]


class Worker(Base):
    """Legal facts, erased with the worker; the row is also what every deed about the worker locks first."""

    __tablename__ = "worker_copy"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    status: Mapped[str]
    controller_id: Mapped[UUID | None]
    birth_date: Mapped[date | None]
    sex: Mapped[str | None]
    nationality: Mapped[str | None]
    country: Mapped[str | None]
    consents: Mapped[list[str]] = mapped_column(ARRAY(Text))
    sequence: Mapped[int]


class Rule(Base):
    """A bar or criterion with every version ever activated (``imdi_contracts.legislation.RuleVersion``)."""

    __tablename__ = "rule_copy"

    code: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    versions: Mapped[list[dict[str, Any]]]
    sequence: Mapped[int]


class Recognitions(Base):
    """The newest decisions on a worker's qualifications (``imdi_contracts.legislation.Recognition``)."""

    __tablename__ = "recognition_copy"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    """The worker's."""
    decisions: Mapped[list[dict[str, Any]]]
    sequence: Mapped[int]


METADATA = Base.metadata
"""All of matching's tables: its own, and these."""


async def lock_worker(session: AsyncSession, worker_id: UUID) -> Worker | None:
    """The worker, locked: the first lock of every deed on a placement or a profile."""
    found = select(Worker).where(Worker.id == worker_id).with_for_update().execution_options(populate_existing=True)
    return await session.scalar(found)


async def hold_worker(session: AsyncSession, worker_id: UUID) -> None:
    """Until the transaction ends, whoever claims the worker and whoever learns of it go one after the other.

    Before the copy has come there is no row to lock: a claim and the registration that it waits for would miss each
    other, and the profile would wait for ever.
    """
    await session.execute(select(func.pg_advisory_xact_lock(lock_number(f"worker {worker_id}"))))


async def erased(session: AsyncSession, worker_ids: Iterable[UUID]) -> set[UUID]:
    """Those of the workers that are erased."""
    found = select(ErasedWorker.worker_id).where(ErasedWorker.worker_id.in_(list(worker_ids)))
    return set(await session.scalars(found))


async def recognitions_of(session: AsyncSession, worker_ids: Iterable[str]) -> dict[str, list[Recognition]]:
    """The decisions on some workers, by the worker's id."""
    ids = {UUID(worker_id) for worker_id in worker_ids}
    rows = await session.execute(select(Recognitions.id, Recognitions.decisions).where(Recognitions.id.in_(ids)))
    return {str(worker_id): [_recognition(decision) for decision in decisions] for worker_id, decisions in rows}


def _recognition(decision: dict[str, Any]) -> Recognition:
    until = decision["valid_until"]
    return Recognition(
        profession=decision["profession"],
        destination=decision["destination"],
        outcome=decision["outcome"],
        compensation=tuple(decision["compensation"]),
        valid_until=date.fromisoformat(until) if until else None,
    )


async def screening_rules(session: AsyncSession) -> list[list[Version]]:
    """The versions of each rule that screens."""
    rules = await session.scalars(select(Rule).where(Rule.kind.in_(SCREENING)).order_by(Rule.code))
    return [[_version(rule, version) for version in rule.versions] for rule in rules]


def _version(rule: Rule, version: dict[str, Any]) -> Version:
    scope, until = version["scope"], version["effective_until"]
    return Version(
        id=version["id"],
        code=rule.code,
        version=version["version"],
        kind=rule.kind,
        origins=tuple(scope["origins"]),
        destinations=tuple(scope["destinations"]),
        occupations=tuple(scope["occupations"]),
        screen=read(version["screen"]) if version["screen"] else None,
        effect=version["effect"],
        basis=tuple(version["basis"]),
        effective_from=date.fromisoformat(version["effective_from"]),
        effective_until=date.fromisoformat(until) if until else None,
        opened_after=version["transition"] == "opened_after",
        replaces=version["replaces"],
    )
