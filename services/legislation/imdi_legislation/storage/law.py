"""The law in force as one value, kept in the process until it changes; and the lock that orders it with answers."""

from __future__ import annotations

from collections import OrderedDict
from uuid import UUID, uuid4

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from imdi_common.database import Database, fetched
from imdi_common.election import lock_number
from imdi_legislation.domain.law import Law
from imdi_legislation.storage import rules
from imdi_legislation.storage.tables import LawState

STATE = "select epoch, stamp from law_state"
_LAW = lock_number("law")
_MOST = 4
_kept: OrderedDict[UUID, Law] = OrderedDict()
"""The last states of the law by their stamp: no two states ever share one, so nothing here goes stale."""


async def hold_law(session: AsyncSession) -> None:
    """Until the transaction ends, the law stays as it is; answers hold it together."""
    await session.execute(select(func.pg_advisory_xact_lock_shared(_LAW)))


async def change_law(session: AsyncSession) -> None:
    """Until the transaction ends, nobody else reads or changes the law: it waits for the answers under way."""
    await session.execute(select(func.pg_advisory_xact_lock(_LAW)))


async def raise_epoch(session: AsyncSession) -> int:
    """Begin a new epoch of the law; the caller holds it by ``change_law``."""
    changed = update(LawState).values(epoch=LawState.epoch + 1, stamp=uuid4()).returning(LawState.epoch)
    return (await session.execute(changed)).scalar_one()


async def known_law(database: Database) -> Law | None:
    """The law as activated, where this process knows it: one statement reads its stamp."""
    row = await database.glance(STATE)
    return _kept.get(row["stamp"]) if row else None


async def read_law(session: AsyncSession) -> Law:
    """The law as activated. Only its stamp is read where this process knows it."""
    known = _kept.get((await _state(session))[1])
    if known is not None:
        return known
    await hold_law(session)
    epoch, stamp = await _state(session)
    versions = await rules.activated(session)
    titles = await rules.titles_of(session, versions)
    types = await rules.answer_types(session)
    law = Law(epoch, [rules.as_rule(version, titles, types) for version in versions], types)
    _kept[stamp] = law
    while len(_kept) > _MOST:
        _kept.popitem(last=False)
    return law


async def _state(session: AsyncSession) -> tuple[int, UUID]:
    row = await fetched(session, STATE)
    assert row is not None  # noqa: S101 - a migration put it there
    return row.epoch, row.stamp
