"""Rules, read: every version, from draft to retired."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from imdi_common.problems import invalid, not_found
from imdi_legislation.domain.differences import Difference, differences
from imdi_legislation.domain.plain import fingerprint, plain
from imdi_legislation.queries.rule_filters import instrument_id, narrowed
from imdi_legislation.storage.rules import ACTIVATED, Titles, bases_of, scope_of, titles_of
from imdi_legislation.storage.tables import RuleVersion


async def show_rule(session: AsyncSession, rule_id: UUID) -> dict[str, Any]:
    """One version of a rule; ``not-found`` where there is none."""
    version = await _version(session, rule_id)
    return _shown(version, await titles_of(session, [version])) | {"etag": etag(version)}


def etag(version: RuleVersion) -> int:
    """A number that differs whenever anything differs that the version says, or its status."""
    told = {name: value for name, value in _shown(version, {}).items() if name not in ("id", "replaces")}
    return int(fingerprint(told)[:15], 16)


async def list_rules(
    session: AsyncSession, wanted: Mapping[str, Any], limit: int, after: tuple[str, int] | None
) -> list[dict[str, Any]]:
    """Versions in the order of code and number.

    ``wanted``: code, kind, status as they are; origin, destination, occupation as scoped (groups as of the day ``on``,
    where it is given, else with all that ever belonged); ``on``, a day on which it binds; ``ending_before``, a day
    before which its last lies; ``instrument``, the id or code of one on which it stands.
    """
    found = select(RuleVersion).order_by(RuleVersion.code, RuleVersion.number).limit(limit)
    for name, value in wanted.items():
        known = await instrument_id(session, value) if name == "instrument" else value
        found = found.where(narrowed(name, known, wanted.get("on")))
    if after is not None:
        found = found.where(tuple_(RuleVersion.code, RuleVersion.number) > after)
    versions = list(await session.scalars(found))
    titles = await titles_of(session, versions)
    return [_shown(version, titles) for version in versions]


async def show_difference(
    session: AsyncSession, rule_id: UUID, other_id: UUID | None
) -> tuple[RuleVersion, RuleVersion | None, list[Difference]]:
    """A version, the one it is compared with, and what differs.

    By default that is the version it replaced, or the newest activated before it; 422 for one of another code.
    """
    version = await _version(session, rule_id)
    before = await _version(session, other_id) if other_id else await _before(session, version)
    if before and before.code != version.code:
        raise invalid("with", "same_code", "It is a version of the same rule.")
    titles = await titles_of(session, [version, *([before] if before else [])])
    return version, before, differences(_shown(before, titles) if before else None, _shown(version, titles))


async def _version(session: AsyncSession, rule_id: UUID) -> RuleVersion:
    found = select(RuleVersion).where(RuleVersion.id == rule_id).execution_options(populate_existing=True)
    version = await session.scalar(found)
    if version is None:
        raise not_found()
    return version


async def _before(session: AsyncSession, version: RuleVersion) -> RuleVersion | None:
    if version.replaces:
        return await _version(session, version.replaces)
    earlier = (RuleVersion.code == version.code, RuleVersion.number < version.number)
    found = select(RuleVersion).where(*earlier, RuleVersion.status.in_(ACTIVATED))
    return await session.scalar(found.order_by(RuleVersion.number.desc()).limit(1))


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
        "activated_at": version.activated_at,
        "retired_at": version.retired_at,
        "confidence": version.confidence,
        "verified_on": version.verified_on,
        "verified_by": version.verified_by,
        "disputed": [dispute | {"basis": plain(bases_of(dispute["basis"], titles))} for dispute in version.disputed],
        "source": version.source,
        "note": version.note,
    }
