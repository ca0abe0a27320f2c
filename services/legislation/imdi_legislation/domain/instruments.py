"""A legal instrument as it is entered: an act, a convention, an agreement, a list."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal, get_args

from imdi_legislation.domain.countries import COUNTRIES
from imdi_legislation.domain.fields import Reader
from imdi_legislation.domain.rules import CONFIDENCE

InstrumentType = Literal[
    "act", "regulation", "decree", "circular", "code", "convention", "protocol", "treaty", "directive", "agreement",
    "memorandum", "recognition_agreement", "compact", "guidelines", "list",
]  # fmt: skip
Level = Literal["national", "bilateral", "regional", "international"]
Status = Literal["draft", "adopted", "in_force", "partly_in_force", "not_in_force", "repealed", "expired", "denounced"]
Topic = Literal[
    "recruitment", "fees", "contract", "wages", "domestic_work", "health", "recognition", "social_protection",
    "admission", "free_movement", "protection", "institution", "data",
]  # fmt: skip


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


def read_instrument(data: Mapping[str, Any]) -> InstrumentDraft:
    """An instrument from JSON; raises ``Invalid`` naming each field that is wrong."""
    reader = Reader(data, "")
    parties = reader.texts("parties")
    if any(party not in COUNTRIES for party in parties):
        reader.wrong("parties", "country", "Each is an ISO 3166-1 alpha-2 code.")
    url = reader.text("official_url", None)
    if isinstance(url, str) and not url.startswith(("https://", "http://")):
        reader.wrong("official_url", "url", "An address that begins with https:// or http://.")
    draft = InstrumentDraft(
        code=reader.code("code"),
        title=reader.text("title", longest=500),
        type=reader.choice("type", get_args(InstrumentType)),
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
    )
    reader.finish()
    return draft
