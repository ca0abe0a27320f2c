"""Instruments as CSV: one a row, lists separated by semicolons."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from typing import Any

from imdi_legislation.domain.fields import FieldError, Invalid

COLUMNS = (
    "code", "title", "type", "level", "parties", "adopted_on", "in_force_on", "status", "official_url", "topics",
    "confidence", "verified_on", "note", "binding",
)  # fmt: skip
LISTS = ("parties", "topics")
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
"""What a spreadsheet would reckon: it is written after an apostrophe, which reading takes away."""


def csv_line(values: Iterable[str]) -> str:
    """A line that ends in a line feed; a cell with any break in it is quoted."""
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\r\n").writerow(values)  # the writer quotes what its own terminator holds
    return text.getvalue().removesuffix("\r\n") + "\n"


def to_csv(instrument: Mapping[str, Any]) -> str:
    """One instrument as a line."""
    return csv_line(_cell(instrument.get(name)) for name in COLUMNS)


def from_csv(text: str) -> list[dict[str, Any]]:
    """The rows of a file as bodies of ``POST /v1/instruments``; ``Invalid`` where it is no such file.

    A cell that has no column stays in its row, under ``columns``, so that the row alone is refused.
    """
    try:
        rows = list(
            csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline=""), restkey="columns", strict=True)
        )
        header = next(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline="")), [])
    except csv.Error as error:
        raise Invalid([FieldError("content", "csv", "Comma-separated values, quoted as RFC 4180 says.")]) from error
    if "code" not in header or not set(header) <= set(COLUMNS) or len(set(header)) < len(header):
        raise Invalid(
            [FieldError("content", "columns", f"Columns, with the first row their names: {', '.join(COLUMNS)}.")]
        )
    return [_body(row) for row in rows]


def _cell(value: Any) -> str:
    if isinstance(value, list | tuple):
        return ";".join(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith((*FORMULA, "'")) else text


def _body(row: Mapping[str, Any]) -> dict[str, Any]:
    body: dict[str, Any] = {}
    for name, cell in row.items():
        if name in LISTS:
            body[name] = [part.strip() for part in (cell or "").split(";") if part.strip()]
        elif name == "binding" and cell in {"true", "false"}:
            body[name] = cell == "true"
        elif cell:
            body[name] = cell.removeprefix("'") if isinstance(cell, str) else cell
    return body
