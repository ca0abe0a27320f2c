"""Registry's table of contents: members, clients, and the only home of workers' identity."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import cast

from joserfc.jwk import KeySet
from pydantic import BaseModel, ConfigDict

from imdi_common.clock import Clock
from imdi_common.database import Database
from imdi_common.rate_limit import RateLimit
from imdi_common.service import Runtime, Service
from imdi_common.telemetry import logger
from imdi_registry.actions.set_platform_clients import PlatformClient, set_platform_clients
from imdi_registry.api import clients, members, oauth, privacy, workers
from imdi_registry.api.resources import Resources
from imdi_registry.reactions.due import DUE_ACTIONS
from imdi_registry.reactions.policies import POLICIES
from imdi_registry.reactions.projections import PROJECTIONS
from imdi_registry.settings import Settings
from imdi_registry.storage import members as member_rows
from imdi_registry.storage import signing_keys
from imdi_registry.storage.vault import Vault


@asynccontextmanager
async def _open(runtime: Runtime) -> AsyncIterator[Resources]:
    settings = cast(Settings, runtime.settings)
    async with runtime.database.transaction() as session:
        vault = await Vault.open(session, settings.master_secret, runtime.clock.now())
    keeping = asyncio.create_task(keep_fresh(vault, runtime.database, runtime.clock))
    try:
        yield Resources(vault, RateLimit(settings.applications_per_minute), RateLimit(settings.tokens_per_minute))
    finally:
        keeping.cancel()


async def keep_fresh(
    vault: Vault, database: Database, clock: Clock, pause_s: float = signing_keys.FRESH_FOR.total_seconds()
) -> None:
    """Read the signing keys again for ever: a process that nobody asks for tokens must know those of the others."""
    while True:
        await asyncio.sleep(pause_s)
        try:
            async with database.transaction() as session:
                await vault.fresh_ring(session, clock.now())
        except Exception as error:  # noqa: BLE001 - the database may be away in any way; the keys we have stay good
            logger().info("keys_not_read", error=type(error).__name__)


def _own_keys(runtime: Runtime) -> Callable[[], KeySet | None]:
    """Registry verifies tokens by its own keys: none until it has opened its vault."""

    def published() -> KeySet | None:
        opened: Resources | None = runtime.resources
        return opened.vault.ring.published(runtime.clock.now()) if opened is not None else None

    return published


class Bootstrap(BaseModel):
    """What the operator gives ``bootstrap``; an error in it never shows a secret."""

    model_config = ConfigDict(hide_input_in_errors=True)

    clients: list[PlatformClient]


async def bootstrap(runtime: Runtime) -> None:
    """Set the platform's own clients from JSON on standard input: ``{"clients": [{"name", "client_id", …}]}``."""
    given = Bootstrap.model_validate(json.load(sys.stdin))
    async with runtime.database.transaction() as session:
        await set_platform_clients(session, given.clients, runtime.clock.now())


async def rotate_signing_key(runtime: Runtime) -> None:
    """Add the next signing key; it takes over by itself in five minutes, and the old one retires after it."""
    async with runtime.database.transaction() as session:
        await signing_keys.rotate(session, cast(Resources, runtime.resources).vault.master, runtime.clock.now())


SERVICE = Service(
    name="registry",
    title="IMDI registry",
    package="imdi_registry",
    settings=Settings,
    routers=[oauth.router, members.router, clients.router, workers.router, privacy.router],
    projections=PROJECTIONS,
    policies=POLICIES,
    due=DUE_ACTIONS,
    standing=member_rows.standing,
    commands={"bootstrap": bootstrap, "rotate-signing-key": rotate_signing_key},
    open=_open,
    keys=_own_keys,
)
