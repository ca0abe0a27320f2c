"""What every change of the law brings: a new epoch, an event, and cases that may need a new answer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from imdi_common.due import schedule
from imdi_common.outbox import announce
from imdi_contracts.legislation import RuleState, RuleVersion
from imdi_legislation.domain.conditions import compile_condition
from imdi_legislation.domain.drafts import screens
from imdi_legislation.domain.effects import read_effect
from imdi_legislation.domain.facts import FactType
from imdi_legislation.domain.plain import plain
from imdi_legislation.domain.rules import ASSESSED, REQUIRED
from imdi_legislation.domain.screening import screen
from imdi_legislation.storage import rules, subjects, tables
from imdi_legislation.storage.law import raise_epoch

ANSWER_AGAIN = "answer-again"
REASSESS = "reassess"
"""Kinds of what falls due: stale subjects are answered anew; a rule begins or ends for vacancies."""


async def follow(
    session: AsyncSession,
    code: tables.RuleCode,
    event: type[RuleState],
    changed: Iterable[tables.RuleVersion],
    now: datetime,
) -> None:
    """Raise the epoch, announce the code's new state, and queue the open cases in scope; the law is held for change.

    In scope of any version: the one that ends may have left cases of another corridor to the one before it.
    """
    epoch = await raise_epoch(session)
    await session.flush()
    versions = await rules.activated(session, code.code)
    await announce(session, code, await _state(session, code, versions, event, epoch, now))
    scopes = [rules.scope_of(version) for version in versions]
    if code.kind in ASSESSED:
        await subjects.mark_vacancies(session, scopes)
        for version in changed:
            await _reassess_later(session, version, now)
    if code.kind in REQUIRED:
        await subjects.mark_preparations(session, scopes)
    await schedule(session, ANSWER_AGAIN, "law", now)


async def _reassess_later(session: AsyncSession, version: tables.RuleVersion, now: datetime) -> None:
    """A vacancy is judged on the day assessed, so it is assessed again when a rule begins, and when it has ended."""
    last = version.effective_until
    after = last + timedelta(days=1) if last and last < date.max else None
    for what, day in (("begins", version.effective_from), ("ended", after)):
        if day is not None and _midnight(day) > now:
            await schedule(session, REASSESS, f"{version.id}:{what}", _midnight(day))


def _midnight(day: date) -> datetime:
    """The beginning of a day in UTC, by which vacancies are judged."""
    return datetime.combine(day, time(), UTC)


async def _state(
    session: AsyncSession,
    code: tables.RuleCode,
    versions: list[tables.RuleVersion],
    event: type[RuleState],
    epoch: int,
    now: datetime,
) -> RuleState:
    titles, types = await rules.titles_of(session, versions), await rules.answer_types(session)
    told = [_told(version, titles, types, now.date()) for version in versions]
    return event(code=code.code, kind=code.kind, versions=told, law_epoch=epoch)  # type: ignore[arg-type]  # checked there


def _told(version: tables.RuleVersion, titles: rules.Titles, types: Mapping[str, FactType], today: date) -> RuleVersion:
    """A version as it is announced; groups are spelt out as of its first day, or today where that is past."""
    effect = read_effect(version.kind, version.effect)
    screened: dict[str, Any] | None = None
    if version.condition is not None and screens(effect):
        screened = screen(compile_condition(version.condition, types))
    return RuleVersion.model_validate({
        "id": str(version.id),
        "version": version.number,
        "status": version.status,
        "scope": plain(rules.scope_of(version).spelt_out(max(version.effective_from, today))),
        "when": version.condition,
        "screen": screened,
        "effect": version.effect,
        "basis": plain(rules.bases_of(version.basis, titles)),
        "effective_from": version.effective_from,
        "effective_until": version.effective_until,
        "transition": version.transition,
        "replaces": str(version.replaces) if version.replaces else None,
        "confidence": version.confidence,
    })  # fmt: skip
