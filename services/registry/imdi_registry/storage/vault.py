"""What the doors need beside the database: the master key, and the signing keys as last read."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import cast

from joserfc.jwk import KeySet

from imdi_common.database import Database
from imdi_common.service import Runtime
from imdi_registry.storage import signing_keys
from imdi_registry.storage.sealing import MasterKey
from imdi_registry.storage.signing_keys import FRESH_FOR, Ring


class Vault:
    def __init__(self, master: MasterKey, ring: Ring) -> None:
        self.master = master
        self.ring = ring

    async def fresh_ring(self, database: Database, now: datetime) -> Ring:
        """The signing keys, read again where another process may have rotated them since."""
        if abs(now - self.ring.read_at) >= FRESH_FOR:
            async with database.transaction() as session:
                self.ring = await signing_keys.read(session, self.master, now)
        return self.ring


@asynccontextmanager
async def opened(runtime: Runtime, secret: bytes) -> AsyncIterator[Vault]:
    """The vault of a starting process; makes the first signing key of all."""
    master = MasterKey(secret)
    async with runtime.database.transaction() as session:
        ring = await signing_keys.read(session, master, runtime.clock.now())
    yield Vault(master, ring)


def vault_of(runtime: Runtime) -> Vault:
    return cast(Vault, runtime.resources)


def trusted(runtime: Runtime) -> KeySet | None:
    """The keys by which registry itself verifies tokens: its own. None until it has started."""
    vault: Vault | None = runtime.resources
    return vault.ring.published(runtime.clock.now()) if vault is not None else None
