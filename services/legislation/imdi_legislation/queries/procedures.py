"""Procedures, read: every version, its analysis, what if, and how two differ."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from imdi_common.problems import not_found
from imdi_legislation.domain.countries import EVERYWHERE
from imdi_legislation.domain.observed_times import Observed, compare, observed_time
from imdi_legislation.domain.plain import fingerprint
from imdi_legislation.domain.procedures import Step, bases_of
from imdi_legislation.domain.streamlining import Analysis, Time, analyse
from imdi_legislation.storage.observed_items import measure
from imdi_legislation.storage.procedures import (
    ProcedureVersion,
    corridor_of,
    find_version,
    instruments_by_id,
    steps_of,
)

_PLACES = ("origin", "destination")


@dataclass(frozen=True, slots=True)
class Found:
    """A version as it is kept and as it is shown, with its steps."""

    version: ProcedureVersion
    steps: tuple[Step, ...]
    shown: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Analysed:
    found: Found
    analysis: Analysis
    observed: tuple[Observed, ...]
    time_observed: Time | None


async def show_procedure(session: AsyncSession, procedure_id: UUID) -> Found:
    """One version of a procedure; ``not-found`` where there is none."""
    version = await find_version(session, procedure_id)
    if version is None:
        raise not_found()
    titles = await _titles(session, [version])
    return Found(version, steps_of(version), _shown(version, titles))


def etag(version: ProcedureVersion) -> int:
    """A number that differs whenever anything differs that the version says, or its status."""
    told = {name: value for name, value in _shown(version, {}).items() if name != "id"}
    return int(fingerprint(told)[:15], 16)


async def list_procedures(
    session: AsyncSession, wanted: dict[str, str], limit: int, after: tuple[str, int] | None
) -> list[dict[str, Any]]:
    """Versions in the order of code and number. ``wanted``: code, status; origin, destination of their corridors."""
    found = select(ProcedureVersion).order_by(ProcedureVersion.code, ProcedureVersion.number).limit(limit)
    for name, value in wanted.items():
        column = getattr(ProcedureVersion, name)
        found = found.where(or_(column == value, column == EVERYWHERE) if name in _PLACES else column == value)
    if after is not None:
        found = found.where(tuple_(ProcedureVersion.code, ProcedureVersion.number) > after)
    versions = list(await session.scalars(found))
    titles = await _titles(session, versions)
    return [_shown(version, titles) for version in versions]


async def analyse_procedure(session: AsyncSession, procedure_id: UUID) -> Analysed:
    """What it costs, by the law and as observed."""
    found = await show_procedure(session, procedure_id)
    items = sorted({step.item for step in found.steps if step.item})
    measured = await measure(session, corridor_of(found.version), items)
    observed = compare(found.steps, measured)
    return Analysed(found, analyse(found.steps), observed, observed_time(found.steps, observed))


async def _titles(session: AsyncSession, versions: Iterable[ProcedureVersion]) -> dict[str, str]:
    ids = {UUID(basis.instrument) for version in versions for basis in bases_of(steps_of(version))}
    return {known: instrument.title for known, instrument in (await instruments_by_id(session, ids)).items()}


def _shown(version: ProcedureVersion, titles: dict[str, str]) -> dict[str, Any]:
    return {
        "id": version.id,
        "code": version.code,
        "version": version.number,
        "status": version.status,
        "title": version.title,
        "corridor": {
            "origin": version.origin,
            "destination": version.destination,
            "occupations": version.occupations,
        },
        "effective": {"from": version.effective_from, "until": version.effective_until},
        "activated_at": version.activated_at,
        "retired_at": version.retired_at,
        "steps": [_with_titles(step, titles) for step in version.steps],
        "confidence": version.confidence,
        "verified_on": version.verified_on,
        "verified_by": version.verified_by,
        "source": version.source,
        "note": version.note,
    }


def _with_titles(step: dict[str, Any], titles: dict[str, str]) -> dict[str, Any]:
    def titled(basis: dict[str, Any]) -> dict[str, Any]:
        return basis | {"title": titles.get(basis["instrument"], "")}

    limit = step["time_limit"]
    told = limit and limit | {"basis": titled(limit["basis"])}
    return step | {"time_limit": told, "basis": [titled(basis) for basis in step["basis"]]}
