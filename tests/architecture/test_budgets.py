"""The size of the house: small files, short functions, shallow folders, at least as much test as code."""

from __future__ import annotations

import ast
from collections.abc import Callable
from pathlib import Path
from statistics import median, quantiles

FILE_MEDIAN, FILE_P90, FILE_MOST = 90, 250, 400
FUNCTION_MEDIAN = 10
DEEPEST = 4
"""Folders between the root and a source."""
BANNED = frozenset(
    {"handler", "handlers", "helper", "helpers", "manager", "misc", "processor", "service", "services", "util", "utils"}
)
"""Words that name no module. ``imdi_common.service`` is what a service is made of, and the one exception."""


def lines(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def functions(tree: ast.Module) -> list[int]:
    """The lines of each function, from ``def`` to its end."""
    return [
        (node.end_lineno or node.lineno) - node.lineno + 1
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]


def test_no_file_is_long(code: list[Path], root: Path) -> None:
    assert {str(path.relative_to(root)): lines(path) for path in code if lines(path) > FILE_MOST} == {}


def test_most_files_are_short(code: list[Path]) -> None:
    sizes = [lines(path) for path in code]
    assert median(sizes) <= FILE_MEDIAN
    assert quantiles(sizes, n=10)[-1] <= FILE_P90


def test_functions_are_short(code: list[Path], parsed: Callable[[Path], ast.Module]) -> None:
    assert median(size for path in code for size in functions(parsed(path))) <= FUNCTION_MEDIAN


def test_folders_are_shallow(code: list[Path], root: Path) -> None:
    deep = [str(path.relative_to(root)) for path in code if len(path.relative_to(root).parts) - 1 > DEEPEST]
    assert deep == []


def test_there_is_as_much_test_as_code(code: list[Path], tests: list[Path]) -> None:
    assert sum(map(lines, tests)) >= sum(map(lines, code))


def test_modules_are_named_for_the_thing_or_the_deed(code: list[Path], root: Path) -> None:
    named = {str(path.relative_to(root)) for path in code if BANNED & {path.stem, *path.stem.split("_")}}
    assert named - {"libs/common/imdi_common/service.py"} == set()
