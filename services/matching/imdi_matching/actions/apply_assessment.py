"""Post or return a vacancy, as legislation has judged its terms."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from imdi_contracts.legislation import VacancyAssessed
from imdi_matching.actions.announce_vacancy import announce_status
from imdi_matching.actions.positions import close_open, stand
from imdi_matching.domain.vacancies import assessed, opening
from imdi_matching.storage.copies import Member
from imdi_matching.storage.tables import Vacancy
from imdi_matching.storage.vacancies import lock


async def apply_assessment(session: AsyncSession, answer: VacancyAssessed, sequence: int) -> None:
    """Apply an answer to the vacancy's current revision; among those the newest wins, and any other changes nothing."""
    vacancy = await lock(session, UUID(answer.vacancy_id))
    if vacancy is None or answer.answers.revision != vacancy.revision or sequence <= vacancy.assessment_sequence:
        return
    vacancy.assessment_sequence = sequence
    vacancy.breaches = [breach.model_dump(mode="json") for breach in answer.breaches]
    vacancy.version += 1
    if vacancy.held_by is None and not await _may_be_posted(session, vacancy):
        vacancy.held_by = "suspension"
    stands = opening(vacancy.agreed, vacancy.positions, held=vacancy.held_by is not None)
    after = assessed(vacancy.status, lawful=answer.lawful, opening=stands)
    if after == vacancy.status:
        return
    if after == "returned":
        await announce_status(session, vacancy, "returned")
        await close_open(session, vacancy, "vacancy_returned")
    else:
        await stand(session, vacancy)


async def _may_be_posted(session: AsyncSession, vacancy: Vacancy) -> bool:
    """Whether the owner is accredited, as far as is known here: it may have been suspended since it submitted."""
    owner = await session.get(Member, vacancy.owner_id, populate_existing=True)
    return owner is None or owner.status == "accredited"
