"""Whether a caller may make law: the table of ``domain.who_may``, asked with what the database knows."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from imdi_common.actor import Actor
from imdi_common.problems import forbidden, not_found
from imdi_legislation.domain.scope import Scope
from imdi_legislation.domain.who_may import Author, may_rule
from imdi_legislation.storage import rules
from imdi_legislation.storage.tables import Instrument, RuleVersion

NOT_YOURS = "A party's government enters an instrument, the steward an international one."


def demand_may_enter(actor: Actor, level: str, parties: Collection[str]) -> None:
    """403 unless an instrument of that level and those parties is the caller's to enter."""
    if not author_of(actor).may_enter(level, parties):
        raise forbidden(NOT_YOURS)


def author_of(actor: Actor) -> Author:
    """The caller as the library keeps who recorded."""
    return Author(actor.client_id, _government_of(actor), is_steward=actor.is_steward)


def demand_may_recognise(actor: Actor, country: str, *, law: bool) -> None:
    """403 unless recognition in a country is the caller's: its government's, and as ``law`` also the steward's."""
    if _government_of(actor) != country and not (law and actor.is_steward):
        raise forbidden("The government of the country decides on recognition there.")


async def demand_may_rule(session: AsyncSession, actor: Actor, scope: Scope, instruments: Collection[str]) -> None:
    """403 unless a rule of that scope, standing on those instruments (ids), is the caller's to make."""
    found = select(Instrument.level).where(Instrument.id.in_([UUID(instrument) for instrument in instruments]))
    levels = set(await session.scalars(found))
    if not may_rule(_government_of(actor), actor.is_steward, scope.named(), levels):
        raise forbidden(
            "A government named at either end of the scope makes a rule, the steward one that names no country or "
            "stands on international law alone."
        )


async def lock_version_of(session: AsyncSession, actor: Actor, rule_id: UUID) -> RuleVersion:
    """A version, locked: 404 where there is none, 403 unless it is the caller's to make."""
    version = await rules.lock_version(session, rule_id)
    if version is None:
        raise not_found()
    await _demand_may_make(session, actor, version)
    return version


async def demand_may_weigh(session: AsyncSession, actor: Actor, rule_id: UUID) -> None:
    """As of drafting it: 404 where there is no such version, 403 unless it and the one before it are the caller's."""
    version = await session.get(RuleVersion, rule_id)
    if version is None:
        raise not_found()
    await _demand_may_make(session, actor, version)
    await demand_may_succeed(session, actor, version.code)


async def demand_may_succeed(session: AsyncSession, actor: Actor, code: str) -> None:
    """403 unless what was activated last under a code is the caller's to make: the next version ends it."""
    activated = await rules.activated(session, code)
    if activated:
        await _demand_may_make(session, actor, activated[-1])


async def _demand_may_make(session: AsyncSession, actor: Actor, version: RuleVersion) -> None:
    instruments = {basis["instrument"] for basis in version.basis}
    await demand_may_rule(session, actor, rules.scope_of(version), instruments)


def _government_of(actor: Actor) -> str | None:
    return actor.tenant.country if actor.tenant and actor.tenant.kind == "government" else None
