"""Vacancies and preparations that were answered, and which of them the law may have changed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, exists, false, func, or_, select, true, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from imdi_common.mechanics import outbox
from imdi_legislation.domain.countries import EVERYWHERE, GROUPS, ever_members
from imdi_legislation.domain.scope import Scope
from imdi_legislation.storage.copies import (
    OPEN_PREPARATION,
    OPEN_VACANCY,
    Placement,
    Preparation,
    Vacancy,
    Worker,
)
from imdi_legislation.storage.tables import Subject


async def lock_subject(session: AsyncSession, subject_id: UUID, kind: str) -> Subject:
    """The subject, locked; made with revision 0 where it was never answered."""
    fresh = insert(Subject).values(id=subject_id, kind=kind, revision=0, outcome="", law_epoch=0, stale=False)
    await session.execute(fresh.on_conflict_do_nothing())
    found = select(Subject).where(Subject.id == subject_id).with_for_update()
    return (await session.scalars(found.execution_options(populate_existing=True))).one()


async def take_stale(session: AsyncSession, most: int, failed_before: datetime) -> list[Subject]:
    """Lock some stale subjects that nobody else is at work on, none of which failed after that moment."""
    found = select(Subject).where(_waits(failed_before)).order_by(Subject.id).limit(most)
    found = found.with_for_update(skip_locked=True)
    return list(await session.scalars(found.execution_options(populate_existing=True)))


async def named(session: AsyncSession, subject_ids: Iterable[UUID]) -> list[Subject]:
    """The subjects of these ids, as they are now."""
    found = select(Subject).where(Subject.id.in_(list(subject_ids))).order_by(Subject.id)
    return list(await session.scalars(found.execution_options(populate_existing=True)))


async def any_stale(session: AsyncSession, failed_before: datetime | None = None) -> bool:
    """Whether any is stale, set aside or not; with a moment, none that failed after it."""
    which = _waits(failed_before) if failed_before else Subject.stale
    return await session.scalar(select(exists().where(which))) is True


async def set_aside(session: AsyncSession, subject_id: UUID, now: datetime) -> None:
    """It stays stale, and others go before it, until the law or the case changes, or it has rested."""
    await session.execute(update(Subject).where(Subject.id == subject_id).values(failed_at=now))


async def count_set_aside(session: AsyncSession) -> int:
    return await session.scalar(select(func.count()).where(Subject.stale, Subject.failed_at.is_not(None))) or 0


def _waits(failed_before: datetime) -> ColumnElement[bool]:
    return Subject.stale & (Subject.failed_at.is_(None) | (Subject.failed_at <= failed_before))


async def is_behind(session: AsyncSession, most: int) -> bool:
    """Whether so many events wait for the relay that live answers would wait long behind more."""
    waiting = select(outbox.c.position).where(outbox.c.published_at.is_(None)).limit(most).subquery()
    return await session.scalar(select(func.count()).select_from(waiting)) == most


async def forget_stale(session: AsyncSession, subject_ids: Iterable[UUID]) -> None:
    """These need no new answer."""
    await session.execute(update(Subject).where(Subject.id.in_(list(subject_ids))).values(stale=False, failed_at=None))


async def confirm(session: AsyncSession, subject_ids: Iterable[UUID], epoch: int) -> None:
    """The answers on these stand under a newer epoch too."""
    await session.execute(update(Subject).where(Subject.id.in_(list(subject_ids))).values(law_epoch=epoch))


def open_vacancies_in(scopes: Iterable[Scope]) -> ColumnElement[bool]:
    """The open vacancies that any of the scopes may cover."""
    meets = (_meets(scope, Vacancy.origins, Vacancy.destination, Vacancy.occupation) for scope in scopes)
    return Vacancy.status.in_(OPEN_VACANCY) & or_(false(), *meets)


def open_preparations_in(scopes: Iterable[Scope]) -> ColumnElement[bool]:
    """The open preparations, beside their placement and worker, that any of the scopes may cover."""
    meets = (_meets(scope, Worker.country, Placement.destination, Placement.occupation) for scope in scopes)
    return Preparation.status.in_(OPEN_PREPARATION) & or_(false(), *meets)


async def mark_vacancies(session: AsyncSession, scopes: Iterable[Scope]) -> None:
    """The open vacancies that any of the scopes covers wait for a new answer."""
    covered = select(Vacancy.id).where(open_vacancies_in(scopes))
    await session.execute(update(Subject).where(Subject.id.in_(covered)).values(stale=True, failed_at=None))


async def mark_preparations(session: AsyncSession, scopes: Iterable[Scope]) -> None:
    """The open preparations that any of the scopes covers wait for a new answer."""
    covered = (
        select(Preparation.id)
        .join(Placement, Placement.id == Preparation.placement_id)
        .join(Worker, Worker.id == Preparation.worker_id)
        .where(open_preparations_in(scopes))
    )
    await session.execute(update(Subject).where(Subject.id.in_(covered)).values(stale=True, failed_at=None))


def _meets(scope: Scope, origin: Any, destination: Any, occupation: Any) -> ColumnElement[bool]:
    """Whether a scope may cover a row; ``origin`` is one country or an array of them."""
    origins, destinations = _spelt_out(scope.origins), _spelt_out(scope.destinations)
    is_array = origin is Vacancy.origins
    return (
        (true() if origins is None else origin.overlap(origins) if is_array else origin.in_(origins))
        & (true() if destinations is None else destination.in_(destinations))
        & (true() if EVERYWHERE in scope.occupations else or_(*(occupation.startswith(p) for p in scope.occupations)))
    )


def _spelt_out(places: Iterable[str]) -> list[str] | None:
    """The countries, groups with all that ever belonged; None for everywhere."""
    named = list(places)
    if EVERYWHERE in named:
        return None
    return sorted({country for place in named for country in (ever_members(place) if place in GROUPS else [place])})
