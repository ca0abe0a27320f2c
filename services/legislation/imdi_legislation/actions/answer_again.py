"""Follow a change of the law: answer stale subjects anew, and queue vacancies when a rule begins or ends."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from imdi_common.database import is_environment
from imdi_common.due import schedule
from imdi_common.telemetry import logger
from imdi_legislation.actions.assess_vacancy import assess_vacancy
from imdi_legislation.actions.determine_requirements import determine_again
from imdi_legislation.actions.law_changes import ANSWER_AGAIN
from imdi_legislation.storage import subjects
from imdi_legislation.storage.law import hold_law, read_law
from imdi_legislation.storage.rules import activated, scope_of
from imdi_legislation.storage.tables import RuleVersion

BATCH = 100
"""Subjects a transaction: a live event on one of them, and a change of the law, wait no longer than for one batch."""
MOST_WAITING = 1000
"""Events before the relay beyond which no more are put there: a live answer never waits behind a whole backlog."""
PAUSE = timedelta(seconds=1)
REST = timedelta(hours=1)
"""How long what could not be answered rests before it is tried again: a mended release answers it by itself."""


async def answer_again(session: AsyncSession, _: str, now: datetime) -> None:
    """Answer a batch of stale subjects, announcing only what changed; falls due again while any is left.

    Where the batch fails, each is answered by itself, and what fails then is set aside.
    """
    if await subjects.is_behind(session, MOST_WAITING):
        await schedule(session, ANSWER_AGAIN, "law", now + PAUSE)
        return
    await hold_law(session)
    await read_law(session)  # here, where it fails for all of them: it is no single one's fault
    taken = {subject.id: subject.kind for subject in await subjects.take_stale(session, BATCH, now - REST)}
    if await _try(session, taken, now):
        for subject_id, kind in taken.items():
            error = await _try(session, {subject_id: kind}, now)
            if error:
                logger().error("answer_failed", subject=str(subject_id), kind=kind, error=type(error).__name__)
                await subjects.set_aside(session, subject_id, now)
    if await subjects.any_stale(session, now - REST):
        await schedule(session, ANSWER_AGAIN, "law", now if taken else now + PAUSE)
    elif await subjects.any_stale(session):
        await schedule(session, ANSWER_AGAIN, "law", now + REST)


async def reassess(session: AsyncSession, subject: str, now: datetime) -> None:
    """A rule begins or has ended today: queue the vacancies in scope of its code. ``subject``: ``<rule id>:<what>``."""
    version = await session.get(RuleVersion, UUID(subject.partition(":")[0]))
    if version is not None:
        versions = await activated(session, version.code)
        await subjects.mark_vacancies(session, [scope_of(one) for one in versions])
        await schedule(session, ANSWER_AGAIN, "law", now)


async def _try(session: AsyncSession, taken: Mapping[UUID, str], now: datetime) -> Exception | None:
    """Answer these, all or none; returns what went wrong, and raises where the surroundings are to blame."""
    try:
        async with session.begin_nested():
            await _answer(session, taken, now)
    except Exception as error:
        if is_environment(error):
            raise
        return error
    return None


async def _answer(session: AsyncSession, taken: Mapping[UUID, str], now: datetime) -> None:
    await subjects.forget_stale(session, taken)
    for subject_id, kind in taken.items():
        if kind == "vacancy":
            await assess_vacancy(session, subject_id, now)
    preparations = [subject_id for subject_id, kind in taken.items() if kind == "preparation"]
    await determine_again(session, await subjects.named(session, preparations), now)
