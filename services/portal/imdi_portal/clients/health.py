"""How the four services are, asked at the moment of looking."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import httpx

PATIENCE_S = 1.5
State = Literal["ready", "degraded", "not ready", "away"]


@dataclass(frozen=True, slots=True)
class Health:
    """One service: how it is, and which release runs."""

    name: str
    state: State
    without: tuple[str, ...] = ()
    """What it works without just now, as in ``kafka``."""
    version: str | None = None
    unsafe: tuple[str, ...] = ()
    """Settings that are meant for tests alone."""


async def healths(client: httpx.AsyncClient, addresses: Mapping[str, str]) -> list[Health]:
    """All services at once; one that is away costs no more than the patience for it."""
    return list(await asyncio.gather(*(_health(client, name, url) for name, url in addresses.items())))


async def _health(client: httpx.AsyncClient, name: str, url: str) -> Health:
    try:
        async with asyncio.timeout(PATIENCE_S):
            ready, version = await asyncio.gather(client.get(f"{url}/health/ready"), client.get(f"{url}/version"))
            said, release = ready.json(), version.json()
            return Health(
                name=name,
                state=_state(ready.status_code, said.get("degraded", [])),
                without=tuple(map(str, said.get("degraded", []))),
                version=str(release.get("version", "")) or None,
                unsafe=tuple(map(str, release.get("unsafe", []))),
            )
    except (httpx.HTTPError, TimeoutError, ValueError, AttributeError, TypeError):
        return Health(name, "away")  # or it answers what none of ours would


def _state(status: int, degraded: list[str]) -> State:
    if status != httpx.codes.OK:
        return "not ready"
    return "degraded" if degraded else "ready"
