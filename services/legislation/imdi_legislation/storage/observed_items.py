"""How long the items of preparations took: days alone, kept from the events as they pass."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Integer, and_, case, delete, func, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from imdi_legislation.domain.countries import EVERYWHERE
from imdi_legislation.domain.observed_times import Measured
from imdi_legislation.domain.procedures import Corridor
from imdi_legislation.storage.copies import Placement, Preparation, Worker
from imdi_legislation.storage.tables import Base

KEY = ("preparation_id", "item")


class ObservedItem(Base):
    """The first day on which an item was seen required, booked and cleared; gone with the worker."""

    __tablename__ = "observed_item"

    preparation_id: Mapped[UUID] = mapped_column(primary_key=True)
    item: Mapped[str] = mapped_column(primary_key=True)
    worker_id: Mapped[UUID] = mapped_column(index=True)
    required_on: Mapped[date | None]
    booked_on: Mapped[date | None]
    cleared_on: Mapped[date | None]
    """The day on which it was performed."""
    failed: Mapped[bool]
    """Whether it ever failed."""
    sequence: Mapped[int]


async def observe(session: AsyncSession, rows: Sequence[Mapping[str, Any]]) -> None:
    """Keep what is seen first, and of an older event nothing."""
    statement = insert(ObservedItem).values(list(rows))
    new = statement.excluded
    first = {
        name: func.coalesce(getattr(ObservedItem, name), new[name])
        for name in ("required_on", "booked_on", "cleared_on")
    }
    await session.execute(
        statement.on_conflict_do_update(
            index_elements=list(KEY),
            set_=first | {"failed": or_(ObservedItem.failed, new.failed), "sequence": new.sequence},
            where=ObservedItem.sequence < new.sequence,
        )
    )


async def forget_observed(session: AsyncSession, worker_id: UUID) -> None:
    await session.execute(delete(ObservedItem).where(ObservedItem.worker_id == worker_id))


async def measure(session: AsyncSession, corridor: Corridor, items: Sequence[str]) -> dict[str, Measured]:
    """How long each item took on a corridor, of those that erasure left.

    Days run from booking, or where it was never booked from when it was required, to its performance; what was
    performed before that counts for none.
    """
    begun = func.coalesce(ObservedItem.booked_on, ObservedItem.required_on)
    days = ObservedItem.cleared_on - begun
    timed = and_(ObservedItem.cleared_on.is_not(None), days >= 0)
    known = case((timed, days))
    judged = or_(ObservedItem.cleared_on.is_not(None), ObservedItem.failed)
    found = (
        select(
            ObservedItem.item,
            func.count(known).label("cases"),
            func.percentile_disc(0.5).within_group(known).cast(Integer).label("p50"),
            func.percentile_disc(0.9).within_group(known).cast(Integer).label("p90"),
            func.count().filter(judged).label("judged"),
            func.count().filter(ObservedItem.failed).label("failed"),
        )
        .join(Preparation, Preparation.id == ObservedItem.preparation_id)
        .join(Placement, Placement.id == Preparation.placement_id)
        .join(Worker, Worker.id == ObservedItem.worker_id)
        .where(ObservedItem.item.in_(items))
        .group_by(ObservedItem.item)
    )
    if corridor.origin != EVERYWHERE:
        found = found.where(Worker.country == corridor.origin)
    if corridor.destination != EVERYWHERE:
        found = found.where(Placement.destination == corridor.destination)
    if EVERYWHERE not in corridor.occupations:
        found = found.where(or_(*(Placement.occupation.startswith(prefix) for prefix in corridor.occupations)))
    rows = await session.execute(found)
    return {row.item: Measured(row.cases, row.p50, row.p90, row.judged, row.failed) for row in rows}
