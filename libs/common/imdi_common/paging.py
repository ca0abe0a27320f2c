"""Keyset pages: no depth cap, no counting; the cursor is opaque to clients."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import Annotated, Any, Generic, TypeVar

from annotated_types import Interval, MaxLen
from pydantic import TypeAdapter

from imdi_common.problems import invalid
from imdi_common.shapes import Shape

Item = TypeVar("Item")
DEFAULT_LIMIT = 50
TEXTS = TypeAdapter(list[str])
Limit = Annotated[int, Interval(ge=1, le=200)]
"""How many items at most."""
Cursor = Annotated[str, MaxLen(500)] | None
"""``next`` of the page before."""


class Paging(Shape):
    """Which page of a list; a subclass says what the list is narrowed to."""

    limit: Limit = DEFAULT_LIMIT
    cursor: Cursor = None


class Page(Shape, Generic[Item]):
    """A page of items; ``next`` is the cursor of the page after, null at the end."""

    items: list[Item]
    next: str | None


def encode_cursor(*values: object) -> str:
    """A cursor that stands for the last row's sort values."""
    return base64.urlsafe_b64encode(json.dumps([str(value) for value in values]).encode()).decode().rstrip("=")


def decode_cursor(cursor: str, *types: Callable[[str], Any], field: str = "cursor") -> tuple[Any, ...]:
    """The sort values behind a cursor; 422 where it is none of ours."""
    try:
        padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
        values = TEXTS.validate_json(base64.urlsafe_b64decode(padded), strict=True)
        return tuple(kind(value) for kind, value in zip(types, values, strict=True))
    except ValueError as error:
        raise invalid(field, "cursor", "is not a cursor of this list") from error
