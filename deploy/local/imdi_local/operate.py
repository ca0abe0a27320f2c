"""``imdi ops``: what is held, how far services are behind, and deciding on it, over the services' own ``/ops``."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Annotated, Any
from uuid import uuid4

import httpx
import typer
from rich.console import Console
from rich.table import Table

from imdi_local.home import Home

app = typer.Typer(no_args_is_help=True, help="See what is held and how far services are behind, and decide on it.")
Folder = Annotated[Path, typer.Option("--home", help="The home of the platform that runs.", resolve_path=True)]
One = Annotated[str | None, typer.Option("--service", help="Of this service alone.")]
Why = Annotated[str, typer.Option("--reason", help="Recorded with your client's name.")]
HELD = (
    "id",
    "status",
    "reaction",
    "topic",
    "partition",
    "offset",
    "key",
    "error_class",
    "attempts",
    "first_at",
    "last_at",
)
COPIES = ("name", "topic", "status", "records", "unreadable", "changed", "asked_by", "ended_at", "error_class")
DECISIONS = ("at", "deed", "subject", "decided_by", "reason")
FLOW = ("unpublished", "oldest_unpublished_at", "held_back", "due", "held", "oldest_held_at")
LOOK_S = 0.5


class Operator:
    """The steward's client of a home, as ``run.json`` tells it."""

    def __init__(self, home: Path) -> None:
        try:
            told = json.loads(Home(home).run_file.read_text())
        except (OSError, ValueError):
            raise _trouble(f"nothing runs on {home}") from None
        self._urls = {name: one["url"] for name, one in told["services"].items() if name != "portal"}
        self._http = httpx.Client(timeout=10, trust_env=False)
        client = told["clients"]["steward"]
        form = {"grant_type": "client_credentials"} | {name: client[name] for name in ("client_id", "client_secret")}
        token = self._answer("POST", "registry", "/oauth/token", data=form)["access_token"]
        self._http.headers["Authorization"] = f"Bearer {token}"

    def services(self, only: str | None) -> list[str]:
        if only is not None and only not in self._urls:
            raise _trouble(f"there is no service {only}: {', '.join(self._urls)}")
        return [only] if only else list(self._urls)

    def get(self, service: str, path: str) -> Any:
        return self._answer("GET", service, path)

    def every(self, service: str, path: str) -> list[dict[str, Any]]:
        """The items of all pages."""
        items: list[dict[str, Any]] = []
        cursor: dict[str, str] = {}
        while True:
            page = self._answer("GET", service, path, params=cursor)
            items += page["items"]
            if page["next"] is None:
                return items
            cursor = {"cursor": page["next"]}

    def post(self, service: str, path: str, body: dict[str, Any]) -> Any:
        headers = {"Idempotency-Key": str(uuid4())}
        return self._answer("POST", self.services(service)[0], path, json=body, headers=headers)

    def _answer(self, method: str, service: str, path: str, **how: Any) -> Any:
        try:
            response = self._http.request(method, self._urls[service] + path, **how)
        except httpx.TransportError as error:
            raise _trouble(f"{service} does not answer ({type(error).__name__})") from None
        if not response.is_success:
            problem = response.json()
            raise _trouble(f"{service}: {response.status_code} {problem.get('title')}: {problem.get('detail')}")
        return response.json()


def _trouble(what: str) -> typer.Exit:
    typer.echo(f"imdi: {what}", err=True)
    return typer.Exit(1)


@app.command("list")
def list_held(home: Folder = Path(".home"), service: One = None, status: str | None = None) -> None:
    """Records that could not be applied; never their values."""
    operator = Operator(home)
    path = "/ops/held" + (f"?status={status}" if status else "")
    found = [(name, row) for name in operator.services(service) for row in operator.every(name, path)]
    _print(("service", *HELD), [(name, *_told(row, HELD)) for name, row in found])


@app.command()
def show_flow(home: Folder = Path(".home"), service: One = None) -> None:
    """How far each service is behind."""
    operator = Operator(home)
    found = [(name, operator.get(name, "/ops/flow")) for name in operator.services(service)]
    _print(("service", *FLOW), [(name, *_told(row, FLOW)) for name, row in found])


@app.command()
def retry(service: str, record: int, reason: Why, home: Folder = Path(".home")) -> None:
    """Try a parked or quarantined record again."""
    _print(HELD, [_told(Operator(home).post(service, f"/ops/held/{record}/retry", {"reason": reason}), HELD)])


@app.command()
def discard(service: str, record: int, reason: Why, home: Folder = Path(".home")) -> None:
    """Leave a record out; later ones of its key go on in order."""
    _print(HELD, [_told(Operator(home).post(service, f"/ops/held/{record}/discard", {"reason": reason}), HELD)])


@app.command()
def decisions(home: Folder = Path(".home"), service: One = None) -> None:
    """Who decided what, and why."""
    operator = Operator(home)
    found = [(name, row) for name in operator.services(service) for row in operator.every(name, "/ops/decisions")]
    _print(("service", *DECISIONS), [(name, *_told(row, DECISIONS)) for name, row in found])


@app.command()
def copies(home: Folder = Path(".home"), service: One = None) -> None:
    """Copies of others' state, and how the last rebuild of each ended."""
    operator = Operator(home)
    found = [(name, row) for name in operator.services(service) for row in operator.every(name, "/ops/copies")]
    _print(("service", *COPIES), [(name, *_told(row, COPIES)) for name, row in found])


@app.command()
def rebuild(service: str, copy: str, reason: Why, home: Folder = Path(".home")) -> None:
    """Make a copy anew from its topic, during load, and wait until that is done."""
    operator = Operator(home)
    row = operator.post(service, f"/ops/copies/{copy}/rebuild", {"reason": reason})
    while row["status"] in {"asked", "running"}:
        time.sleep(LOOK_S)
        [row] = [one for one in operator.every(service, "/ops/copies") if one["name"] == copy]
    _print(COPIES, [_told(row, COPIES)])
    raise typer.Exit(0 if row["status"] == "done" else 1)


def _told(row: dict[str, Any], names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple("" if row[name] is None else _cell(row[name]) for name in names)


def _cell(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(f"{one['topic']}/{one['key']}" for one in value)
    return ", ".join(f"{name} {count}" for name, count in value.items()) if isinstance(value, dict) else str(value)


def _print(names: tuple[str, ...], rows: list[tuple[str, ...]]) -> None:
    """A table; to a file or a pipe as wide as it needs, so that no column is cut."""
    console = Console(highlight=False, markup=False, soft_wrap=True)
    table = Table(*(name.replace("_", " ") for name in names), box=None, header_style="bold")
    for row in rows:
        table.add_row(*row)
    if not console.is_terminal:
        console.width = 1000
    console.print(table if rows else "nothing")
