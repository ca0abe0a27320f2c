"""Rules, read: every version, from draft to retired."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from imdi_common.problems import not_found
from imdi_legislation.domain.countries import EVERYWHERE, GROUPS, ever_members
from imdi_legislation.domain.plain import plain
from imdi_legislation.storage.rules import Titles, bases_of, scope_of, titles_of
from imdi_legislation.storage.tables import RuleVersion

_SAME = ("code", "kind", "status")


async def show_rule(session: AsyncSession, rule_id: UUID) -> dict[str, Any]:
    """One version of a rule; ``not-found`` where there is none."""
    found = select(RuleVersion).where(RuleVersion.id == rule_id).execution_options(populate_existing=True)
    version = await session.scalar(found)
    if version is None:
        raise not_found()
    return _shown(version, await titles_of(session, [version]))


async def list_rules(
    session: AsyncSession, wanted: dict[str, str], limit: int, after: tuple[str, int] | None
) -> list[dict[str, Any]]:
    """Versions in the order of code and number. ``wanted``: code, kind, status; origin, destination as scoped."""
    found = select(RuleVersion).order_by(RuleVersion.code, RuleVersion.number).limit(limit)
    for name, value in wanted.items():
        if name in _SAME:
            found = found.where(getattr(RuleVersion, name) == value)
        else:
            places = RuleVersion.origins if name == "origin" else RuleVersion.destinations
            found = found.where(or_(*(places.contains([place]) for place in _places(value))))
    if after is not None:
        found = found.where(tuple_(RuleVersion.code, RuleVersion.number) > after)
    versions = list(await session.scalars(found))
    titles = await titles_of(session, versions)
    return [_shown(version, titles) for version in versions]


def _places(country: str) -> list[str]:
    return [country, EVERYWHERE, *(group for group in sorted(GROUPS) if country in ever_members(group))]


def _shown(version: RuleVersion, titles: Titles) -> dict[str, Any]:
    return {
        "id": version.id,
        "code": version.code,
        "version": version.number,
        "status": version.status,
        "kind": version.kind,
        "scope": plain(scope_of(version)),
        "when": version.condition,
        "effect": version.effect,
        "basis": plain(bases_of(version.basis, titles)),
        "effective": {"from": version.effective_from, "until": version.effective_until},
        "transition": version.transition,
        "replaces": version.replaces,
        "confidence": version.confidence,
        "verified_on": version.verified_on,
        "verified_by": version.verified_by,
        "disputed": [dispute | {"basis": plain(bases_of(dispute["basis"], titles))} for dispute in version.disputed],
        "source": version.source,
        "note": version.note,
    }
