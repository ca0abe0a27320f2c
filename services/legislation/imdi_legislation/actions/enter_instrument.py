"""Enter a legal instrument."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from imdi_common.actor import Actor
from imdi_common.ids import uuid7
from imdi_common.problems import conflict
from imdi_legislation.actions.permission import author_of, demand_may_enter
from imdi_legislation.actions.record_statement import add_statements
from imdi_legislation.actions.record_version import add_version
from imdi_legislation.actions.refusals import demand_verified, refused
from imdi_legislation.domain.fields import Invalid
from imdi_legislation.domain.instruments import InstrumentDraft, read_instrument
from imdi_legislation.domain.plain import fingerprint
from imdi_legislation.domain.statements import StatementDraft
from imdi_legislation.domain.who_may import Author
from imdi_legislation.storage.library import moment_of_recording
from imdi_legislation.storage.library_texts import text_row, write_texts
from imdi_legislation.storage.tables import Instrument


async def enter_instrument(session: AsyncSession, body: dict[str, Any], actor: Actor, now: datetime) -> UUID:
    """Enter what a caller posted: 422 for wrong fields, 403 if not the caller's to enter, 409 ``code-taken``."""
    try:
        draft = read_instrument(body)
    except Invalid as error:
        raise refused(error) from error
    demand_may_enter(actor, draft.level, draft.parties)
    if await session.scalar(select(Instrument.id).where(Instrument.code == draft.code)):
        raise conflict("code-taken", "Another instrument has this code.")
    return await add_instrument(session, draft, author_of(actor), now)


async def add_instrument(session: AsyncSession, draft: InstrumentDraft, by: Author, now: datetime) -> UUID:
    """Add an instrument that is known to be in order."""
    demand_verified(draft.verified_on, now)
    moment = await moment_of_recording(session, now)
    instrument = Instrument(
        id=uuid7(),
        code=draft.code,
        title=draft.title,
        type=draft.type,
        level=draft.level,
        parties=list(draft.parties),
        adopted_on=draft.adopted_on,
        in_force_on=draft.in_force_on,
        status=draft.status,
        official_url=draft.official_url,
        topics=list(draft.topics),
        confidence=draft.confidence,
        verified_on=draft.verified_on,
        note=draft.note,
        binding=draft.binding,
        entered_by=by.name,
        entered_at=moment,
    )
    session.add(instrument)
    await session.flush()
    texts = [("title", f"{draft.code} {draft.title}", draft.title), ("note", draft.note, draft.note)]
    rows = [
        text_row(instrument.id, None, place, position, "en", None, body) | {"searched": searched}
        for position, (place, searched, body) in enumerate(texts)
        if body
    ]
    await write_texts(session, rows)
    said = {fingerprint(each): each for each in (*_entered(draft), *draft.statements)}
    await add_statements(session, instrument.id, said.values(), by, moment)
    for version in draft.versions:
        await add_version(session, instrument.id, version, by.name, moment)
    return instrument.id


def _entered(draft: InstrumentDraft) -> Iterator[StatementDraft]:
    """What the entry itself says, as statements: so they can be replaced, and stand beside what other sources say."""

    def said(kind: str, **body: Any) -> StatementDraft:
        source = draft.official_url or "as entered"
        return StatementDraft(kind, body, source, draft.confidence, draft.verified_on, None, None)

    if draft.adopted_on:
        yield said("event", event="adopted", date=draft.adopted_on.isoformat())
    if draft.in_force_on:
        yield said("event", event="in_force", date=draft.in_force_on.isoformat())
    yield said("status", status=draft.status)
    if draft.parties:
        yield said("parties", parties=list(draft.parties))
