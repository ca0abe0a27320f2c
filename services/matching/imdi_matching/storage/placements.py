"""Placements in the database."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import ColumnElement, and_, false, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from imdi_matching.domain.placements import BINDING, LIVE, OPEN
from imdi_matching.storage.tables import Placement


async def lock_all(session: AsyncSession, condition: ColumnElement[bool]) -> list[Placement]:
    """The placements that a condition finds, locked by one statement in the order of their ids."""
    found = select(Placement).where(condition).order_by(Placement.id).with_for_update()
    return list(await session.scalars(found.execution_options(populate_existing=True)))


def open_on(vacancy_ids: Collection[UUID]) -> ColumnElement[bool]:
    """Those not yet agreed on some vacancies."""
    return and_(Placement.vacancy_id.in_(vacancy_ids), Placement.status.in_(OPEN)) if vacancy_ids else false()


def live_of(worker_id: UUID) -> ColumnElement[bool]:
    return and_(Placement.worker_id == worker_id, Placement.status.in_(LIVE))


async def is_bound(session: AsyncSession, worker_id: UUID) -> bool:
    """Whether a worker is agreed, ready or deployed somewhere."""
    found = select(Placement.id).where(Placement.worker_id == worker_id, Placement.status.in_(BINDING)).limit(1)
    return await session.scalar(found) is not None


async def has_departed(session: AsyncSession, worker_id: UUID) -> bool:
    """Whether any placement of the worker was ever deployed."""
    found = select(Placement.id).where(Placement.worker_id == worker_id, Placement.departed).limit(1)
    return await session.scalar(found) is not None


def of_either(member_id: UUID | None) -> ColumnElement[bool]:
    """Those that a member may see: as the vacancy's owner, or as the worker's controller. Who is no member has none."""
    if member_id is None:
        return false()
    return or_(Placement.owner_id == member_id, Placement.controller_id == member_id)
