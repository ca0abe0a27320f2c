"""What the storm asked and what it was told: one line per moment, on the client's own monotonic clock.

A command is *ok* (acknowledged), *fail* (refused for certain) or *unknown*: a timeout, a broken connection and a 5xx
say nothing about what happened.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal, TextIO

Outcome = Literal["ok", "fail", "unknown"]


@dataclass(frozen=True, kw_only=True)
class Command:
    """One command and what became of it. ``subject`` is known of a creation only once it is acknowledged."""

    id: int
    kind: str
    subject: str | None
    key: str
    said: Mapping[str, Any] = field(default_factory=dict)
    """What the checker must know of the body: no personal data."""
    outcome: Outcome = "unknown"
    invoked: float = 0.0
    ended: float | None = None
    told: Mapping[str, Any] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        return self.outcome == "ok"

    @property
    def possible(self) -> bool:
        """In effect, or perhaps."""
        return self.outcome != "fail"


class History:
    """Writes the moments as they come; ``acknowledged`` counts."""

    def __init__(self, path: Path) -> None:
        self._file: TextIO = path.open("w", buffering=1 << 16)
        self._next = 0
        self.acknowledged = 0

    def invoke(self, kind: str, subject: str | None, key: str, said: Mapping[str, Any]) -> int:
        self._next += 1
        self._write(self._next, "invoke", kind=kind, subject=subject, key=key, said=said)
        return self._next

    def unknown(self, number: int, why: str) -> None:
        """One attempt that told nothing; the command is asked again."""
        self._write(number, "unknown", why=why)

    def ok(self, number: int, subject: str, told: Mapping[str, Any]) -> None:
        self.acknowledged += 1
        self._write(number, "ok", subject=subject, told=told)

    def fail(self, number: int, told: Mapping[str, Any]) -> None:
        self._write(number, "fail", told=told)

    def note(self, what: str, **more: Any) -> None:
        """A fault, or its end: for whoever reads the history."""
        self._write(0, what, **more)

    def close(self) -> None:
        self._file.close()

    def flush(self) -> None:
        self._file.flush()

    def _write(self, number: int, what: str, **more: Any) -> None:
        line = {"t": round(time.monotonic(), 4), "id": number, "what": what, **more}
        self._file.write(json.dumps(line) + "\n")


def commands(lines: Iterable[str]) -> list[Command]:
    """The commands of a history, in the order in which they were invoked."""
    found: dict[int, Command] = {}
    for line in lines:
        moment = json.loads(line)
        number, what = moment["id"], moment["what"]
        if what == "invoke":
            told = {name: moment[name] for name in ("kind", "subject", "key", "said")}
            found[number] = Command(id=number, invoked=moment["t"], **told)
        elif what == "ok":
            subject, told = moment["subject"], moment["told"]
            found[number] = replace(found[number], outcome="ok", ended=moment["t"], subject=subject, told=told)
        elif what == "fail":
            found[number] = replace(found[number], outcome="fail", ended=moment["t"], told=moment["told"])
    return list(found.values())
