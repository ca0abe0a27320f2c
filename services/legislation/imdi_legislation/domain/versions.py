"""A version of an instrument: its text from a day on, provision by provision, in one or several languages."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol, TypeVar

from imdi_legislation.domain.fields import Reader

LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}")
"""BCP 47, as far as the languages of laws need it."""
MOST_PROVISIONS = 2000


@dataclass(frozen=True, slots=True)
class ProvisionDraft:
    number: str
    language: str
    heading: str | None
    text: str


@dataclass(frozen=True, slots=True)
class VersionDraft:
    effective_from: date
    titles: tuple[tuple[str, str], ...]
    """Language and title."""
    provisions: tuple[ProvisionDraft, ...]
    source: str
    note: str | None


class Dated(Protocol):
    @property
    def effective_from(self) -> date: ...
    @property
    def recorded_at(self) -> datetime: ...


Version = TypeVar("Version", bound=Dated)


def version_on(versions: Sequence[Version], on: date, before: datetime | None) -> Version | None:
    """The version in effect on a day, as known before a moment; of two from the same day the one recorded later."""
    then = [each for each in versions if before is None or each.recorded_at < before]
    begun = [each for each in then if each.effective_from <= on]
    return max(begun, key=lambda each: (each.effective_from, each.recorded_at), default=None)


def read_version(data: Mapping[str, Any], path: str = "") -> VersionDraft:
    """A version from JSON; raises ``Invalid`` naming each field that is wrong."""
    reader = Reader(data, path)
    titles = [_part(reader, f"titles.{n}", each, _title) for n, each in enumerate(reader.parts("titles", []))]
    provisions = reader.parts("provisions", [])
    if len(provisions) > MOST_PROVISIONS:
        reader.wrong("provisions", "too_many", f"At most {MOST_PROVISIONS}.")
        provisions = []
    read = [_part(reader, f"provisions.{n}", each, _provision) for n, each in enumerate(provisions)]
    places = [(each.number, each.language) for each in read if each]
    if len(set(places)) < len(places):
        reader.wrong("provisions", "unique", "Each number stands once in a language.")
    if not titles and not provisions and not reader.errors:
        reader.wrong("provisions", "required", "A version has provisions, or titles at the least.")
    draft = VersionDraft(
        effective_from=reader.day("effective_from"),
        titles=tuple(each for each in titles if each),
        provisions=tuple(each for each in read if each),
        source=reader.text("source", longest=500),
        note=reader.text("note", None),
    )
    reader.finish()
    return draft


def _part(reader: Reader, path: str, data: Mapping[str, Any], read: Any) -> Any:
    """Read an object within, keeping its errors among those of the whole."""
    inner = Reader(data, path)
    value = read(inner)
    for name in data:
        if name not in inner.read:
            inner.wrong(name, "unknown_field", "There is no such field here.")
    reader.errors += inner.errors
    return None if inner.errors else value


def _language(reader: Reader) -> str:
    language = reader.text("language", longest=35)
    if language is not None and not LANGUAGE.fullmatch(language):
        reader.wrong("language", "language", "A language of BCP 47: en, ne, zh-Hant.")
    return str(language)


def _title(reader: Reader) -> tuple[str, str]:
    return _language(reader), reader.text("title", longest=500)


def _provision(reader: Reader) -> ProvisionDraft:
    return ProvisionDraft(
        number=reader.text("number", longest=100),
        language=_language(reader),
        heading=reader.text("heading", None, longest=500),
        text=reader.text("text", longest=50_000),
    )
