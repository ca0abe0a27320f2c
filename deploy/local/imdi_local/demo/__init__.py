"""The demonstration: synthetic partners and one worker's whole journey under real law, over HTTP alone."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import httpx
from rich.console import Console

from imdi_local.demo.journey import Journey
from imdi_local.demo.partner import Partner, Platform, Refused
from imdi_local.demo.story import Story
from imdi_local.home import write_private
from imdi_local.run_file import Clients
from imdi_local.trouble import Trouble


async def run(
    urls: Mapping[str, str], stewards: Clients, kept: Path, today: date, console: Console, *, law: bool
) -> Clients:
    """Tell the PH→SA journey on a running platform; returns the demo partners' clients for ``run.json``.

    ``urls`` is each service's address. ``kept`` is the file that remembers the partners for the next start: they join
    once, each journey is a new worker's. Where no ``law`` is loaded the partners join, and there is nothing to tell.
    Raises Trouble where the platform does not let the journey go on.
    """
    known = _remembered(kept)
    async with Platform(urls) as platform:
        partners = {name: Partner.of(platform, name, client) for name, client in known.items()}
        steward = Partner.of(platform, "steward", stewards["steward"])
        journey = Journey(platform, steward, today, Story(console), partners)
        try:
            if law:
                async for _ in journey.steps():
                    pass
            else:
                await journey.gather_members()
        except (Refused, TimeoutError, httpx.TransportError) as error:
            raise Trouble(
                f"the journey could not go on ({type(error).__name__}: {error})",
                "see the services' logs; --no-demo starts without it",
            ) from error
        finally:
            clients = {name: partner.client() for name, partner in journey.partners.items()}
            write_private(kept, clients)
    return clients


def _remembered(kept: Path) -> Clients:
    try:
        found: Clients = json.loads(kept.read_text()) if kept.exists() else {}
    except ValueError as error:
        raise Trouble(f"{kept} is damaged ({type(error).__name__})", "remove it: new clients are made") from error
    return found
