"""Facts that are answered on a preparation."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date

FactValue = bool | int | str
WORKER_FACT = re.compile(r"worker\.facts\.[a-z][a-z0-9_]{0,63}", re.ASCII)
FIRST_DEPARTURE = "placement.first_departure"
DEPARTURE_ON = "placement.departure_on"
"""Answering it moves the day of departure: it has no other home."""
DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")
NAME = re.compile(r"[A-Za-z0-9_.]{1,100}", re.ASCII)
LARGEST = 2**53 - 1
"""The largest whole number that every reader of JSON keeps exactly."""
LONGEST = 200
MOST = 100


def fault(name: str, value: object) -> tuple[str, str] | None:
    """The rule that an answer breaks, and what it says; none where it is a good one."""
    if name == FIRST_DEPARTURE:
        return None if isinstance(value, bool) else ("type", "must be true or false")
    if name == DEPARTURE_ON:
        return None if day_of(value) else ("day", "must be a day, as in 2027-03-01")
    if not WORKER_FACT.fullmatch(name):
        return "answerable", "is not a fact that can be answered here"
    return _value_fault(value)


def _value_fault(value: object) -> tuple[str, str] | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return None if abs(value) <= LARGEST else ("range", "is too large")
    if isinstance(value, str):
        return _text_fault(value)
    return "type", "must be true or false, a whole number or a text"


def day_of(value: object) -> date | None:
    """The day that an answer names, of this century or its neighbours; none where it is no day."""
    if not (isinstance(value, str) and DAY.fullmatch(value)):
        return None
    try:
        day = date.fromisoformat(value)
    except ValueError:
        return None
    return day if 1900 <= day.year < 2200 else None


def _text_fault(value: str) -> tuple[str, str] | None:
    if UNPRINTABLE.search(value):
        return "text", "must be printable"
    return None if 0 < len(value) <= LONGEST else ("length", f"must have 1 to {LONGEST} characters")


def shown_name(name: str) -> str:
    """The name of a fact as it may be told back; what cannot be one is not repeated."""
    return name if NAME.fullmatch(name) else "body"


def other_type(known: Mapping[str, FactValue], name: str, value: FactValue) -> bool:
    """Whether an answer is of another type than the one that it would replace."""
    return name in known and type(known[name]) is not type(value)


def not_of_type(value: FactValue, kind: str) -> bool:
    """Whether an answer is of another type than the one that the law has fixed: ``bool``, ``int`` or ``string``."""
    return {bool: "bool", int: "int", str: "string"}[type(value)] != kind
