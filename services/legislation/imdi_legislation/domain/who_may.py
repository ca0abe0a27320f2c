"""Who may make law: governments for their own ends, the steward for what binds everywhere."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from imdi_legislation.domain.countries import COUNTRIES

OPEN_TO_CLAIMS = ("regional", "international")
"""Levels of instruments of which any government may state its own standing."""


@dataclass(frozen=True, slots=True)
class Author:
    """Who records in the library: the name kept beside what is recorded, and by what right."""

    name: str
    government_of: str | None
    is_steward: bool

    def may_enter(self, level: str, parties: Collection[str]) -> bool:
        return may_enter(self.government_of, self.is_steward, level, parties)


def may_rule(government_of: str | None, is_steward: bool, named: Collection[str], levels: Collection[str]) -> bool:
    """Whether a rule is the caller's to make.

    ``named`` are the countries named at either end of its scope, ``levels`` those of the instruments of its basis.
    The government of a country named may; the steward may where no country is named, and where the basis is
    international law alone.
    """
    if government_of is not None and government_of in named:
        return True
    return is_steward and (not named or set(levels) == {"international"})


def may_enter(government_of: str | None, is_steward: bool, level: str, parties: Collection[str]) -> bool:
    """Whether an instrument is the caller's to enter: a party's government; the steward for international ones."""
    named = set(parties) & COUNTRIES
    if level == "international" or not named:
        return is_steward
    return government_of is not None and government_of in named
