"""Where a rule binds: origins, destinations and occupations."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from imdi_legislation.domain.countries import COUNTRIES, EVERYWHERE, GROUPS, ever_members, members
from imdi_legislation.domain.fields import FieldError

Side = Literal["origins", "destinations", "occupations"]
SIDES: tuple[Side, ...] = ("origins", "destinations", "occupations")


@dataclass(frozen=True, slots=True)
class Scope:
    """Countries (ISO 3166-1 codes, groups such as ``GCC``, ``*``) and ISCO-08 prefixes (``53``, ``*``)."""

    origins: tuple[str, ...]
    destinations: tuple[str, ...]
    occupations: tuple[str, ...]

    def covers(self, origin: str, destination: str, occupation: str, on: date) -> bool:
        """Whether the rule binds on that corridor and occupation, groups being those of the day."""
        return (
            _within(self.origins, origin, on)
            and _within(self.destinations, destination, on)
            and any(prefix == EVERYWHERE or occupation.startswith(prefix) for prefix in self.occupations)
        )

    def spelt_out(self, on: date) -> Scope:
        """The same with each group as the countries that belong to it on a day."""
        return Scope(_spell(self.origins, on), _spell(self.destinations, on), self.occupations)

    def named(self) -> frozenset[str]:
        """The countries named at either end: their governments may make the rule."""
        return frozenset((*self.origins, *self.destinations)) & COUNTRIES

    def meets(self, other: Scope) -> Scope | None:
        """The scope that both share, None where they never bind together. Groups count with all that ever belonged."""
        origins = _shared(self.origins, other.origins)
        destinations = _shared(self.destinations, other.destinations)
        occupations = _shared_prefixes(self.occupations, other.occupations)
        return Scope(origins, destinations, occupations) if origins and destinations and occupations else None


def met_with_first(side: Side, scopes: Sequence[Scope]) -> list[frozenset[int]]:
    """The largest sets of scopes, as places in the list, that the first meets all together on one side of theirs."""
    parts = [_parts(side, scope) for scope in scopes]
    found = {
        frozenset(place for place, part in enumerate(parts) if _has(side, part, point))
        for point in parts[0].union(*parts[1:], [EVERYWHERE])
    }
    meeting = sorted((places for places in found if 0 in places), key=lambda places: (-len(places), sorted(places)))
    largest: list[frozenset[int]] = []
    for places in meeting:
        if not any(places <= larger for larger in largest):
            largest.append(places)
    return largest


def _parts(side: Side, scope: Scope) -> frozenset[str]:
    return frozenset(scope.occupations) if side == "occupations" else _ever(getattr(scope, side))


def _has(side: Side, part: frozenset[str], point: str) -> bool:
    """Whether a country or a prefix, ``*`` for all that nobody names, lies within."""
    if EVERYWHERE in part or side != "occupations":
        return EVERYWHERE in part or point in part
    return any(point.startswith(prefix) for prefix in part)


def scope_errors(scope: Scope) -> list[FieldError]:
    """What is wrong with a scope, naming each field."""
    errors = []
    for end in ("origins", "destinations"):
        places: tuple[str, ...] = getattr(scope, end)
        unknown = [place for place in places if place not in COUNTRIES | GROUPS | {EVERYWHERE}]
        if not places:
            errors.append(FieldError(f"scope.{end}", "required", "Name at least one country, or *."))
        if unknown:
            detail = f"Each is an ISO 3166-1 code, a group ({', '.join(sorted(GROUPS))}) or *."
            errors.append(FieldError(f"scope.{end}", "country", detail))
    if not scope.occupations or not all(map(_is_prefix, scope.occupations)):
        detail = "Each is one to four digits of ISCO-08, or *; at least one."
        errors.append(FieldError("scope.occupations", "isco", detail))
    return errors


def _is_prefix(text: str) -> bool:
    return text == EVERYWHERE or (text.isascii() and text.isdigit() and len(text) <= 4)


def _within(places: Iterable[str], country: str, on: date) -> bool:
    return any(
        place in (EVERYWHERE, country) or (place in GROUPS and country in members(place, on)) for place in places
    )


def _spell(places: tuple[str, ...], on: date) -> tuple[str, ...]:
    if EVERYWHERE in places:
        return (EVERYWHERE,)
    return tuple(
        sorted({country for place in places for country in (members(place, on) if place in GROUPS else [place])})
    )


def _shared(ours: tuple[str, ...], theirs: tuple[str, ...]) -> tuple[str, ...]:
    if EVERYWHERE in ours:
        return theirs
    if EVERYWHERE in theirs:
        return ours
    return tuple(sorted(_ever(ours) & _ever(theirs)))


def _ever(places: tuple[str, ...]) -> frozenset[str]:
    return frozenset(country for place in places for country in (ever_members(place) if place in GROUPS else [place]))


def _shared_prefixes(ours: tuple[str, ...], theirs: tuple[str, ...]) -> tuple[str, ...]:
    pairs = [("" if a == EVERYWHERE else a, "" if b == EVERYWHERE else b) for a in ours for b in theirs]
    shared = {max(a, b, key=len) for a, b in pairs if a.startswith(b) or b.startswith(a)}
    return tuple(sorted(prefix or EVERYWHERE for prefix in shared))
