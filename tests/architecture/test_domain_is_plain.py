"""What a domain imports stands on a list: the standard library, its own room, and pure libraries that are named."""

from __future__ import annotations

import ast
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

PURE = frozenset({"cel_expr_python", "holidays", "imdi_planning", "numba", "numpy", "phonenumbers", "pycountry"})
"""Libraries that compute or know, and reach nothing."""
OUTSIDE = frozenset(
    {"asyncio", "http", "logging", "os", "pathlib", "shutil", "socket", "sqlite3", "subprocess", "time", "urllib"}
)
"""Parts of the standard library that reach outside: a rule reads no file, no clock, no socket."""


def imports(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


def foreign(tree: ast.AST, own: str) -> list[str]:
    """The imports that a domain may not have; ``own`` is its package, ``imdi_matching.domain``."""
    plain = (sys.stdlib_module_names | PURE) - OUTSIDE
    return [name for name in imports(tree) if name.split(".")[0] not in plain and not f"{name}.".startswith(f"{own}.")]


def test_domains_import_nothing_else(code: list[Path], parsed: Callable[[Path], ast.Module]) -> None:
    rooms = [path for path in code if "domain" in path.parts]
    assert rooms
    found = {}
    for path in rooms:
        package = next(part for part in path.parts if part.startswith("imdi_"))
        found[str(path)] = foreign(parsed(path), f"{package}.domain")
    assert {path: names for path, names in found.items() if names} == {}


@pytest.mark.parametrize(
    ("line", "refused"),
    [
        ("import datetime", []),
        ("from imdi_matching.domain import scoring", []),
        ("import numpy as np", []),
        ("import os", ["os"]),
        ("from time import time", ["time"]),
        ("import requests", ["requests"]),
        ("from imdi_matching.storage import tables", ["imdi_matching.storage"]),
        ("from imdi_contracts.codes import Money", ["imdi_contracts.codes"]),
    ],
)
def test_what_is_refused(line: str, refused: list[str]) -> None:
    assert foreign(ast.parse(line), "imdi_matching.domain") == refused
