"""Enter and end what the law of recognition knows: professions, routes, accepted issuers."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from imdi_common.actor import Actor
from imdi_common.ids import uuid7
from imdi_common.problems import conflict, invalid, not_found
from imdi_legislation.actions.permission import demand_may_recognise
from imdi_legislation.actions.refusals import demand_verified, refused
from imdi_legislation.domain.fields import Invalid
from imdi_legislation.domain.periods import beginning_error
from imdi_legislation.domain.plain import plain
from imdi_legislation.domain.recognition import READERS, Draft, IssuerDraft, ProfessionDraft, RouteDraft
from imdi_legislation.domain.succession import DAY
from imdi_legislation.storage.recognition import AcceptedIssuer, Entry, Profession, RecognitionRoute, overlapping
from imdi_legislation.storage.tables import Instrument


async def enter_recognition(
    session: AsyncSession, section: str, body: dict[str, Any], actor: Actor, now: datetime
) -> UUID:
    """Enter what a caller posted into ``professions``, ``routes`` or ``issuers``.

    422 for wrong fields, 403 unless by the country's government or the steward; a profession's entry ends the one
    before it (409 where a later one begins within its days).
    """
    try:
        draft = READERS[section](body)
    except Invalid as error:
        raise refused(error) from error
    demand_may_recognise(actor, draft.sourced.country, law=True)
    await _demand_instruments(session, draft)
    return await add_entry(session, draft, actor.client_id, now)


async def add_entry(session: AsyncSession, draft: Draft, by: str, now: datetime, pack_hash: str | None = None) -> UUID:
    """Add an entry that is known to be in order; its basis names instruments by id."""
    sourced = draft.sourced
    demand_verified(sourced.verified_on, now)
    if isinstance(draft, ProfessionDraft):
        days = sourced.begins, sourced.ends
        _end_before(await overlapping(session, sourced.country, draft.code, *days), sourced.begins)
        await session.flush()  # its days are free before the new entry takes them
    own = {name: value for name, value in plain(draft).items() if name != "sourced"}
    entry = TABLES[type(draft)](
        id=uuid7(),
        country=sourced.country,
        basis=[{"instrument": str(UUID(each.instrument)), "provision": each.provision} for each in sourced.basis],
        effective_from=sourced.begins,
        effective_until=sourced.ends,
        confidence=sourced.confidence,
        verified_on=sourced.verified_on,
        verified_by=sourced.verified_by,
        source=sourced.source,
        note=sourced.note,
        entered_by=by,
        entered_at=now,
        pack_hash=pack_hash,
        **own,
    )
    session.add(entry)
    await session.flush()
    return entry.id


async def end_entry(session: AsyncSession, table: type[Entry], entry_id: UUID, on: date, actor: Actor) -> UUID:
    """From the day ``on`` it holds no more; 409 for what has ended by then, 422 for a day before its first."""
    wrong = beginning_error(on)
    if wrong:
        raise invalid("on", wrong.rule, wrong.detail)
    found = select(table).where(table.id == entry_id).with_for_update()
    entry = await session.scalar(found.execution_options(populate_existing=True))
    if entry is None:
        raise not_found()
    demand_may_recognise(actor, entry.country, law=True)
    if entry.effective_until and entry.effective_until < on:
        raise conflict("wrong-state", "It has ended by that day already.")
    if entry.effective_from and on <= entry.effective_from:
        raise invalid("on", "order", "It is after the first day on which it holds.")
    entry.effective_until = on - DAY
    await session.flush()
    return entry_id


def _end_before(entries: Iterable[Profession], begins: date | None) -> None:
    for entry in entries:
        if begins is None or (entry.effective_from is not None and entry.effective_from >= begins):
            raise conflict("versions-overlap", "The profession is entered for these days already.")
        entry.effective_until = begins - DAY


async def _demand_instruments(session: AsyncSession, draft: Draft) -> None:
    for basis in draft.sourced.basis:
        try:
            known = await session.get(Instrument, UUID(basis.instrument))
        except ValueError:
            known = None
        if known is None:
            raise invalid("basis", "instrument", "Each basis names an instrument by its id.")


TABLES: dict[type[Draft], type[Entry]] = {
    ProfessionDraft: Profession,
    RouteDraft: RecognitionRoute,
    IssuerDraft: AcceptedIssuer,
}
