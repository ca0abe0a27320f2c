"""Facts that are answered on a preparation."""

from __future__ import annotations

import re
from collections.abc import Mapping

FactValue = bool | int | str
WORKER_FACT = re.compile(r"worker\.facts\.[a-z][a-z0-9_]{0,59}", re.ASCII)
FIRST_DEPARTURE = "placement.first_departure"
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
    if not WORKER_FACT.fullmatch(name):
        return "answerable", "is not a fact that can be answered here"
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return None if abs(value) <= LARGEST else ("range", "is too large")
    if isinstance(value, str):
        return _text_fault(value)
    return "type", "must be true or false, a whole number or a text"


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
