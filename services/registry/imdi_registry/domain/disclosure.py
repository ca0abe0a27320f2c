"""Who sees which field of a worker: a table of role × stage × consent × field, kept as data, and what it decides."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal, cast, get_args

from imdi_registry.domain.identity import Identity, age

Level = Literal["none", "yes-no", "masked", "full"]
LEVELS: tuple[Level, ...] = get_args(Level)
"""From nothing to everything."""
FIELDS = (
    "given_names",
    "family_name",
    "birth_date",
    "sex",
    "nationality",
    "country",
    "passport_number",
    "passport_issuing_country",
    "passport_expires_on",
    "phone",
    "email",
)
Row = tuple[str, str]
"""Role and stage: what the viewer is to the worker, and how far it has gone."""
PLACEMENT_STAGES = {
    "proposed": "proposed",
    "accepted": "proposed",
    "selected": "proposed",
    "offered": "offered",
    "agreed": "agreed",
    "ready": "agreed",
    "deployed": "agreed",
}
"""The stage of the vacancy's owner by the placement's status; a completed or withdrawn one shows nothing."""
OPEN_PREPARATIONS = frozenset({"opened", "planned", "in_progress", "cleared", "revoked", "departed"})
"""While its preparation is one of these, an item's performer sees what it needs; then nothing."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One line of the table: the consent it rests on (None: it needs none), and the level of each field."""

    consent: str | None
    levels: Mapping[str, Level]


Table = Mapping[Row, Rule]


def parse(lines: Iterable[str]) -> Table:
    """The stored table. A level that cannot be shown, or a missing field, is refused: no cell is guessed."""
    table: dict[Row, Rule] = {}
    for line in csv.DictReader(lines):
        levels = {field: cast(Level, line[field]) for field in FIELDS}
        for field, level in levels.items():
            if level not in LEVELS or (level in ("masked", "yes-no") and (field, level) not in _SHOWN):
                raise ValueError(f"{line['role']} {line['stage']} {field}: no such level as {level}")
        table[line["role"], line["stage"]] = Rule(line["consent"] or None, levels)
    return table


def decide(table: Table, rows: AbstractSet[Row], consents: AbstractSet[str]) -> dict[str, Level]:
    """The level of each field that a viewer in these rows sees: the most that any one row grants. Default: nothing."""
    granting = [table[row] for row in rows if row in table and table[row].consent in (None, *consents)]
    best: dict[str, Level] = {
        field: LEVELS[max((LEVELS.index(rule.levels[field]) for rule in granting), default=0)] for field in FIELDS
    }
    return {field: level for field, level in best.items() if level != "none"}


def view(identity: Identity, levels: Mapping[str, Level], today: date) -> dict[str, Any]:
    """What is shown: full fields under their own names, masked and yes-no ones under names that say so."""
    plain = _plain(identity)
    shown: dict[str, Any] = {}
    for field, level in levels.items():
        if level == "full":
            shown[field] = plain[field]
        else:
            name, show = _SHOWN[field, level]
            shown[name] = show(plain[field], today)
    return shown


def age_band(birth_date: date, today: date) -> str:
    """Ten years wide: ``30-39``."""
    decade = max(age(birth_date, today), 0) // 10 * 10
    return f"{decade}-{decade + 9}"


def last_three(number: str) -> str:
    """All but the last three signs as dots; a short number is hidden whole."""
    return "•" * len(number) if len(number) < 6 else "•" * (len(number) - 3) + number[-3:]


_SHOWN: dict[tuple[str, Level], tuple[str, Callable[[Any, date], Any]]] = {
    ("birth_date", "masked"): ("age_band", age_band),
    ("birth_date", "yes-no"): ("adult", lambda born, today: age(born, today) >= 18),
    ("passport_number", "masked"): ("passport_number", lambda number, _: last_three(number)),
}


def _plain(identity: Identity) -> dict[str, Any]:
    passport = identity.passport
    return {
        "given_names": identity.given_names,
        "family_name": identity.family_name,
        "birth_date": identity.birth_date,
        "sex": identity.sex,
        "nationality": identity.nationality,
        "country": identity.country,
        "passport_number": passport.number,
        "passport_issuing_country": passport.issuing_country,
        "passport_expires_on": passport.expires_on,
        "phone": identity.phone,
        "email": identity.email,
    }
