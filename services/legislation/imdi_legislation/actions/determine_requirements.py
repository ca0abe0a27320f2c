"""Determine what one worker must do by the law of the day of departure."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from imdi_contracts.legislation import RequirementsDetermined
from imdi_legislation.actions.answers import Judgement, alarm, give_answer, open_subject
from imdi_legislation.domain.determination import input_hash
from imdi_legislation.domain.law import Law
from imdi_legislation.storage.cases import PreparationCase, find_preparation, preparation_case, preparation_cases
from imdi_legislation.storage.copies import OPEN_PREPARATION, Preparation
from imdi_legislation.storage.law import hold_law, read_law
from imdi_legislation.storage.subjects import confirm
from imdi_legislation.storage.tables import Subject


async def determine_requirements(session: AsyncSession, preparation_id: UUID, now: datetime) -> bool:
    """Answer an open preparation from the copies; False while a copy that it needs has not come."""
    await hold_law(session)
    preparation = await find_preparation(session, preparation_id)
    if preparation is None or preparation.status not in OPEN_PREPARATION:
        return True
    case = await preparation_case(session, preparation_id)
    if case is None:
        return False
    subject = await open_subject(session, preparation_id, "preparation", preparation.revision)
    if subject is not None:
        await _answer(session, subject, case, await read_law(session), now)
    return True


async def determine_again(session: AsyncSession, subjects: Collection[Subject], now: datetime) -> None:
    """Answer several preparations anew, whose subjects and the law are held: their copies are read together.

    Where the answer on the same revision stands, nothing but its epoch is written.
    """
    law, held = await read_law(session), {subject.id: subject for subject in subjects}
    unchanged = []
    which = Preparation.id.in_(held) & Preparation.status.in_(OPEN_PREPARATION)
    for case in await preparation_cases(session, which):
        subject, found = held[case.preparation.id], case.bound(law).conclude(case.facts(law))
        if case.preparation.revision == subject.revision and found.fingerprint == subject.outcome:
            alarm(found.failed, subject.id)
            unchanged.append(subject.id)
        elif case.preparation.revision >= subject.revision:
            await _answer(session, subject, case, law, now)
    await confirm(session, unchanged, law.epoch)


async def _answer(session: AsyncSession, subject: Subject, case: PreparationCase, law: Law, now: datetime) -> None:
    preparation, facts, bound = case.preparation, case.facts(law), case.bound(law)
    found, hashed = bound.conclude(facts), input_hash(bound.rules, facts, subject.salt)
    judgement = Judgement(
        "preparation", preparation.revision, preparation.departure_on, found.told, found.fingerprint, hashed, facts,
        preparation.worker_id, law.epoch, found.failed,
    )  # fmt: skip

    def announcement(determination_id: UUID) -> RequirementsDetermined:
        return RequirementsDetermined.model_validate(
            found.told
            | {
                "preparation_id": str(preparation.id),
                "requirements_id": str(determination_id),
                "answers": {"revision": preparation.revision, "input_hash": hashed},
                "judged_on": preparation.departure_on,
                "law_epoch": law.epoch,
                "fact_types": law.types,
            }
        )

    await give_answer(session, subject, judgement, announcement, now)
