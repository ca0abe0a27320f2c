from __future__ import annotations

import ast
import subprocess
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
EXEMPT = ("migrations", "examples", "packs", "static", "published")
"""Folders whose sources have no budget: revisions, data and generated files."""


@cache
def _tracked() -> list[Path]:
    """Every file of the project: what git knows, and what it would take."""
    whoever_owns_it = ["-c", f"safe.directory={ROOT}"]
    command = ["git", *whoever_owns_it, "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    return [ROOT / name for name in sorted(listed.stdout.decode().split("\0")) if name and (ROOT / name).is_file()]


@cache
def _parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


TESTING = {"tests", "testing"}
"""Where tests lie, and the fixtures they all stand on."""


@pytest.fixture(scope="session")
def root() -> Path:
    return ROOT


@pytest.fixture(scope="session")
def files() -> list[Path]:
    """Every file of the project."""
    return _tracked()


@pytest.fixture(scope="session")
def code(files: list[Path]) -> list[Path]:
    """The Python sources of the packages: no tests, no migrations, no examples, nothing empty."""
    return [
        path
        for path in files
        if path.suffix == ".py"
        and path.relative_to(ROOT).parts[0] in ("libs", "services", "deploy")
        and not TESTING & set(path.relative_to(ROOT).parts)
        and not set(EXEMPT) & set(path.relative_to(ROOT).parts)
        and path.stat().st_size
    ]


@pytest.fixture(scope="session")
def tests(files: list[Path]) -> list[Path]:
    """The Python sources of the tests."""
    return [path for path in files if path.suffix == ".py" and TESTING & set(path.relative_to(ROOT).parts)]


@pytest.fixture(scope="session")
def parsed() -> Callable[[Path], ast.Module]:
    """A source's syntax tree, parsed once."""
    return _parsed
