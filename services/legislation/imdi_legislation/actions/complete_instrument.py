"""Complete an instrument that is there already: record what a file says of it that was not recorded yet."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from imdi_legislation.actions.record_statement import add_statements
from imdi_legislation.actions.record_version import add_version
from imdi_legislation.domain.instruments import InstrumentDraft
from imdi_legislation.domain.plain import fingerprint
from imdi_legislation.domain.who_may import Author
from imdi_legislation.storage.library import InstrumentStatement, InstrumentVersion, moment_of_recording


async def complete_instrument(
    session: AsyncSession, instrument_id: UUID, draft: InstrumentDraft, by: Author, now: datetime
) -> bool:
    """Add the draft's statements and versions that were never recorded, even if replaced since; whether any was."""
    said: set[str] = set()
    for table in (InstrumentStatement, InstrumentVersion):
        said |= set(await session.scalars(select(table.said).where(table.instrument_id == instrument_id)))
    statements = [each for each in draft.statements if fingerprint(each) not in said]
    versions = [each for each in draft.versions if fingerprint(each) not in said]
    if not statements and not versions:
        return False
    moment = await moment_of_recording(session, now)
    await add_statements(session, instrument_id, statements, by, moment)
    for version in versions:
        await add_version(session, instrument_id, version, by.name, moment)
    return True
