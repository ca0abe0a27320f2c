"""Prints the journey as it happens: what was done, when, and on which legal basis."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from typing import Any

from rich.console import Console
from rich.table import Table


class Story:
    """A telling, with the seconds since it began."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._began = time.monotonic()

    def step(self, text: str) -> None:
        self._console.print(f"[dim]{time.monotonic() - self._began:5.1f} s[/dim]  {text}")

    def basis(self, basis: Iterable[Mapping[str, Any]]) -> None:
        for source in basis:
            provision = f", {source['provision']}" if source.get("provision") else ""
            self._console.print(f"         [dim]§ {source['title']}{provision}[/dim]")

    def breaches(self, breaches: Iterable[Mapping[str, Any]]) -> None:
        for breach in breaches:
            found = "unsaid" if breach["found"] is None else breach["found"]
            self.step(f"   [red]{breach['term']}[/red]: found {found}, required {_told(breach['required'])}")
            self.basis(breach["basis"])

    def plan(self, items: Iterable[Mapping[str, Any]]) -> None:
        table = Table("item", "by", "from", "at the latest", "pays", "legal basis", box=None, padding=(0, 1))
        for item in items:
            basis = "; ".join(f"{source['title']} {source.get('provision') or ''}".strip() for source in item["basis"])
            table.add_row(
                item["code"], item["performed_by"], item["earliest_on"], item["latest_on"], item["payer"] or "—", basis
            )
        self._console.print(table)


def _told(required: Any) -> str:
    def one(value: Any) -> str:
        return f"{value['amount']} {value['currency']}" if isinstance(value, Mapping) else str(value)

    return ", ".join(f"{name} {one(value)}" for name, value in required.items() if value is not None)
