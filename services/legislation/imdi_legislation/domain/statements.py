"""What a source says of an instrument: its events, status, parties, term, relations. Statements are never changed.

A statement that turns out wrong is replaced by a later one, or withdrawn: what was known on an earlier day stays what
it was. Sources that contradict each other stand side by side. Relations are those of the European Legislation
Identifier (ELI): ``is_part_of`` also says that one is annexed to the other, ``based_on`` that it was made under it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal, get_args

from imdi_legislation.domain.countries import COUNTRIES
from imdi_legislation.domain.days import is_span
from imdi_legislation.domain.fields import Reader
from imdi_legislation.domain.rules import CONFIDENCE

Kind = Literal["event", "status", "parties", "term", "party", "relation", "withdrawal"]
Event = Literal[
    "adopted", "signed", "published", "in_force", "applied_provisionally", "transposition_due", "renewed", "repealed",
    "expired", "denounced",
]  # fmt: skip
PartyStatus = Literal["signed", "ratified", "acceded", "in_force", "reservation", "denounced"]
Relation = Literal[
    "amends", "repeals", "implements", "transposes", "cites", "consolidates", "commences", "based_on", "is_part_of"
]
CHANGING: tuple[Relation, ...] = ("repeals", "amends", "commences")
"""The relations by which an instrument ends or changes its object, or brings it into force."""
Renewal = Literal["automatic", "by_agreement", "stalled", "none"]
Status = Literal["draft", "adopted", "in_force", "partly_in_force", "not_in_force", "repealed", "expired", "denounced"]


@dataclass(frozen=True, slots=True)
class StatementDraft:
    """One statement as it is entered; ``body`` holds the fields of its kind."""

    kind: str
    body: dict[str, Any]
    source: str
    confidence: str
    verified_on: date | None
    note: str | None
    replaces: str | None

    def named(self) -> list[str]:
        """The parties of which it speaks."""
        return list(self.body.get("parties") or [self.body[name] for name in ("party",) if name in self.body])


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement as it is kept. ``object`` is the id of the instrument to which a relation points."""

    id: str
    instrument: str
    kind: str
    body: Mapping[str, Any]
    recorded_at: datetime
    replaces: str | None = None
    object: str | None = None
    verified_on: date | None = None


def known(statements: list[Statement], before: datetime | None = None) -> list[Statement]:
    """Those recorded before a moment and not replaced before it, oldest first; all that stands, without a moment.

    Whatever is recorded at that moment or later changes nothing of the answer.
    """
    then = [each for each in statements if before is None or each.recorded_at < before]
    replaced = {each.replaces for each in then}
    standing = [each for each in then if each.id not in replaced and each.kind != "withdrawal"]
    return sorted(standing, key=lambda each: (each.recorded_at, each.id))


def read_statement(data: Mapping[str, Any], path: str = "") -> StatementDraft:
    """A statement from JSON; raises ``Invalid`` naming each field that is wrong."""
    reader = Reader(data, path)
    kind = reader.choice("kind", get_args(Kind))
    body = _BODIES[kind](reader) if kind in _BODIES else {}
    draft = StatementDraft(
        kind=kind,
        body={name: value for name, value in body.items() if value is not None},
        source=reader.text("source", longest=500),
        confidence=reader.choice("confidence", CONFIDENCE, "secondary"),
        verified_on=reader.day("verified_on", None),
        note=reader.text("note", None),
        replaces=reader.text("replaces", longest=36) if kind == "withdrawal" else reader.text("replaces", None),
    )
    reader.finish()
    return draft


def _dated(reader: Reader, name: str, *, required: bool) -> Any:
    value = reader.take(name) if required else reader.take(name, None)
    if value is not None and not is_span(value):
        reader.wrong(name, "date", "A day, month or year of the calendar: YYYY-MM-DD, YYYY-MM or YYYY.")
        return None
    return value


def _event(reader: Reader) -> dict[str, Any]:
    event = reader.choice("event", get_args(Event))
    until = reader.day("until") if event == "renewed" else None
    return {
        "event": event,
        "date": _dated(reader, "date", required=True),
        "until": until.isoformat() if isinstance(until, date) else None,
    }


def _status(reader: Reader) -> dict[str, Any]:
    day = reader.day("date", None)
    status = reader.choice("status", get_args(Status))
    return {"status": status, "date": day.isoformat() if isinstance(day, date) else None}


def _countries(reader: Reader) -> dict[str, Any]:
    parties = reader.texts("parties")
    if any(party not in COUNTRIES for party in parties):
        reader.wrong("parties", "country", "Each is an ISO 3166-1 alpha-2 code.")
    return {"parties": list(parties)}


def _term(reader: Reader) -> dict[str, Any]:
    renewal = reader.choice("renewal", get_args(Renewal))
    duration = reader.duration("duration")
    if duration is None and not reader.errors:
        reader.wrong("duration", "required", "This field is required.")
    return {"duration": duration, "renewal": renewal}


def _party(reader: Reader) -> dict[str, Any]:
    party = reader.take("party")
    if party is not None and not (isinstance(party, str) and party in COUNTRIES):
        reader.wrong("party", "country", "An ISO 3166-1 alpha-2 code.")
    status = reader.choice("status", get_args(PartyStatus))
    text = reader.text("text") if status == "reservation" else reader.text("text", None)
    return {"party": party, "status": status, "date": _dated(reader, "date", required=False), "text": text}


def _relation(reader: Reader) -> dict[str, Any]:
    return {
        "relation": reader.choice("relation", get_args(Relation)),
        "object": reader.code("object"),
        "date": _dated(reader, "date", required=False),
        "provision": reader.text("provision", None, longest=200),
    }


_BODIES = {
    "event": _event, "status": _status, "parties": _countries, "term": _term, "party": _party, "relation": _relation,
}  # fmt: skip
