from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from imdi_registry.storage import signing_keys
from imdi_registry.storage.sealing import MasterKey
from imdi_registry.storage.tables import SigningKey

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)


async def test_the_first_key_is_made_once(session: AsyncSession, master: MasterKey) -> None:
    first = await signing_keys.read(session, master, NOW)
    again = await signing_keys.read(session, master, NOW + timedelta(days=1))
    assert first.signing(NOW).kid == again.signing(NOW).kid
    assert first.public(NOW) == again.public(NOW)


async def test_only_the_public_half_is_published_and_none_lies_readable(
    session: AsyncSession, master: MasterKey
) -> None:
    ring = await signing_keys.read(session, master, NOW)
    (published,) = ring.public(NOW)["keys"]
    assert published.keys() == {"kty", "crv", "x", "y", "kid", "use", "alg"}
    private = ring.signing(NOW).as_dict(private=True)["d"]
    sealed = await session.scalar(select(SigningKey.sealed))
    assert sealed
    assert str(private).encode() not in sealed


async def test_another_master_key_is_told_in_words(session: AsyncSession, master: MasterKey) -> None:
    await signing_keys.read(session, master, NOW)
    with pytest.raises(signing_keys.OtherMasterKeyError, match="IMDI_REGISTRY_MASTER_KEY"):
        await signing_keys.read(session, MasterKey(b"o" * 32), NOW)


async def test_a_new_key_is_published_before_it_signs_and_the_old_one_after(
    session: AsyncSession, master: MasterKey
) -> None:
    old = (await signing_keys.read(session, master, NOW)).signing(NOW).kid
    new = await signing_keys.rotate(session, master, NOW)
    ring = await signing_keys.read(session, master, NOW)
    takes_over = NOW + signing_keys.PUBLISHED_BEFORE
    retires = takes_over + signing_keys.PUBLISHED_AFTER
    second = timedelta(seconds=1)
    for moment, signing, published in [
        (NOW, old, {old, new}),
        (takes_over - second, old, {old, new}),
        (takes_over, new, {old, new}),
        (retires - second, new, {old, new}),
        (retires, new, {new}),
    ]:
        assert ring.signing(moment).kid == signing
        assert {key.kid for key in ring.published(moment).keys} == published
