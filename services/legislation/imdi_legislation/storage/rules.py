"""Rules in the database, and as the domain knows them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, cast
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from imdi_legislation.domain.conditions import compile_condition
from imdi_legislation.domain.effects import read_effect
from imdi_legislation.domain.facts import FactType
from imdi_legislation.domain.rules import Basis, Rule, Source
from imdi_legislation.domain.scope import Scope
from imdi_legislation.storage.tables import AnswerType, Instrument, RuleCode, RuleVersion

ACTIVATED = ("active", "retired")
Titles = Mapping[str, str]
"""Of instruments, by id."""


async def lock_version(session: AsyncSession, version_id: UUID) -> RuleVersion | None:
    found = select(RuleVersion).where(RuleVersion.id == version_id).with_for_update()
    return await session.scalar(found.execution_options(populate_existing=True))


async def lock_code(session: AsyncSession, code: str) -> RuleCode:
    """The rule through all its versions, locked; every version has one."""
    found = select(RuleCode).where(RuleCode.code == code).with_for_update()
    return (await session.scalars(found.execution_options(populate_existing=True))).one()


async def last_number(session: AsyncSession, code: str) -> int:
    """The number of its newest version, 0 where it has none."""
    newest = select(func.max(RuleVersion.number)).where(RuleVersion.code == code)
    return await session.scalar(newest) or 0


async def activated(session: AsyncSession, code: str | None = None) -> list[RuleVersion]:
    """Every version ever activated, of one code or of all."""
    found = select(RuleVersion).where(RuleVersion.status.in_(ACTIVATED)).order_by(RuleVersion.code, RuleVersion.number)
    return list(await session.scalars(found if code is None else found.where(RuleVersion.code == code)))


async def named(session: AsyncSession, version_ids: Iterable[UUID]) -> list[RuleVersion]:
    """The versions of these ids, in the order of codes."""
    found = select(RuleVersion).where(RuleVersion.id.in_(list(version_ids))).order_by(RuleVersion.code)
    return list(await session.scalars(found.execution_options(populate_existing=True)))


async def titles_of(session: AsyncSession, versions: Iterable[RuleVersion]) -> dict[str, str]:
    """The titles of the instruments on which rules, and the sources that dispute them, stand."""
    ids = {UUID(basis["instrument"]) for version in versions for basis in _all_bases(version)}
    found = await session.execute(select(Instrument.id, Instrument.title).where(Instrument.id.in_(ids)))
    return {str(instrument_id): title for instrument_id, title in found}


async def answer_types(session: AsyncSession) -> dict[str, FactType]:
    """The types fixed for ``worker.facts.<name>``."""
    rows = await session.execute(select(AnswerType.name, AnswerType.type))
    return {name: cast("FactType", kind) for name, kind in rows}


def as_rule(version: RuleVersion, titles: Titles, types: Mapping[str, FactType]) -> Rule:
    """A version as the domain judges by it; ``Refused`` where its condition cannot be law."""
    return Rule(
        id=str(version.id),
        code=version.code,
        version=version.number,
        kind=version.kind,
        scope=scope_of(version),
        condition=compile_condition(version.condition, types) if version.condition is not None else None,
        effect=read_effect(version.kind, version.effect),
        basis=bases_of(version.basis, titles),
        begins=version.effective_from,
        ends=version.effective_until,
        opened_after=version.transition == "opened_after",
        replaces=str(version.replaces) if version.replaces else None,
        confidence=version.confidence,
        disputed=tuple(_source(dispute, titles) for dispute in version.disputed),
    )


def scope_of(version: RuleVersion) -> Scope:
    return Scope(tuple(version.origins), tuple(version.destinations), tuple(version.occupations))


def bases_of(stored: list[dict[str, Any]], titles: Titles) -> tuple[Basis, ...]:
    """Bases with their instruments' titles."""
    return tuple(
        Basis(basis["instrument"], titles.get(basis["instrument"], ""), basis.get("provision")) for basis in stored
    )


def _source(dispute: dict[str, Any], titles: Titles) -> Source:
    return Source(dispute["attribute"], dispute["value"], bases_of(dispute["basis"], titles), dispute.get("note"))


def _all_bases(version: RuleVersion) -> list[dict[str, Any]]:
    return [*version.basis, *(basis for dispute in version.disputed for basis in dispute["basis"])]
