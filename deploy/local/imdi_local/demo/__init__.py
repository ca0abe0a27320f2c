"""The demonstration: synthetic partners and one worker's whole journey under real law, over HTTP alone."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path

from rich.console import Console

from imdi_local.demo.journey import Journey
from imdi_local.demo.partner import Partner, Platform
from imdi_local.demo.story import Story
from imdi_local.home import write_private

Clients = dict[str, dict[str, str | None]]


async def run(urls: Mapping[str, str], stewards: Clients, kept: Path, today: date, console: Console) -> Clients:
    """Tell the PH→SA journey on a running platform; returns the demo partners' clients for ``run.json``.

    ``urls`` is each service's address. ``kept`` is the file that remembers the partners for the next start: they join
    once, each journey is a new worker's.
    """
    known = _remembered(kept)
    async with Platform(urls) as platform:
        partners = {name: Partner.of(platform, name, client) for name, client in known.items()}
        steward = Partner.of(platform, "steward", stewards["steward"])
        journey = Journey(platform, steward, today, Story(console), partners)
        try:
            async for _ in journey.steps():
                pass
        finally:
            clients = {name: partner.client() for name, partner in journey.partners.items()}
            write_private(kept, clients)
    return clients


def _remembered(kept: Path) -> Clients:
    found: Clients = json.loads(kept.read_text()) if kept.exists() else {}
    return found
