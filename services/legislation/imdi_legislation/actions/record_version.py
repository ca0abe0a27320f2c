"""Record a version of an instrument, with the texts in which it is searched."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from imdi_common.actor import Actor
from imdi_common.ids import uuid7
from imdi_legislation.actions.library_permission import demand_may_record
from imdi_legislation.actions.permission import author_of
from imdi_legislation.actions.refusals import refused
from imdi_legislation.domain.fields import Invalid
from imdi_legislation.domain.plain import fingerprint
from imdi_legislation.domain.versions import VersionDraft, read_version
from imdi_legislation.storage.library import InstrumentVersion, moment_of_recording
from imdi_legislation.storage.library_texts import text_row, write_texts


async def record_version(
    session: AsyncSession, instrument_id: UUID, body: dict[str, Any], actor: Actor, now: datetime
) -> UUID:
    """Record a version: 422 for wrong fields, 403 if the instrument is not the caller's to enter."""
    try:
        draft = read_version(body)
    except Invalid as error:
        raise refused(error) from error
    await demand_may_record(session, author_of(actor), instrument_id)
    moment = await moment_of_recording(session, now)
    await demand_may_record(session, author_of(actor), instrument_id)
    return await add_version(session, instrument_id, draft, actor.client_id, moment)


async def add_version(
    session: AsyncSession, instrument_id: UUID, draft: VersionDraft, by: str, moment: datetime
) -> UUID:
    """Add a version that is known to be in order."""
    latest = select(func.max(InstrumentVersion.number)).where(InstrumentVersion.instrument_id == instrument_id)
    version_id = uuid7()
    values = {
        "id": version_id,
        "instrument_id": instrument_id,
        "number": (await session.scalar(latest) or 0) + 1,
        "effective_from": draft.effective_from,
        "source": draft.source,
        "note": draft.note,
        "said": fingerprint(draft),
        "recorded_at": moment,
        "recorded_by": by,
    }
    await session.execute(insert(InstrumentVersion).values(values))
    titles = [("", language, None, title) for language, title in draft.titles]
    provisions = [(each.number, each.language, each.heading, each.text) for each in draft.provisions]
    await write_texts(
        session,
        [
            text_row(instrument_id, version_id, place, position, language, heading, body)
            for position, (place, language, heading, body) in enumerate(titles + provisions)
        ],
    )
    return version_id
