"""A legal instrument as it is entered: an act, a convention, an agreement, a list."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal, TypeVar, get_args

from imdi_legislation.domain.countries import COUNTRIES
from imdi_legislation.domain.fields import Invalid, Reader
from imdi_legislation.domain.rules import CONFIDENCE
from imdi_legislation.domain.statements import StatementDraft, Status, read_statement
from imdi_legislation.domain.versions import VersionDraft, read_version

InstrumentType = Literal[
    "act", "regulation", "decree", "circular", "code", "convention", "protocol", "treaty", "directive", "agreement",
    "memorandum", "recognition_agreement", "compact", "guidelines", "list",
]  # fmt: skip
Level = Literal["national", "bilateral", "regional", "international"]
Topic = Literal[
    "recruitment", "fees", "contract", "wages", "domestic_work", "health", "recognition", "social_protection",
    "admission", "free_movement", "protection", "institution", "data",
]  # fmt: skip

NOT_BINDING = ("guidelines", "compact", "list")
Part = TypeVar("Part")


@dataclass(frozen=True, slots=True)
class InstrumentDraft:
    code: str
    title: str
    type: str
    level: str
    parties: tuple[str, ...]
    adopted_on: date | None
    in_force_on: date | None
    status: str
    official_url: str | None
    topics: tuple[str, ...]
    confidence: str
    verified_on: date | None
    note: str | None
    binding: bool
    """Whether it binds those that are party to it; guidelines, compacts and lists do not, unless it is said."""
    statements: tuple[StatementDraft, ...] = ()
    versions: tuple[VersionDraft, ...] = ()


def read_instrument(data: Mapping[str, Any]) -> InstrumentDraft:
    """An instrument from JSON; raises ``Invalid`` naming each field that is wrong."""
    reader = Reader(data, "")
    parties = reader.texts("parties")
    if any(party not in COUNTRIES for party in parties):
        reader.wrong("parties", "country", "Each is an ISO 3166-1 alpha-2 code.")
    url = reader.text("official_url", None)
    if isinstance(url, str) and not url.startswith(("https://", "http://")):
        reader.wrong("official_url", "url", "An address that begins with https:// or http://.")
    kind = reader.choice("type", get_args(InstrumentType))
    binding = reader.take("binding", kind not in NOT_BINDING)
    if not isinstance(binding, bool):
        reader.wrong("binding", "boolean", "True or false.")
    draft = InstrumentDraft(
        code=reader.code("code"),
        title=reader.text("title", longest=500),
        type=kind,
        level=reader.choice("level", get_args(Level)),
        parties=parties,
        adopted_on=reader.day("adopted_on", None),
        in_force_on=reader.day("in_force_on", None),
        status=reader.choice("status", get_args(Status)),
        official_url=url,
        topics=reader.choices("topics", get_args(Topic)),
        confidence=reader.choice("confidence", CONFIDENCE),
        verified_on=reader.day("verified_on", None),
        note=reader.text("note", None),
        binding=binding,
        statements=_each(reader, "statements", read_statement),
        versions=_each(reader, "versions", read_version),
    )
    reader.finish()
    return draft


def _each(reader: Reader, name: str, read: Callable[[Mapping[str, Any], str], Part]) -> tuple[Part, ...]:
    """The parts of a list, keeping what is wrong with them among the errors of the whole."""
    parts: list[Part] = []
    for number, part in enumerate(reader.parts(name, [])):
        try:
            parts.append(read(part, f"{name}.{number}"))
        except Invalid as invalid:
            reader.errors += invalid.errors
    return tuple(parts)
