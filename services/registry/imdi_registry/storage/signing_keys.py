"""The keys that sign access tokens: ES256, stored encrypted, rotated without a gap."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography.exceptions import InvalidTag
from joserfc.jwk import ECKey, KeySet
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from imdi_registry.storage.sealing import MasterKey
from imdi_registry.storage.tables import SigningKey

ALGORITHM = "ES256"
"""Every JOSE library knows it by this name; that of EdDSA has just been split in two (RFC 9864)."""
PUBLISHED_BEFORE = timedelta(minutes=5)
"""A new key is published this long before it signs: verifiers fetch keys each minute."""
PUBLISHED_AFTER = timedelta(minutes=20)
"""A key is published this long after its successor took over: its last token lives 10 minutes."""
FRESH_FOR = timedelta(seconds=30)
_LOCK = 0x5349474E
"""Advisory lock: processes that start at once make one first key, not two."""


class OtherMasterKeyError(Exception):
    """The database was sealed under another master key than the one given: nothing in it can be read."""

    def __init__(self) -> None:
        super().__init__("IMDI_REGISTRY_MASTER_KEY is not the key under which this database was sealed")


@dataclass(frozen=True, slots=True)
class Ring:
    """All keys, oldest first, each with the moment from which it signs; ``read_at`` is when they were read."""

    keys: tuple[tuple[datetime, ECKey], ...]
    read_at: datetime

    def signing(self, now: datetime) -> ECKey:
        """The newest key that signs already."""
        return next((key for since, key in reversed(self.keys) if since <= now), self.keys[0][1])

    def published(self, now: datetime) -> KeySet:
        """Every key that a verifier may meet now."""
        ends = [since + PUBLISHED_AFTER for since, _ in self.keys[1:]]
        last = [key for (_, key), end in zip(self.keys, ends, strict=False) if now < end]
        return KeySet([*last, self.keys[-1][1]])

    def public(self, now: datetime) -> dict[str, list[dict[str, object]]]:
        """The JWKS document."""
        keys = self.published(now).keys
        return {"keys": [{**key.as_dict(private=False), "use": "sig", "alg": ALGORITHM} for key in keys]}


async def read(session: AsyncSession, master: MasterKey, now: datetime) -> Ring:
    """All signing keys; the first is made here where there is none. ``OtherMasterKeyError`` where they stay shut."""
    if not await session.scalar(select(func.count()).select_from(SigningKey)):
        await session.execute(select(func.pg_advisory_xact_lock(_LOCK)))
        if not await session.scalar(select(func.count()).select_from(SigningKey)):
            await _add(session, master, now)
    rows = await session.scalars(select(SigningKey).order_by(SigningKey.signs_from))
    return Ring(tuple((row.signs_from, _opened(master, row)) for row in rows), now)


async def rotate(session: AsyncSession, master: MasterKey, now: datetime) -> str:
    """Add the next key and return its id; it takes over by itself once every verifier can know it."""
    await session.execute(select(func.pg_advisory_xact_lock(_LOCK)))
    return await _add(session, master, now + PUBLISHED_BEFORE)


async def _add(session: AsyncSession, master: MasterKey, signs_from: datetime) -> str:
    key = ECKey.generate_key("P-256")
    kid = key.thumbprint()
    plain = json.dumps(key.as_dict(private=True)).encode()
    session.add(SigningKey(kid=kid, sealed=master.seal_signing_key(kid, plain), signs_from=signs_from))
    await session.flush()
    return kid


def _opened(master: MasterKey, row: SigningKey) -> ECKey:
    try:
        plain = master.open_signing_key(row.kid, row.sealed)
    except InvalidTag as error:
        raise OtherMasterKeyError from error
    return ECKey.import_key(json.loads(plain) | {"kid": row.kid})
