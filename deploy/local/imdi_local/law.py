"""``imdi law``: packs of law as files, checked, compared with a platform's law, and entered.

Check and compare are the legislation service's own commands on files; they need no database. A pack is entered by the
operator of a home, as at its start: over HTTP only the governments named may make a country's law, and a steward is
none of them. The pack was reviewed as a file, and is recorded as who proposed and activated.
"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import httpx
import typer

from imdi_local import surroundings
from imdi_local.home import Home
from imdi_local.kept_secrets import Secrets
from imdi_local.surroundings import ServiceCode, Surroundings

LEGISLATION = "legislation"
app = typer.Typer(no_args_is_help=True, help="Check packs of law, compare them with a platform's law, enter them.")
Packs = Annotated[list[str], typer.Argument(help="Files, folders of packs, or names of those that the project has.")]
Files = Annotated[list[Path], typer.Argument(help="Files.", exists=True, dir_okay=False, resolve_path=True)]
Folder = Annotated[Path, typer.Option("--home", help="The home of the platform that runs.", resolve_path=True)]
Address = Annotated[str | None, typer.Option("--url", help="Of a legislation service, in place of the home's.")]


@app.command()
def check(packs: Packs) -> None:
    """Say all that is wrong with packs, and where: file, line, rule, field. Nothing needs to run."""
    raise typer.Exit(_on_files("check-packs", packs).returncode)


@app.command()
def diff(packs: Packs, home: Folder = Path(".home"), url: Address = None) -> None:
    """Compare packs with the law of a platform that runs, by its public HTTP API."""
    base = url or _told(home)["services"][LEGISLATION]["url"]
    law = {name: _every(base, f"/v1/{name}") for name in ("rules", "instruments")}
    ended = _on_files("compare-packs", packs, json.dumps(law))
    if ended.returncode:
        typer.echo(ended.stdout, nl=False)
        raise typer.Exit(ended.returncode)
    for told in json.loads(ended.stdout):
        typer.echo("\n".join(_lines(told)))


@app.command()
def load(packs: Files, home: Folder = Path(".home")) -> None:
    """Enter what is new or changed in packs, each whole or not at all; what was loaded once is left alone."""
    if _on_files("check-packs", [str(file) for file in packs]).returncode:
        raise typer.Exit(1)
    for file in packs:
        status, printed = asyncio.run(_loading(_told(home), home, file))
        if status:
            raise _trouble(printed.strip())
        entered = [row["entered"] for row in _logged(printed) if row.get("event") == "pack_loaded"]
        typer.echo(f"{file.stem}: entered {sum(entered)}")


async def _loading(told: dict[str, Any], home: Path, file: Path) -> tuple[int, str]:
    """The service's own command, surrounded as at the start of the home."""
    secrets = Secrets(**json.loads(Home(home).secrets_file.read_text()))
    urls = {name: one["url"] for name, one in told["services"].items()}
    server = told["postgres"]
    around = Surroundings(urls, f"postgresql://{server['host']}:{server['port']}", told["kafka"]["bootstrap"], secrets)
    program = around.program(_service(), "load-packs")
    environment = {**program.environment, "IMDI_LEGISLATION_PACKS": str(file)}
    return await replace(program, environment=environment).run()


def _on_files(command: str, packs: Sequence[str], given: str | None = None) -> subprocess.CompletedProcess[str]:
    """A command of the service on files; what it finds goes to our output, unless it is given something to compare."""
    argv = [*_service().command, command, *packs]
    return subprocess.run(
        argv, input=given, stdout=None if given is None else subprocess.PIPE, text=True, check=False, env=os.environ
    )


def _service() -> ServiceCode:
    return next(each for each in surroundings.installed() if each.name == LEGISLATION)


def _told(home: Path) -> dict[str, Any]:
    try:
        told: dict[str, Any] = json.loads(Home(home).run_file.read_text())
    except (OSError, ValueError):
        raise _trouble(f"nothing runs on {home}") from None
    return told


def _every(base: str, path: str) -> list[dict[str, Any]]:
    """The items of all pages."""
    items: list[dict[str, Any]] = []
    asked: dict[str, str] = {"limit": "200"}
    with httpx.Client(base_url=base, timeout=30, trust_env=False) as client:
        while True:
            try:
                answer = client.get(path, params=asked).raise_for_status().json()
            except httpx.HTTPError as error:
                raise _trouble(f"{LEGISLATION} does not answer at {base} ({type(error).__name__})") from None
            items += answer["items"]
            if answer["next"] is None:
                return items
            asked["cursor"] = answer["next"]


def _lines(told: dict[str, Any]) -> list[str]:
    """One pack's differences: + new, ~ changed, - active and not in the pack."""
    counts = ", ".join(f"{len(told[name])} {name}" for name in ("new", "changed", "unchanged"))
    changed = [
        line
        for rule in told["changed"]
        for line in (f"~ {rule['code']} (version {rule['version']})", *(_change(each) for each in rule["changes"]))
    ]
    only = [f"- {code} is active and not in the pack" for code in told["only_active"]]
    return [f"{told['pack']}: {counts}", *(f"+ {code}" for code in told["new"]), *changed, *only]


def _change(change: dict[str, Any]) -> str:
    before, after = (json.dumps(change[name], ensure_ascii=False) for name in ("before", "after"))
    return f"    {change['attribute']}: {before} → {after}"


def _logged(printed: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in printed.splitlines() if line.startswith("{")]


def _trouble(what: str) -> typer.Exit:
    typer.echo(f"imdi: {what}", err=True)
    return typer.Exit(1)
