"""Whether an author may record in the library: by whose an instrument was said to be, never by a claim on oneself.

It is asked before the lock, so that who may not holds nobody up, and again under it: parties may be named meanwhile.
"""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from imdi_common.problems import Problem, forbidden, not_found
from imdi_legislation.actions.permission import NOT_YOURS
from imdi_legislation.domain.parties import entitled
from imdi_legislation.domain.statements import CHANGING, StatementDraft, known
from imdi_legislation.domain.who_may import OPEN_TO_CLAIMS, Author
from imdi_legislation.storage.library import statement_by, statements_on
from imdi_legislation.storage.tables import Instrument


async def demand_may_record(session: AsyncSession, author: Author, instrument_id: UUID) -> None:
    """404 where there is no such instrument, 403 unless it is the author's to enter."""
    if not await _may_enter(session, author, await _instrument(session, instrument_id)):
        raise forbidden(NOT_YOURS)


async def demand_may_state(session: AsyncSession, author: Author, instrument_id: UUID, draft: StatementDraft) -> None:
    """The same of a statement; a government's own standing, where any may claim one, is its own to state."""
    instrument = await _instrument(session, instrument_id)
    if await _may_enter(session, author, instrument):
        return
    own = draft.kind == "party" and draft.named() == [author.government_of]
    if not own or instrument.level not in OPEN_TO_CLAIMS:
        raise forbidden(NOT_YOURS)
    earlier = await statement_by(session, draft.replaces)
    if earlier and earlier.parties != draft.named():
        raise _forbidden("replaces", "What is said of another party is replaced by whose instrument it is.")


async def demand_may_relate(session: AsyncSession, author: Author, draft: StatementDraft, target: Instrument) -> None:
    """403 where a relation ends or changes an instrument that is neither the author's nor told by the steward."""
    changes = draft.body["relation"] in CHANGING
    if changes and not author.is_steward and not await _may_enter(session, author, target):
        raise _forbidden("object", "Whose instrument it is says by what it is ended or changed.")


async def _instrument(session: AsyncSession, instrument_id: UUID) -> Instrument:
    instrument = await session.get(Instrument, instrument_id)
    if instrument is None:
        raise not_found()
    return instrument


async def _may_enter(session: AsyncSession, author: Author, instrument: Instrument) -> bool:
    said = known((await statements_on(session, [instrument.id]))[instrument.id])
    return author.may_enter(instrument.level, entitled(said, instrument.level))


def _forbidden(field: str, detail: str) -> Problem:
    return Problem("forbidden", 403, detail, errors=[{"field": field, "rule": "permission", "detail": detail}])
