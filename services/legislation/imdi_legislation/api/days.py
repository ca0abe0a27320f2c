"""Days over HTTP."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Any

from pydantic import BeforeValidator

_FORM = re.compile(r"\d{4}-\d{2}-\d{2}")


def _day(value: Any) -> Any:
    if isinstance(value, str) and not _FORM.fullmatch(value):
        raise ValueError("a day is written YYYY-MM-DD")
    if isinstance(value, int | float):
        raise ValueError("a day is a text, YYYY-MM-DD")  # noqa: TRY004 - pydantic turns ValueError into a 422
    return value


Day = Annotated[date, BeforeValidator(_day)]
"""``YYYY-MM-DD``."""
