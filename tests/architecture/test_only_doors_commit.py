"""A door opens the one transaction and is the only place that ends it: no room of a service does."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

ROOMS = frozenset({"api", "reactions", "actions", "queries", "storage", "domain"})
ENDS = frozenset({"commit", "rollback", "begin", "transaction", "sessions"})
"""What starts or ends a transaction; a savepoint (``begin_nested``) does neither."""


def ends(tree: ast.AST) -> Iterator[str]:
    """The calls that start or end a transaction, as ``line: name``."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in ENDS:
            yield f"{node.lineno}: {node.func.attr}"


def test_no_room_of_a_service_ends_a_transaction(code: list[Path], parsed: Callable[[Path], ast.Module]) -> None:
    rooms = [path for path in code if "services" in path.parts and ROOMS & set(path.parts)]
    assert rooms
    found = {str(path): list(ends(parsed(path))) for path in rooms}
    assert {path: calls for path, calls in found.items() if calls} == {}


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("await session.commit()", ["1: commit"]),
        ("session.rollback()", ["1: rollback"]),
        ("async with database.transaction() as session: pass", ["1: transaction"]),
        ("async with session.begin(): pass", ["1: begin"]),
        ("async with session.begin_nested(): pass", []),
        ("await session.flush()", []),
    ],
)
def test_what_is_found(line: str, found: list[str]) -> None:
    assert list(ends(ast.parse(f"async def door(session, database):\n    {line}").body[0])) == [
        call.replace("1:", "2:") for call in found
    ]
