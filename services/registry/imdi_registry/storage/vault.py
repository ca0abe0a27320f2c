"""What the doors need beside the database: the master key, and the signing keys as last read."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

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
