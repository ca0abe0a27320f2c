"""How an answer is kept and when it is announced: each revision once, and again only when the outcome changes."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from imdi_common.ids import uuid7
from imdi_common.outbox import announce
from imdi_common.telemetry import logger
from imdi_contracts.event import Event
from imdi_legislation.domain.facts import Facts
from imdi_legislation.domain.rules import Reference
from imdi_legislation.storage.subjects import lock_subject
from imdi_legislation.storage.tables import Determination, DeterminationFacts, Subject


@dataclass(frozen=True, slots=True)
class Judgement:
    """A new answer on a subject. ``outcome`` is what is announced, ``fingerprint`` is of what counts as the answer."""

    kind: str
    revision: int
    judged_on: date
    outcome: dict[str, Any]
    fingerprint: str
    input_hash: str
    facts: Facts
    worker_id: UUID | None
    law_epoch: int
    failed: list[Reference]
    offer: dict[str, Any] | None = None
    """Of a vacancy what was judged beside its facts, so that the answer can be reproduced."""


Announcement = Callable[[UUID], Event]
"""The event that announces a determination, by its id."""


async def open_subject(session: AsyncSession, subject_id: UUID, kind: str, revision: int) -> Subject | None:
    """The subject, locked, None where a newer revision was answered already."""
    subject = await lock_subject(session, subject_id, kind)
    subject.stale, subject.failed_at = False, None
    return None if revision < subject.revision else subject


def alarm(failed: Iterable[Reference], subject_id: UUID) -> None:
    """Tell of rules whose condition could not be evaluated."""
    for rule in failed:
        logger().error("rule_failed", rule=rule.code, rule_version=rule.version, subject=str(subject_id))


async def give_answer(
    session: AsyncSession, subject: Subject, judgement: Judgement, announcement: Announcement, now: datetime
) -> bool:
    """Keep and announce an answer, unless the same revision was answered the same; returns whether it was new."""
    alarm(judgement.failed, subject.id)
    subject.law_epoch = judgement.law_epoch
    if subject.revision == judgement.revision and subject.outcome == judgement.fingerprint:
        return False
    determination_id = uuid7()
    session.add(
        Determination(
            id=determination_id,
            subject_id=subject.id,
            kind=judgement.kind,
            revision=judgement.revision,
            judged_on=judgement.judged_on,
            law_epoch=judgement.law_epoch,
            input_hash=judgement.input_hash,
            outcome=judgement.outcome,
            determined_at=now,
        )
    )
    await session.flush()
    session.add(
        DeterminationFacts(
            determination_id=determination_id,
            worker_id=judgement.worker_id,
            facts=dict(judgement.facts),
            offer=judgement.offer,
        )
    )
    subject.revision, subject.outcome = judgement.revision, judgement.fingerprint
    subject.determination_id = determination_id
    await announce(session, subject, announcement(determination_id))
    return True
