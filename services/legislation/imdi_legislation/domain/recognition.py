"""Recognition of qualifications as law: professions regulated or not, routes to recognition, issuers accepted."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal, TypeVar, get_args

from imdi_legislation.domain.countries import COUNTRIES, EVERYWHERE, GROUPS
from imdi_legislation.domain.drafts import BasisDraft
from imdi_legislation.domain.fields import Invalid, Reader
from imdi_legislation.domain.money import Money
from imdi_legislation.domain.periods import beginning_error
from imdi_legislation.domain.rules import CONFIDENCE

Route = Literal["automatic", "general", "agreement", "licence_exam"]
"""By law without a test, after comparison with the country's own training, by a treaty on it, by an examination."""
TIME_LIMITS = ("acknowledgement", "decision", "fast_track")
PROFESSION_LONGEST = 50
"""A profession's code is part of a fact's name (``worker.facts.recognised_<profession>``)."""


@dataclass(frozen=True, slots=True)
class Sourced:
    """Where an entry stands, when it holds, and how sure that is. No first day: for as long as anybody knows."""

    country: str
    basis: tuple[BasisDraft, ...]
    begins: date | None
    ends: date | None
    confidence: str
    verified_on: date | None
    verified_by: str | None
    source: str | None
    note: str | None


@dataclass(frozen=True, slots=True)
class ProfessionDraft:
    """A profession in one country: whether it may be practised without recognition. ISCO-08 prefixes."""

    sourced: Sourced
    code: str
    title: str
    occupations: tuple[str, ...]
    regulated: bool


@dataclass(frozen=True, slots=True)
class RouteDraft:
    """A way to recognition in a country for qualifications awarded in ``origins`` (ISO codes, groups, ``*``)."""

    sourced: Sourced
    profession: str
    origins: tuple[str, ...]
    route: Route
    authority: str
    time_limits: Mapping[str, str]
    """ISO 8601 durations by ``acknowledgement``, ``decision``, ``fast_track``."""
    fee: Money | None


@dataclass(frozen=True, slots=True)
class IssuerDraft:
    """An issuer whose certificates an authority of a country accepts; ``issued_in``: only those from there."""

    sourced: Sourced
    certificate: str
    """The item's code, as ``language_certificate``."""
    issuer: str
    issued_in: tuple[str, ...]
    authority: str


Draft = ProfessionDraft | RouteDraft | IssuerDraft
Read = TypeVar("Read")


def read_profession(data: Mapping[str, Any]) -> ProfessionDraft:
    """A profession from JSON; raises ``Invalid`` naming each field that is wrong."""

    def read(reader: Reader, sourced: Sourced) -> ProfessionDraft:
        occupations = reader.texts("occupations")
        if not all(text.isascii() and text.isdigit() and len(text) <= 4 for text in occupations):
            reader.wrong("occupations", "isco", "Each is one to four digits of ISCO-08.")
        regulated = reader.take("regulated")
        if regulated is not None and not isinstance(regulated, bool):
            reader.wrong("regulated", "boolean", "True or false.")
        code, title = read_profession_code(reader, "code"), reader.text("title", longest=200)
        return ProfessionDraft(sourced, code, title, occupations, regulated)

    return _read(data, read)


def read_route(data: Mapping[str, Any]) -> RouteDraft:
    """A route from JSON; raises ``Invalid`` naming each field that is wrong."""

    def read(reader: Reader, sourced: Sourced) -> RouteDraft:
        limits = Reader(reader.part("time_limits") if "time_limits" in data else {}, "time_limits")
        durations = {name: limit for name in TIME_LIMITS if (limit := limits.duration(name)) is not None}
        take_over(reader, limits)
        return RouteDraft(
            sourced,
            read_profession_code(reader, "profession"),
            _places(reader, "origins", COUNTRIES | GROUPS | {EVERYWHERE}),
            reader.choice("route", get_args(Route)),
            reader.text("authority", longest=200),
            durations,
            reader.money("fee"),
        )

    return _read(data, read)


def read_issuer(data: Mapping[str, Any]) -> IssuerDraft:
    """An accepted issuer from JSON; raises ``Invalid`` naming each field that is wrong."""

    def read(reader: Reader, sourced: Sourced) -> IssuerDraft:
        return IssuerDraft(
            sourced,
            reader.name("certificate"),
            reader.text("issuer", longest=200),
            _places(reader, "issued_in", COUNTRIES | {EVERYWHERE}),
            reader.text("authority", longest=200),
        )

    return _read(data, read)


READERS: Mapping[str, Callable[[Mapping[str, Any]], Draft]] = {
    "professions": read_profession,
    "routes": read_route,
    "issuers": read_issuer,
}
"""By the name of the section of a pack that holds them."""


def read_profession_code(reader: Reader, name: str) -> Any:
    code = reader.name(name)
    if isinstance(code, str) and len(code) > PROFESSION_LONGEST:
        reader.wrong(name, "name", f"At most {PROFESSION_LONGEST} characters.")
    return code


def read_country(reader: Reader, name: str, *default: None) -> Any:
    country = reader.take(name, *default)
    if country is not None and not (isinstance(country, str) and country in COUNTRIES):
        reader.wrong(name, "country", "An ISO 3166-1 alpha-2 code.")
    return country


def take_over(reader: Reader, inner: Reader) -> None:
    """The errors of an object within; those name their whole path already."""
    try:
        inner.finish()
    except Invalid as invalid:
        reader.errors.extend(invalid.errors)


def _read(data: Mapping[str, Any], read: Callable[[Reader, Sourced], Read]) -> Read:
    reader = Reader(data, "")
    draft = read(reader, _sourced(reader))
    reader.finish()
    return draft


def _sourced(reader: Reader) -> Sourced:
    effective = Reader(reader.part("effective"), "effective")
    begins, ends = effective.day("from", None), effective.day("until", None)
    if begins and (wrong := beginning_error(begins)):
        effective.wrong(wrong.field, wrong.rule, wrong.detail)
    if begins and ends and ends < begins:
        effective.wrong("until", "order", "until is not before from.")
    take_over(reader, effective)
    return Sourced(
        country=read_country(reader, "country"),
        basis=_bases(reader),
        begins=begins,
        ends=ends,
        confidence=reader.choice("confidence", CONFIDENCE),
        verified_on=reader.day("verified_on", None),
        verified_by=reader.text("verified_by", None, longest=200),
        source=reader.text("source", None),
        note=reader.text("note", None),
    )


def _bases(reader: Reader) -> tuple[BasisDraft, ...]:
    found = []
    for number, part in enumerate(reader.parts("basis")):
        basis = Reader(part, f"basis.{number}")
        found.append(BasisDraft(basis.text("instrument", longest=100), basis.text("provision", None, longest=200)))
        take_over(reader, basis)
    if not found and not any(error.field == "basis" for error in reader.errors):
        reader.wrong("basis", "required", "It stands on at least one instrument.")
    return tuple(found)


def _places(reader: Reader, name: str, known: frozenset[str]) -> tuple[str, ...]:
    places = reader.texts(name)
    if not places or any(place not in known for place in places):
        reader.wrong(name, "country", "At least one; each a country's code, or *.")
    return places
