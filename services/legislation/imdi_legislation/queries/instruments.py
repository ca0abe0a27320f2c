"""Instruments, read: one with what is known of it, and lists by words, filters and facets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Integer, Select, cast, exists, func, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from imdi_common.problems import not_found
from imdi_legislation.storage.library import InstrumentText
from imdi_legislation.storage.library_texts import asked, best_text
from imdi_legislation.storage.tables import Instrument

SHOWN = (
    "id", "code", "title", "type", "level", "parties", "adopted_on", "in_force_on", "status", "official_url",
    "topics", "confidence", "verified_on", "note", "binding",
)  # fmt: skip
FACETS = ("country", "level", "type", "topic", "status")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a list is narrowed to. ``by``: code, level, status, type, country or party, topic."""

    by: Mapping[str, str] = field(default_factory=dict)
    words: str | None = None
    language: str = "en"
    in_force_on: date | None = None

    def conditions(self) -> list[ColumnElement[bool]]:
        arrays = {"country": Instrument.parties, "party": Instrument.parties, "topic": Instrument.topics}
        found: list[ColumnElement[bool]] = [
            arrays[name].contains([value]) if name in arrays else getattr(Instrument, name) == value
            for name, value in self.by.items()
        ]
        if self.words is not None:
            found.append(exists().where(*self._answers()))
        if self.in_force_on:
            over = or_(Instrument.over.is_(None), Instrument.over > self.in_force_on)
            found += [Instrument.begins <= self.in_force_on, over]
        return found

    def rank(self) -> ColumnElement[int]:
        """How well an instrument answers the words, in millionths: whole, so that a cursor can name it."""
        best = func.max(func.ts_rank(InstrumentText.search, asked(self.words or "", self.language)))
        return cast(select(best * 1_000_000).where(*self._answers()).scalar_subquery(), Integer)

    def _answers(self) -> list[ColumnElement[bool]]:
        matches = InstrumentText.search.op("@@")(asked(self.words or "", self.language))
        return [InstrumentText.instrument_id == Instrument.id, matches]


async def show_instrument(session: AsyncSession, instrument_id: UUID) -> dict[str, Any]:
    """One instrument; ``not-found`` where there is none."""
    instrument = await session.get(Instrument, instrument_id)
    if instrument is None:
        raise not_found()
    return shown(instrument)


async def list_instruments(session: AsyncSession, wanted: Wanted, limit: int, after: Any) -> list[dict[str, Any]]:
    """Instruments after a place: in the order of their codes, or with words the best answer first.

    ``after`` is the last row's code; with words its ``(rank, code)``. With words each row has ``found``: the text that
    answers best, with its place and a snippet.
    """
    if wanted.words is None:
        found = select(Instrument).where(*wanted.conditions()).order_by(Instrument.code).limit(limit)
        if after is not None:
            found = found.where(Instrument.code > after)
        return [shown(instrument) for instrument in await session.scalars(found)]
    return [
        shown(instrument) | {"rank": rank, "found": await _found(session, wanted, instrument.id)}
        for instrument, rank in await session.execute(_ranked(wanted, after).limit(limit))
    ]


def _ranked(wanted: Wanted, after: tuple[int, str] | None) -> Select[Any]:
    inner = select(Instrument.id, wanted.rank().label("rank")).where(*wanted.conditions()).subquery()
    found = select(Instrument, inner.c.rank).join(inner, inner.c.id == Instrument.id)
    if after is not None:
        found = found.where(tuple_(-inner.c.rank, Instrument.code) > (-after[0], after[1]))
    return found.order_by(inner.c.rank.desc(), Instrument.code)


async def _found(session: AsyncSession, wanted: Wanted, instrument_id: UUID) -> dict[str, Any] | None:
    row = (await session.execute(best_text(wanted.words or "", wanted.language, instrument_id))).mappings().first()
    return dict(row) | {"place": row["place"] or "title"} if row else None


async def count_facets(session: AsyncSession, wanted: Wanted, names: list[str]) -> dict[str, dict[str, int]]:
    """How many instruments of the whole list, not of the page, bear each value; an array counts under each of its."""
    columns: dict[str, Any] = {
        "country": func.unnest(Instrument.parties),
        "topic": func.unnest(Instrument.topics),
        "level": Instrument.level,
        "type": Instrument.type,
        "status": Instrument.status,
    }
    counted: dict[str, dict[str, int]] = {}
    for name in names:
        values = select(columns[name].label("value")).where(*wanted.conditions()).subquery()
        grouped = select(values.c.value, func.count()).group_by(values.c.value).order_by(values.c.value)
        counted[name] = {value: count for value, count in await session.execute(grouped)}  # noqa: C416 - rows are no pairs to the type checker
    return counted


def shown(instrument: Instrument) -> dict[str, Any]:
    return {name: getattr(instrument, name) for name in SHOWN}
