"""The demonstration: synthetic partners and one worker's whole journey under real law, over HTTP alone."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from rich.console import Console

from imdi_local.demo.journey import Journey
from imdi_local.demo.partner import Partner, Platform
from imdi_local.demo.people import MEMBERS
from imdi_local.demo.story import Story

Clients = Mapping[str, Mapping[str, str | None]]


async def run(
    urls: Mapping[str, str], clients: Clients, today: date, console: Console
) -> dict[str, dict[str, str | None]]:
    """Tell the PH→SA journey on a running platform; returns the demo partners' clients for ``run.json``.

    ``urls`` is each service's address; ``clients`` holds the two stewards as ``run.json`` does, and the demo's partners
    where they joined in an earlier run.
    """
    async with Platform(urls) as platform:
        steward = Partner.of(platform, "steward", clients["steward"])
        known = {name: Partner.of(platform, name, client) for name, client in clients.items() if name in MEMBERS}
        journey = Journey(platform, steward, today, Story(console), known)
        async for _ in journey.steps():
            pass
        return {name: partner.client() for name, partner in journey.partners.items()}
