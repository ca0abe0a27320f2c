"""A pack as it is written: its content, and the line on which each part of it stands."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

LOADER: type[yaml.SafeLoader | yaml.CSafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""libyaml's is ten times as fast; a source build of PyYAML may lack it."""


class PackText:
    """One YAML file; ``wrong`` says why it cannot be read, or which names stand twice, each with its line."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.content: Any = None
        self.wrong: list[str] = []
        self._root: yaml.Node | None = None
        try:
            text = file.read_text("utf-8")
            self._root = yaml.compose(text, Loader=LOADER)
            self.content = yaml.load(text, Loader=LOADER)  # noqa: S506 - both are safe loaders
        except (OSError, UnicodeDecodeError) as error:
            self.wrong.append(f"{file.name}: cannot be read ({type(error).__name__})")
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            line = min(mark.line + 1, len(text.splitlines())) if mark else 1  # libyaml may point beyond the last
            self.wrong.append(f"{file.name}:{line}: is no YAML")
        self.wrong += [f"{file.name}:{line}: {name}: stands twice" for name, line in _twice(self._root, set())]

    def place(self, *path: str | int) -> str:
        """``file:line`` of the innermost part on a path that is there (``"rules", 3, "effect", "validity"``)."""
        node = self._root
        for step in path:
            inner = _part(node, step)
            if inner is None:
                break
            node = inner
        return f"{self.file.name}:{node.start_mark.line + 1 if node else 1}"


def _part(node: yaml.Node | None, step: str | int) -> yaml.Node | None:
    if isinstance(node, yaml.MappingNode):
        return next((value for key, value in node.value if key.value == str(step)), None)
    if isinstance(node, yaml.SequenceNode) and str(step).isdigit() and int(step) < len(node.value):
        part: yaml.Node = node.value[int(step)]
        return part
    return None


def _twice(node: yaml.Node | None, seen: set[int]) -> Iterator[tuple[str, int]]:
    """Names that one object has twice, of which YAML silently takes the last."""
    if not isinstance(node, yaml.MappingNode | yaml.SequenceNode) or id(node) in seen:
        return
    seen.add(id(node))
    names: set[str] = set()
    for part in node.value:
        key, value = part if isinstance(part, tuple) else (None, part)
        if key is not None and isinstance(key.value, str):
            if key.value in names:
                yield key.value, key.start_mark.line + 1
            names.add(key.value)
        yield from _twice(value, seen)
