"""Whether a schema still keeps what was released: within ``v1`` there are additions only."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

Shape = dict[str, str]
"""What a schema promises, field by field: path → kind, ``?`` after it where the field may be absent."""


def shape(schema: dict[str, Any]) -> Shape:
    """The promises of one schema; lists are ``[]`` and the fields of a free object ``*``."""
    return dict(_fields(schema, schema.get("$defs", {}), "", ()))


def breaks(released: Shape, current: Shape) -> list[str]:
    """How ``current`` breaks what was released; empty where it only adds.

    A field may not go, change its kind or become optional (a reader relied on it); a new one must be optional, as the
    events kept from before do not have it.
    """
    gone = [f"{path} is gone" for path in released if path not in current]
    changed = [
        f"{path} was {kind}, is {current[path]}"
        for path, kind in released.items()
        if path in current and current[path] != kind
    ]
    required = [
        f"{path} is new and required"
        for path, kind in current.items()
        if path not in released and not kind.endswith("?") and _parent(path) in released | {"": ""}
    ]
    return gone + changed + required


def _parent(path: str) -> str:
    """``a.b[].c`` → ``a.b[]`` → ``a.b``: a required field within a part that is itself new harms nobody."""
    return path.removesuffix("[]") if path.endswith("[]") else path.rpartition(".")[0]


def _fields(part: dict[str, Any], defs: dict[str, Any], path: str, above: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    required = part.get("required", [])
    for name, field in part.get("properties", {}).items():
        at = f"{path}.{name}" if path else name
        yield at, _kind(field) + ("" if name in required else "?")
        yield from _within(field, defs, at, above)


def _within(part: dict[str, Any], defs: dict[str, Any], path: str, above: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    if "$ref" in part:
        name = part["$ref"].rpartition("/")[2]
        if name not in above:
            yield from _fields(defs[name], defs, path, (*above, name))
    for choice in part.get("anyOf", []):
        yield from _within(choice, defs, path, above)
    if "items" in part:
        yield f"{path}[]", _kind(part["items"])
        yield from _within(part["items"], defs, f"{path}[]", above)
    if isinstance(part.get("additionalProperties"), dict):
        yield f"{path}.*", _kind(part["additionalProperties"])
        yield from _within(part["additionalProperties"], defs, f"{path}.*", above)


def _kind(part: dict[str, Any]) -> str:
    """``string``, ``date or null``, ``one of a, b`` …: what a reader must be ready for."""
    if "anyOf" in part:
        return " or ".join(sorted({_kind(choice) for choice in part["anyOf"]}))
    if "$ref" in part:
        return "object"
    if "const" in part or "enum" in part:
        return "one of " + ", ".join(sorted(map(str, part.get("enum", [part.get("const")]))))
    return str(part.get("pattern") or part.get("format") or part.get("type", "any"))
