"""What the doors need beside the database: the master key, and the signing keys as last read."""

from __future__ import annotations

import asyncio
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from imdi_common.clock import Clock
from imdi_common.database import Database
from imdi_common.telemetry import logger
from imdi_registry.storage import signing_keys
from imdi_registry.storage.sealing import MasterKey
from imdi_registry.storage.signing_keys import FRESH_FOR, Ring


class Vault:
    def __init__(self, master: MasterKey, ring: Ring) -> None:
        self.master = master
        self.ring = ring

    @classmethod
    async def open(cls, session: AsyncSession, secret: bytes, now: datetime) -> Vault:
        """The vault of a starting process; makes the first signing key of all."""
        master = MasterKey(secret)
        return cls(master, await signing_keys.read(session, master, now))

    async def fresh_ring(self, session: AsyncSession, now: datetime) -> Ring:
        """The signing keys, read again where another process may have rotated them since."""
        if abs(now - self.ring.read_at) >= FRESH_FOR:
            self.ring = await signing_keys.read(session, self.master, now)
        return self.ring

    async def keep_fresh(self, database: Database, clock: Clock, pause_s: float = FRESH_FOR.total_seconds()) -> None:
        """Read the signing keys again for ever: a process that nobody asks for tokens must know those of the others."""
        while True:
            await asyncio.sleep(pause_s)
            try:
                async with database.transaction() as session:
                    await self.fresh_ring(session, clock.now())
            except Exception as error:  # noqa: BLE001 - the database may be away in any way; the keys we have stay good
                logger().info("keys_not_read", error=type(error).__name__)
