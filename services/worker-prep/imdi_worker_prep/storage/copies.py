"""Copies of other services' state: which members can perform what, and whose a worker is."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, exists, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from imdi_worker_prep.domain.assignment import Offer, Provider
from imdi_worker_prep.storage.tables import Base, Preparation

PREPARING = "preparation"
"""The purpose of the consent that shows a case to those who perform its items."""


class MemberCopy(Base):
    __tablename__ = "member_copy"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(index=True)
    country: Mapped[str]
    status: Mapped[str]
    licensed_until: Mapped[date | None]
    services: Mapped[list[dict[str, Any]]]
    sequence: Mapped[int] = mapped_column(BigInteger)

    @property
    def provider(self) -> Provider:
        """The member as the lot sees it."""
        offers = tuple(Offer(one["service"], one["country"], frozenset(one["destinations"])) for one in self.services)
        return Provider(self.id, self.kind, self.status == "accredited", offers)


class WorkerCopy(Base):
    __tablename__ = "worker_copy"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    status: Mapped[str]
    controller_id: Mapped[UUID | None]
    country: Mapped[str | None]
    consents: Mapped[list[str]]
    sequence: Mapped[int] = mapped_column(BigInteger)


CONSENTS = exists().where(WorkerCopy.id == Preparation.worker_id, WorkerCopy.consents.contains([PREPARING]))
"""Of a preparation that is asked for: whether its worker consents to be prepared."""
METADATA = Base.metadata
"""All of worker-prep's tables, these included."""


async def providers(session: AsyncSession, kinds: Sequence[str]) -> list[Provider]:
    """The members of these kinds."""
    rows = await session.scalars(select(MemberCopy).where(MemberCopy.kind.in_(kinds)))
    return [row.provider for row in rows]


async def consenting(session: AsyncSession, worker_ids: Sequence[UUID]) -> set[UUID]:
    """Those of these workers who consent to be prepared."""
    agreed = select(WorkerCopy.id).where(WorkerCopy.id.in_(worker_ids), WorkerCopy.consents.contains([PREPARING]))
    return set(await session.scalars(agreed))
