"""Conditions over screening facts, judged three-valued: true, false, or unknown (``None``).

A condition is CEL at its home in legislation; it arrives here as a tree of comparisons, and means what CEL means.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Fact = bool | int | str
Facts = Mapping[str, Fact]
LANGUAGE = "worker.language."
"""A language's fact is its CEFR level, 1 to 6; one that is not stated is 0 and never unknown."""

_OPERATORS: Mapping[str, Callable[[Any, Any], bool]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "in": lambda value, options: value in options,
}


@dataclass(frozen=True, slots=True)
class Compare:
    fact: str
    op: str
    value: Fact | tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class All:
    parts: tuple[Screen, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    parts: tuple[Screen, ...]


@dataclass(frozen=True, slots=True)
class Not:
    part: Screen


Screen = Compare | All | AnyOf | Not


def read(tree: Mapping[str, Any]) -> Screen:
    """A condition from its JSON form (``imdi_contracts.legislation.Screen``)."""
    if "all" in tree:
        return All(tuple(read(part) for part in tree["all"]))
    if "any" in tree:
        return AnyOf(tuple(read(part) for part in tree["any"]))
    if "negated" in tree:
        return Not(read(tree["negated"]))
    value = tree["value"]
    return Compare(tree["fact"], tree["op"], tuple(value) if isinstance(value, list) else value)


def look_up(facts: Facts, name: str) -> Fact | None:
    """A fact's value; ``None`` where it is unknown."""
    return facts.get(name, 0 if name.startswith(LANGUAGE) else None)


def judge(screen: Screen, facts: Facts) -> bool | None:
    """Whether the condition holds. As in CEL, one false part decides an "and", one true part an "or"."""
    match screen:
        case Compare():
            return _compare(look_up(facts, screen.fact), screen)
        case Not():
            held = judge(screen.part, facts)
            return None if held is None else not held
        case All() | AnyOf():
            deciding = isinstance(screen, AnyOf)
            held_parts = {judge(part, facts) for part in screen.parts}
            if deciding in held_parts:
                return deciding
            return None if None in held_parts else not deciding


def _compare(value: Fact | None, test: Compare) -> bool | None:
    """One comparison; values of different types have no answer, as in CEL (where ``true`` is not 1)."""
    options = test.value if isinstance(test.value, tuple) else (test.value,)
    if value is None or any(type(option) is not type(value) for option in options):
        return None
    return _OPERATORS[test.op](value, test.value)


def needs_fact(screen: Screen, facts: Facts) -> str | None:
    """The first fact in the text that is unknown."""
    return next((name for name in names(screen) if look_up(facts, name) is None), None)


def names(screen: Screen) -> Iterator[str]:
    """The facts that a condition compares, in its order."""
    match screen:
        case Compare():
            yield screen.fact
        case Not():
            yield from names(screen.part)
        case All() | AnyOf():
            for part in screen.parts:
                yield from names(part)
