"""Lists page by page: how a page is asked for, and made of rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar
from uuid import UUID

from imdi_common.paging import DEFAULT_LIMIT, Cursor, Limit, Page, decode_cursor, encode_cursor
from imdi_common.shapes import Shape

Item = TypeVar("Item", bound=Shape)


class PageQuery(Shape):
    limit: Limit = DEFAULT_LIMIT
    cursor: Cursor = None

    @property
    def after(self) -> UUID | None:
        """The id with which the page before ended."""
        return decode_cursor(self.cursor, UUID)[0] if self.cursor else None


def page(item: type[Item], rows: Sequence[dict[str, Any]], limit: int, key: str = "id") -> Page[Item]:
    """The first ``limit`` rows, which are in the order of ``key``; one more tells that another page follows."""
    shown = rows[:limit]
    following = encode_cursor(shown[-1][key]) if len(rows) > limit else None
    return Page(items=[item(**row) for row in shown], next=following)
