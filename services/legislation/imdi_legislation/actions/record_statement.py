"""Record what a source says of an instrument. Nothing recorded is changed: a later statement may replace it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from imdi_common.actor import Actor
from imdi_common.ids import uuid7
from imdi_common.problems import conflict, invalid
from imdi_legislation.actions.library_permission import demand_may_relate, demand_may_state
from imdi_legislation.actions.permission import author_of
from imdi_legislation.actions.refusals import demand_verified, refused
from imdi_legislation.domain.fields import Invalid
from imdi_legislation.domain.plain import fingerprint
from imdi_legislation.domain.statements import StatementDraft, read_statement
from imdi_legislation.domain.who_may import Author
from imdi_legislation.storage.library import InstrumentStatement, moment_of_recording, statement_by
from imdi_legislation.storage.library_periods import keep_what_is_known
from imdi_legislation.storage.tables import Instrument


async def record_statement(
    session: AsyncSession, instrument_id: UUID, body: dict[str, Any], actor: Actor, now: datetime
) -> UUID:
    """Record one statement: 422 for wrong fields, 403 if not the caller's to make, 409 ``already-replaced``."""
    try:
        draft = read_statement(body)
    except Invalid as error:
        raise refused(error) from error
    by = author_of(actor)
    await demand_may_state(session, by, instrument_id, draft)
    moment = await moment_of_recording(session, now)
    await demand_may_state(session, by, instrument_id, draft)
    (added,) = await add_statements(session, instrument_id, [draft], by, moment)
    return added


async def add_statements(
    session: AsyncSession, instrument_id: UUID, drafts: Iterable[StatementDraft], by: Author, moment: datetime
) -> list[UUID]:
    """Add statements that are the author's to make, and bring what is kept of the instruments up to date.

    422 for what does not fit what is here, 403 for a relation that ends or changes what is not the author's. Each bears
    a moment of its own, so that they stay in the order in which they were given.
    """
    rows = [
        await _row(session, instrument_id, draft, by, moment + timedelta(microseconds=number))
        for number, draft in enumerate(drafts)
    ]
    session.add_all(rows)
    touched = [row.object_id for row in rows] + [await _object_of(session, row.replaces) for row in rows]
    await keep_what_is_known(session, {instrument_id, *(each for each in touched if each is not None)})
    return [row.id for row in rows]


async def _row(
    session: AsyncSession, instrument_id: UUID, draft: StatementDraft, by: Author, moment: datetime
) -> InstrumentStatement:
    demand_verified(draft.verified_on, moment)
    return InstrumentStatement(
        id=uuid7(),
        instrument_id=instrument_id,
        kind=draft.kind,
        body=draft.body,
        parties=draft.named(),
        object_id=await _object(session, instrument_id, draft, by),
        source=draft.source,
        confidence=draft.confidence,
        verified_on=draft.verified_on,
        note=draft.note,
        replaces=await _replaced(session, instrument_id, draft),
        said=fingerprint(draft),
        recorded_at=moment,
        recorded_by=by.name,
    )


async def _object(session: AsyncSession, instrument_id: UUID, draft: StatementDraft, by: Author) -> UUID | None:
    if draft.kind != "relation":
        return None
    found = await session.scalar(select(Instrument).where(Instrument.code == draft.body["object"]))
    if found is None or found.id == instrument_id:
        raise invalid("object", "instrument", "The code of another instrument that is here.")
    await demand_may_relate(session, by, draft, found)
    return found.id


async def _replaced(session: AsyncSession, instrument_id: UUID, draft: StatementDraft) -> UUID | None:
    """The statement replaced: of the same instrument and kind, and not replaced yet."""
    if draft.replaces is None:
        return None
    earlier = await statement_by(session, draft.replaces)
    fits = earlier is not None and earlier.kind != "withdrawal" and draft.kind in {"withdrawal", earlier.kind}
    if earlier is None or not fits or earlier.instrument_id != instrument_id:
        raise invalid("replaces", "statement", "The id of a statement of the same kind on this instrument.")
    if await session.scalar(select(InstrumentStatement.id).where(InstrumentStatement.replaces == earlier.id)):
        raise conflict("already-replaced", "A later statement has replaced this one.")
    return earlier.id


async def _object_of(session: AsyncSession, statement_id: UUID | None) -> UUID | None:
    """The instrument to which a relation that is replaced did point."""
    found = select(InstrumentStatement.object_id).where(InstrumentStatement.id == statement_id)
    return await session.scalar(found)
