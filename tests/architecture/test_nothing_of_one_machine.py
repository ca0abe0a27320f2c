"""The project names no machine of ours: no absolute path, no package registry's host. ``uv.lock`` names its sources."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

HOSTS = ["pypi|org", "pythonhosted|org", "maven|org", "npmjs|org", "crates|io", "golang|org", "debian|org", "docker|io"]
"""Split, so that this list does not find itself."""
PATHS = ["/ho|me/", "/ro|ot/", "/Us|ers/", "/wo|rk/", "C:|\\\\"]
FOUND = re.compile(
    "|".join(
        [rf"\b{re.escape(host.replace('|', '.'))}" for host in HOSTS]
        + [rf"(?<![\w.~}}*])({re.escape(path.replace('|', ''))})" for path in PATHS]
    )
)
EXEMPT = {"uv.lock"}


def read(path: Path) -> str:
    """The text, empty for what is none."""
    data = path.read_bytes()
    return "" if b"\0" in data else data.decode("utf-8", "replace")


def test_no_file_names_a_path_or_a_registry(files: list[Path], root: Path) -> None:
    found = {
        str(path.relative_to(root)): sorted({match.group() for match in FOUND.finditer(read(path))})
        for path in files
        if path.name not in EXEMPT and FOUND.search(read(path))
    }
    assert found == {}


@pytest.mark.parametrize(
    ("text", "there"),
    [
        ("see pypi|org", True),
        ("https://repo1.maven|org/x", True),
        ("cd /ro|ot/x", True),
        ("/v1/wo|rk/", False),
        ("libs/common", False),
        ("/v1/ro|ot/x", False),
    ],
)
def test_what_is_found(text: str, there: bool) -> None:
    plain = text.replace("|org", ".org").replace("|", "")
    assert bool(FOUND.search(plain)) is there
