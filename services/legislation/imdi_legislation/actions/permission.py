"""Whether a caller may make law: the table of ``domain.who_may``, asked with what the database knows."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from imdi_common.actor import Actor
from imdi_common.problems import forbidden
from imdi_legislation.domain.scope import Scope
from imdi_legislation.domain.who_may import may_enter, may_rule
from imdi_legislation.storage.tables import Instrument


def demand_may_enter(actor: Actor, level: str, parties: Collection[str]) -> None:
    """403 unless an instrument of that level and those parties is the caller's to enter."""
    if not may_enter(_government_of(actor), actor.is_steward, level, parties):
        raise forbidden("A party's government enters an instrument, the steward an international one.")


async def demand_may_rule(session: AsyncSession, actor: Actor, scope: Scope, instruments: Collection[str]) -> None:
    """403 unless a rule of that scope, standing on those instruments (ids), is the caller's to make."""
    found = select(Instrument.level).where(Instrument.id.in_([UUID(instrument) for instrument in instruments]))
    levels = set(await session.scalars(found))
    if not may_rule(_government_of(actor), actor.is_steward, scope.named(), levels):
        raise forbidden(
            "A government named at either end of the scope makes a rule, the steward one that names no country or "
            "stands on international law alone."
        )


def _government_of(actor: Actor) -> str | None:
    return actor.tenant.country if actor.tenant and actor.tenant.kind == "government" else None
