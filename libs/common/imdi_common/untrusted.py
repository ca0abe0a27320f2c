"""What no door can use, in whatever field it stands: refused before anything reads it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

from imdi_common.problems import invalid

DEEPEST = 32
"""Objects and lists in one another."""
STRINGS = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"?', re.DOTALL)
"""Possessive, and an open end counts: no text can make it look twice at one byte."""
ONE_KIND = bytes.maketrans(b"{}", b"[]")
NOT_BRACKETS = bytes(each for each in range(256) if each not in b"[]{}")
SURROGATE = re.compile("[\ud800-\udfff]")
NO_NUMBERS = (b"NaN", b"Infinity")


def check_address(address: str) -> None:
    """422 where a path or query holds NUL: no PostgreSQL text can."""
    if "\x00" in address or "%00" in address:
        raise invalid("path", "text", "must not contain NUL")


def check_body(body: bytes) -> None:
    """422 where a body holds NUL, half a surrogate pair, NaN or infinity, or is deeper than DEEPEST."""
    if b"\\u0000" in body or b"\x00" in body:
        raise invalid("body", "text", "must not contain NUL")
    if body.count(b"[") + body.count(b"{") > DEEPEST or any(word in body for word in NO_NUMBERS):
        _check_structure(body)
    if b"\\ud" in body or b"\\uD" in body:
        _check_text(body)


def _check_structure(body: bytes) -> None:
    bare = STRINGS.sub(b"", body)
    if any(word in bare for word in NO_NUMBERS):
        raise invalid("body", "finite_number", "must not contain NaN or Infinity")
    brackets = bare.translate(ONE_KIND, NOT_BRACKETS)
    too_deep = b"[" * (DEEPEST + 1) in brackets
    for _ in range(0 if too_deep else DEEPEST):
        brackets = brackets.replace(b"[]", b"")
    if too_deep or (brackets and brackets.count(b"[") == brackets.count(b"]")):
        raise invalid("body", "depth", f"must not be nested more than {DEEPEST} deep")


def _check_text(body: bytes) -> None:
    try:
        value = json.loads(body)
    except ValueError:
        return  # no JSON: the shape it is read as says so
    for field in _broken(value, ""):
        raise invalid(field or "body", "text", "must not contain half a surrogate pair")


def _broken(value: Any, field: str) -> Iterator[str]:
    """The fields whose text no UTF-8 can hold; a name that none can hold is told by the object it stands in."""
    inner: Iterable[tuple[str, Any]] = ()
    if isinstance(value, dict):
        inner = ((f"{field}.{name}".strip("."), each) for name, each in value.items())
        yield from (field for name in value if SURROGATE.search(name))
    elif isinstance(value, list):
        inner = ((f"{field}.{number}".strip("."), each) for number, each in enumerate(value))
    elif isinstance(value, str) and SURROGATE.search(value):
        yield field
    for name, each in inner:
        yield from _broken(each, name)
