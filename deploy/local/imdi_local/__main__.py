"""``imdi``: starts the whole platform on this machine, says how it is, stops it."""

from __future__ import annotations

import asyncio
import errno
import json
import os
import signal
from contextlib import suppress
from pathlib import Path
from typing import Annotated

import psutil  # type: ignore[import-untyped]
import typer

from imdi_local import law, operate, processes, rolling, surroundings
from imdi_local import provision as provisioning
from imdi_local.home import OURSELVES, Home
from imdi_local.links import Links
from imdi_local.logs import Journal, Terminal
from imdi_local.trouble import Trouble
from imdi_local.up import Up, Wish

STOP = 90.0
"""Seconds that a platform may take to stop: its services, then Kafka, then PostgreSQL."""
NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EROFS)
app = typer.Typer(add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False)
app.add_typer(operate.app, name="ops")
app.add_typer(law.app, name="law")
Folder = Annotated[Path, typer.Option("--home", help="The folder of its data, secrets and logs.", resolve_path=True)]


@app.command()
def up(
    home: Folder = Path(".home"),
    port_base: Annotated[int, typer.Option(min=1024, max=65000, help="The portal's port; all others follow.")] = 8000,
    once: Annotated[bool, typer.Option("--once", help="End after the journey.")] = False,
    no_demo: Annotated[bool, typer.Option("--no-demo", help="No demonstration: the two stewards alone.")] = False,
    no_law: Annotated[bool, typer.Option("--no-law", help="No law packs.")] = False,
    apart: Annotated[bool, typer.Option("--apart", help="Each role of a service in a process of its own.")] = False,
) -> None:
    """Start PostgreSQL, Kafka and every service, tell one worker's journey, and stay up until Ctrl-C."""
    try:
        links = Links.of(os.environ)
    except Trouble as trouble:
        typer.echo(f"imdi: {trouble}", err=True)
        raise typer.Exit(1) from None
    wish = Wish(base=port_base, once=once, demo=not no_demo, law=not no_law, apart=apart, links=links)
    raise typer.Exit(start(Home(home), wish, surroundings.installed()))


def start(home: Home, wish: Wish, code: list[surroundings.ServiceCode]) -> int:
    """One run to its end; 1 after Trouble, which is told."""
    journal = Journal(Terminal())
    try:
        with home.held():
            asyncio.run(_live(home, wish, code, journal))
    except Trouble as trouble:
        return _told(trouble)
    except OSError as error:
        if error.errno not in NO_ROOM:
            raise
        wrong = f"nothing can be written to {error.filename or home.folder} ({error.strerror})"
        return _told(Trouble(wrong, "free some space there, then start again"))
    finally:
        journal.close()
    return 0


def _told(trouble: Trouble) -> int:
    Terminal(stderr=True).print(f"imdi: {trouble}", style="red", soft_wrap=True, highlight=False, markup=False)
    return 1


async def _live(home: Home, wish: Wish, code: list[surroundings.ServiceCode], journal: Journal) -> None:
    await Up(home, wish, code, journal).run()


@app.command()
def status(home: Folder = Path(".home")) -> None:
    """Say which processes of the platform live."""
    known = Home(home).processes()
    alive = {name: processes.same(pid, began) for name, (pid, began) in known.items()}
    for name, (pid, _) in known.items():
        typer.echo(f"{name:<12} {pid:>8} {'runs' if alive[name] else 'is gone'}")
    ready = alive.get(OURSELVES, False) and json.loads(_text(Home(home).run_file) or "{}").get("ready", False)
    typer.echo("ready" if ready else "not ready" if alive.get(OURSELVES) else f"nothing runs on {home}")
    raise typer.Exit(0 if ready else 1)


@app.command()
def stop(home: Folder = Path(".home")) -> None:
    """Stop the platform that runs on the home, and wait until it has."""
    pid, began = Home(home).processes().get(OURSELVES, (0, 0.0))
    if not processes.same(pid, began):
        typer.echo(f"nothing runs on {home}")
        return
    with suppress(psutil.NoSuchProcess):
        processes.stop([psutil.Process(pid)], signal.SIGTERM, STOP)
    typer.echo("stopped")


@app.command()
def restart(
    services: Annotated[list[str] | None, typer.Argument(help="Their names; none: all.")] = None,
    home: Folder = Path(".home"),
) -> None:
    """Replace services one after another, each by a process that is ready before the old one ends."""
    try:
        typer.echo("restarted: " + ", ".join(rolling.ask(Home(home), services or [])))
    except Trouble as trouble:
        raise typer.Exit(_told(trouble)) from None


@app.command()
def provision(
    postgres: Annotated[str, typer.Option(envvar="IMDI_SUPERUSER_URL", help="postgresql://… of a superuser.")],
    kafka: Annotated[str, typer.Option(envvar="IMDI_KAFKA_BOOTSTRAP", help="host:port of a broker.")],
    copies: Annotated[int, typer.Option(envvar="IMDI_KAFKA_COPIES", min=1, help="Of each topic: 3 in production.")] = 1,
) -> None:
    """Make databases, roles and topics on servers that are run elsewhere; services' URLs are read as they read them."""
    try:
        made = asyncio.run(provisioning.provision(surroundings.installed(), os.environ, postgres, kafka, copies))
    except Trouble as trouble:
        typer.echo(f"imdi: {trouble}", err=True)
        raise typer.Exit(1) from None
    typer.echo(f"databases provided; topics made: {len(made)}")


def _text(path: Path) -> str:
    return path.read_text() if path.exists() else ""


def main() -> None:
    """The console script."""
    app()


if __name__ == "__main__":
    main()
