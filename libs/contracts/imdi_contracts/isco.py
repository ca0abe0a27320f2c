"""ISCO-08, complete: 10 major, 43 sub-major, 130 minor and 436 unit groups, with their English titles.

A code is one to four digits, and each longer code begins with its parent's. Source and attribution of ``isco.csv``:
the README of this package.
"""

from __future__ import annotations

import csv
from functools import cache
from importlib.resources import files


@cache
def groups() -> dict[str, str]:
    """Every group's title by its code, of all four levels, in the order of the codes."""
    table = files("imdi_contracts").joinpath("isco.csv").read_text(encoding="utf-8")
    return dict(csv.reader(table.splitlines()))


def title(code: str) -> str | None:
    """The English title of a group of any level, or None where ISCO-08 has no such code."""
    return groups().get(code)


def minor_group(code: str) -> str:
    """The three-digit minor group of a unit group: ``5322`` → ``532``.

    Raises ``KeyError`` where ISCO-08 has no such unit group.
    """
    if len(code) != 4 or code not in groups():
        raise KeyError(code)
    return code[:3]
