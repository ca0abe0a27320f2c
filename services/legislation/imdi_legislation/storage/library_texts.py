"""Texts of the library, searched by PostgreSQL's own full text in the language in which they are written."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Text, bindparam, cast, func, insert, select
from sqlalchemy.dialects.postgresql import REGCONFIG
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql import ColumnElement

from imdi_common.ids import uuid7
from imdi_legislation.storage.library import InstrumentText

STEMMED = {
    "ar": "arabic", "da": "danish", "de": "german", "en": "english", "es": "spanish", "fi": "finnish", "fr": "french",
    "hi": "hindi", "hu": "hungarian", "id": "indonesian", "it": "italian", "ne": "nepali", "nl": "dutch",
    "no": "norwegian", "pt": "portuguese", "ro": "romanian", "ru": "russian", "sv": "swedish", "ta": "tamil",
    "tr": "turkish",
}  # fmt: skip
"""PostgreSQL's configuration by language; in others words are found as they are written."""


def configuration(language: str) -> str:
    return STEMMED.get(language.partition("-")[0], "simple")


def text_row(
    instrument_id: UUID,
    version_id: UUID | None,
    place: str,
    position: int,
    language: str,
    heading: str | None,
    body: str,
) -> dict[str, Any]:
    return {
        "id": uuid7(),
        "instrument_id": instrument_id,
        "version_id": version_id,
        "place": place,
        "position": position,
        "language": language,
        "heading": heading,
        "body": body,
        "searched": f"{heading or ''} {body}",
        "configured": configuration(language),
    }


async def write_texts(session: AsyncSession, rows: Sequence[dict[str, Any]]) -> None:
    """Write texts as they are, and as they are searched: each word as it is written and by its stem."""
    if not rows:
        return
    searched = bindparam("searched", type_=Text)
    as_written = func.to_tsvector(cast("simple", REGCONFIG), searched)
    by_stem = func.to_tsvector(cast(bindparam("configured", type_=Text), REGCONFIG), searched)
    await session.execute(insert(InstrumentText).values(search=as_written.op("||")(by_stem)), list(rows))


def asked(words: str, language: str) -> ColumnElement[Any]:
    """What somebody wrote into a search field, as a query; no text is an error, one without words finds nothing."""
    as_written = func.websearch_to_tsquery(cast("simple", REGCONFIG), words)
    return as_written.op("||")(func.websearch_to_tsquery(cast(configuration(language), REGCONFIG), words))


def snippet(words: str, language: str, body: Any) -> ColumnElement[str]:
    """The place in a text where the words stand, each between ``«`` and ``»``."""
    options = "StartSel=«, StopSel=», MaxFragments=2, MaxWords=25, MinWords=8"
    return func.ts_headline(cast(configuration(language), REGCONFIG), body, asked(words, language), options)


def best_text(words: str, language: str, instrument_id: Any) -> Any:
    """The text of an instrument that answers the words best: its place, version and snippet."""
    ranked = func.ts_rank(InstrumentText.search, asked(words, language)).desc()
    return (
        select(
            InstrumentText.place,
            InstrumentText.language,
            InstrumentText.version_id,
            snippet(words, language, InstrumentText.body).label("snippet"),
        )
        .where(InstrumentText.instrument_id == instrument_id, InstrumentText.search.op("@@")(asked(words, language)))
        .order_by(ranked, InstrumentText.position)
        .limit(1)
    )
