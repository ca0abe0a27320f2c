"""What is, or was, known of one instrument: its force on a day, parties, relations, sources that differ, its text."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from imdi_common.problems import not_found
from imdi_legislation.domain.in_force import Period
from imdi_legislation.domain.parties import bound, parties_of
from imdi_legislation.domain.statements import Statement, known
from imdi_legislation.domain.versions import version_on
from imdi_legislation.storage.library import (
    InstrumentStatement,
    InstrumentText,
    InstrumentVersion,
    hold_recordings,
    statement_of,
    versions_of,
)
from imdi_legislation.storage.library_periods import Known, as_entered, what_was_known
from imdi_legislation.storage.tables import Instrument


def end_of(known_on: date | None) -> datetime | None:
    """The moment before which was recorded what was known on a day (in UTC)."""
    if known_on is None:
        return None
    return datetime.combine(known_on, time.min, UTC) + timedelta(days=1) if known_on < date.max else None


async def known_instrument(
    session: AsyncSession, instrument_id: UUID, on: date, known_on: date | None, language: str | None
) -> dict[str, Any]:
    """One instrument on a day, as known on a day; ``not-found`` where it was not known then."""
    if known_on:
        await hold_recordings(session)
    instrument = await session.get(Instrument, instrument_id)
    before = end_of(known_on)
    if instrument is None or (before and instrument.entered_at >= before):
        raise not_found()
    then = (await what_was_known(session, [instrument_id], before))[instrument_id]
    return as_entered(then) | {
        "standing": standing(then.period, on),
        "party_standings": [
            {"party": party} | standing(bound(party, then.said, then.period, instrument.level, instrument.type), on)
            for party in parties_of(then.said)
        ],
        "conflicts": conflicts(then),
        "relations": await _relations(session, instrument_id, before),
        "statements": await told(session, then),
        "versions": await _versions(session, instrument_id, before),
        "text": await _text(session, instrument_id, on, before, language),
    }


def standing(period: Period, on: date) -> dict[str, Any]:
    """Whether it binds on a day, between which days, and why that is not sure."""
    answer = period.on(on)
    unsure = answer in {"presumed", "disputed"}
    return {
        "binds": answer,
        "reasons": sorted(period.reasons | ({"sources_conflict"} if answer == "disputed" else set())) if unsure else [],
        "begins": period.begins if period.begins != date.min else None,
        "surely_from": period.surely,
        "ends": period.ends,
        "surely_over": period.over,
    }


def conflicts(then: Known) -> list[dict[str, Any]]:
    """Events for which the sources give different days, with the statements that do."""
    by_event: dict[str, list[Statement]] = {}
    for each in then.said:
        if each.kind == "event" and each.body["event"] != "renewed":
            by_event.setdefault(each.body["event"], []).append(each)
    return [
        {"event": event, "days": [{"date": each.body["date"], "statement": each.id} for each in said]}
        for event, said in by_event.items()
        if len({each.body["date"] for each in said}) > 1
    ]


async def told(session: AsyncSession, then: Known) -> list[dict[str, Any]]:
    """The statements that stood, in the order of their recording, with their sources."""
    ids = [UUID(each.id) for each in then.said]
    rows = await session.scalars(select(InstrumentStatement).where(InstrumentStatement.id.in_(ids)))
    return [shown_statement(row) for row in sorted(rows, key=lambda row: (row.recorded_at, row.id))]


def shown_statement(row: InstrumentStatement) -> dict[str, Any]:
    names = ("id", "kind", "source", "confidence", "verified_on", "note", "replaces", "recorded_at")
    return {name: getattr(row, name) for name in names} | row.body


async def show_statement(session: AsyncSession, statement_id: UUID) -> dict[str, Any]:
    return shown_statement(await session.get_one(InstrumentStatement, statement_id))


async def _relations(session: AsyncSession, instrument_id: UUID, before: datetime | None) -> list[dict[str, Any]]:
    """Relations from and to an instrument that stood before a moment."""
    mine = select(InstrumentStatement.id).where(
        or_(InstrumentStatement.instrument_id == instrument_id, InstrumentStatement.object_id == instrument_id),
        InstrumentStatement.kind == "relation",
    )
    either = or_(InstrumentStatement.id.in_(mine), InstrumentStatement.replaces.in_(mine))
    rows = await session.scalars(select(InstrumentStatement).where(either))
    stood = [each for each in known([statement_of(row) for row in rows], before) if each.kind == "relation"]
    other = {
        each.id: UUID(each.object or "") if each.instrument == str(instrument_id) else UUID(each.instrument)
        for each in stood
    }
    found = await session.scalars(select(Instrument).where(Instrument.id.in_(set(other.values()))))
    named = {instrument.id: instrument for instrument in found}
    return [
        {
            "relation": each.body["relation"],
            "direction": "out" if each.instrument == str(instrument_id) else "in",
            "instrument": other[each.id],
            "code": named[other[each.id]].code,
            "title": named[other[each.id]].title,
            "date": each.body.get("date"),
            "provision": each.body.get("provision"),
        }
        for each in stood
    ]


async def _versions(session: AsyncSession, instrument_id: UUID, before: datetime | None) -> list[dict[str, Any]]:
    versions = await versions_of(session, instrument_id)
    return [shown_version(each) for each in versions if before is None or each.recorded_at < before]


def shown_version(version: InstrumentVersion) -> dict[str, Any]:
    return {
        name: getattr(version, name) for name in ("id", "number", "effective_from", "source", "note", "recorded_at")
    }


async def show_version(session: AsyncSession, version_id: UUID) -> dict[str, Any]:
    """A version with all its texts."""
    version = await session.get_one(InstrumentVersion, version_id)
    return await with_texts(session, version, None)


async def _text(
    session: AsyncSession, instrument_id: UUID, on: date, before: datetime | None, language: str | None
) -> dict[str, Any] | None:
    """The version in effect on a day, as known then, with its texts in one language or in all."""
    version = version_on(await versions_of(session, instrument_id), on, before)
    return await with_texts(session, version, language) if version else None


async def with_texts(session: AsyncSession, version: InstrumentVersion, language: str | None) -> dict[str, Any]:
    found = select(InstrumentText).where(InstrumentText.version_id == version.id).order_by(InstrumentText.position)
    rows: Sequence[InstrumentText] = list(await session.scalars(found))
    wanted = [row for row in rows if language in {None, row.language}]
    return shown_version(version) | {
        "languages": sorted({row.language for row in rows}),
        "titles": [{"language": row.language, "title": row.body} for row in wanted if not row.place],
        "provisions": [
            {"number": row.place, "language": row.language, "heading": row.heading, "text": row.body}
            for row in wanted
            if row.place
        ],
    }
