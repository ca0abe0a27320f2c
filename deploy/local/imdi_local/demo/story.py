"""Prints the journey as it happens: what was done, when, and on which legal basis."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from typing import Any

from rich.console import Console


class Story:
    """A telling, with the seconds since it began."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._began = time.monotonic()

    def step(self, text: str) -> None:
        self._print(f"[dim]{time.monotonic() - self._began:5.1f} s[/dim]  {text}")

    def basis(self, basis: Iterable[Mapping[str, Any]]) -> None:
        for source in basis:
            provision = f", {source['provision']}" if source.get("provision") else ""
            self._print(f"         [dim]§ {source['title']}{provision}[/dim]")

    def breaches(self, breaches: Iterable[Mapping[str, Any]]) -> None:
        for breach in breaches:
            found = "unsaid" if breach["found"] is None else breach["found"]
            self.step(f"   [red]{breach['term']}[/red]: found {found}, required {_told(breach['required'])}")
            self.basis(breach["basis"])

    def plan(self, items: Iterable[Mapping[str, Any]]) -> None:
        for item in items:
            pays = f", {item['payer']} pays" if item["payer"] else ""
            between = f"{item['earliest_on']} … {item['latest_on']}"
            self._print(f"         {item['title']} ({item['code']}): by {item['performed_by']}, {between}{pays}")
            self.basis(item["basis"])

    def _print(self, text: str) -> None:
        """One line, however narrow the terminal: it may be copied."""
        self._console.print(text, soft_wrap=True)


def _told(required: Any) -> str:
    def one(value: Any) -> str:
        return f"{value['amount']} {value['currency']}" if isinstance(value, Mapping) else str(value)

    return ", ".join(f"{name} {one(value)}" for name, value in required.items() if value is not None)
