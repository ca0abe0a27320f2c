"""Judge a vacancy's terms by the law of the day, for workers of each of its origins."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from imdi_contracts.legislation import VacancyAssessed
from imdi_legislation.actions.answers import Judgement, give_answer, open_subject
from imdi_legislation.domain.plain import fingerprint
from imdi_legislation.storage.cases import assessed, find_vacancy, judged_offer, vacancy_facts
from imdi_legislation.storage.copies import OPEN_VACANCY
from imdi_legislation.storage.law import hold_law, read_law


async def assess_vacancy(session: AsyncSession, vacancy_id: UUID, now: datetime) -> bool:
    """Assess the copy of an open vacancy; whether a new answer was announced.

    The day is that in UTC, as is the day of the first submission.
    """
    await hold_law(session)
    vacancy = await find_vacancy(session, vacancy_id)
    if vacancy is None or vacancy.status not in OPEN_VACANCY:
        return False
    subject = await open_subject(session, vacancy_id, "vacancy", vacancy.revision)
    if subject is None:
        return False
    law, today = await read_law(session), now.date()
    facts, found = vacancy_facts(vacancy), assessed(vacancy, law, today)
    outcome = found.told
    judgement = Judgement(
        "vacancy",
        vacancy.revision,
        today,
        outcome,
        fingerprint(outcome["breaches"]),
        found.input_hash,
        facts,
        None,
        law.epoch,
        found.failed,
        judged_offer(vacancy),
    )

    def announcement(determination_id: UUID) -> VacancyAssessed:
        return VacancyAssessed.model_validate(
            outcome
            | {
                "vacancy_id": str(vacancy_id),
                "assessment_id": str(determination_id),
                "answers": {"revision": vacancy.revision, "input_hash": found.input_hash},
                "assessed_on": today,
                "law_epoch": law.epoch,
            }
        )

    return await give_answer(session, subject, judgement, announcement, now)
