"""Follow a change of the law: answer stale subjects anew, and queue vacancies when a rule begins or ends."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from imdi_common.due import schedule
from imdi_legislation.actions.assess_vacancy import assess_vacancy
from imdi_legislation.actions.determine_requirements import determine_again
from imdi_legislation.actions.law_changes import ANSWER_AGAIN
from imdi_legislation.storage import subjects
from imdi_legislation.storage.law import hold_law
from imdi_legislation.storage.rules import activated, scope_of
from imdi_legislation.storage.tables import RuleVersion

BATCH = 100
"""Subjects a transaction: a live event on one of them, and a change of the law, wait no longer than for one batch."""
MOST_WAITING = 1000
"""Events before the relay beyond which no more are put there: a live answer never waits behind a whole backlog."""
PAUSE = timedelta(seconds=1)


async def answer_again(session: AsyncSession, _: str, now: datetime) -> None:
    """Answer a batch of stale subjects, announcing only what changed; falls due again while any is left."""
    if await subjects.is_behind(session, MOST_WAITING):
        await schedule(session, ANSWER_AGAIN, "law", now + PAUSE)
        return
    await hold_law(session)
    taken = await subjects.take_stale(session, BATCH)
    await subjects.forget_stale(session, [subject.id for subject in taken])
    for subject in taken:
        if subject.kind == "vacancy":
            await assess_vacancy(session, subject.id, now)
    await determine_again(session, [subject for subject in taken if subject.kind == "preparation"], now)
    await session.flush()
    if await subjects.any_stale(session):
        await schedule(session, ANSWER_AGAIN, "law", now if taken else now + PAUSE)


async def reassess(session: AsyncSession, subject: str, now: datetime) -> None:
    """A rule begins or has ended today: queue the vacancies in scope of its code. ``subject``: ``<rule id>:<what>``."""
    version = await session.get(RuleVersion, UUID(subject.partition(":")[0]))
    if version is not None:
        versions = await activated(session, version.code)
        await subjects.mark_vacancies(session, [scope_of(one) for one in versions])
        await schedule(session, ANSWER_AGAIN, "law", now)
