"""Enter one row of an import: a new instrument, or what is new of one that is there."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from imdi_common.problems import conflict, forbidden
from imdi_legislation.actions.complete_instrument import complete_instrument
from imdi_legislation.actions.enter_instrument import add_instrument
from imdi_legislation.actions.library_permission import demand_may_record
from imdi_legislation.actions.permission import NOT_YOURS
from imdi_legislation.actions.refusals import refused
from imdi_legislation.domain.fields import Invalid
from imdi_legislation.domain.instruments import InstrumentDraft, read_instrument
from imdi_legislation.domain.who_may import Author
from imdi_legislation.storage.library import InstrumentImport
from imdi_legislation.storage.tables import Instrument

COMPARED = (
    "title", "type", "level", "parties", "adopted_on", "in_force_on", "status", "official_url", "topics", "confidence",
    "verified_on", "note", "binding",
)  # fmt: skip


async def import_row(
    session: AsyncSession, going: InstrumentImport, body: Mapping[str, Any], now: datetime
) -> tuple[str, UUID]:
    """The outcome (created, updated, unchanged) and the instrument; a ``Problem`` where the row is refused.

    Who began the import is asked as at its beginning. An instrument that is there is never changed by a row: where its
    fields differ the row is refused; statements and versions that it has not are recorded.
    """
    try:
        draft = read_instrument(body)
    except Invalid as error:
        raise refused(error) from error
    by = Author(going.client_id, going.government_of, going.is_steward)
    existing = await session.scalar(select(Instrument).where(Instrument.code == draft.code))
    if existing is None:
        if not by.may_enter(draft.level, draft.parties):
            raise forbidden(NOT_YOURS)
        return "created", await add_instrument(session, draft, by, now)
    await demand_may_record(session, by, existing.id)
    if not _same(existing, draft):
        raise conflict("code-taken", "Another instrument has this code; what changes it is recorded as a statement.")
    updated = await complete_instrument(session, existing.id, draft, by, now)
    return "updated" if updated else "unchanged", existing.id


def _same(existing: Instrument, draft: InstrumentDraft) -> bool:
    def plain(value: Any) -> Any:
        return sorted(value) if isinstance(value, list | tuple) else value

    return all(plain(getattr(existing, name)) == plain(getattr(draft, name)) for name in COMPARED)
