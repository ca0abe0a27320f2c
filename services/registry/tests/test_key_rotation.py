from __future__ import annotations

import asyncio
from typing import Any

from structlog.testing import capture_logs

from imdi_common.database import Database
from imdi_registry.app import keep_fresh
from imdi_registry.storage import signing_keys
from imdi_registry.storage.sealing import MasterKey
from imdi_registry.storage.vault import Vault


async def kids(vault: Vault, count: int, clock: Any) -> set[str]:
    """The keys published, once there are so many."""
    async with asyncio.timeout(10):
        while len(found := {str(key.kid) for key in vault.ring.published(clock.now()).keys}) != count:  # noqa: ASYNC110 - another task changes it
            await asyncio.sleep(0.01)
    return found


async def test_a_process_that_nobody_asks_for_tokens_learns_of_new_keys(
    database: Database, master: MasterKey, clock: Any
) -> None:
    async with database.transaction() as session:
        vault = Vault(master, await signing_keys.read(session, master, clock.now()))
        new = await signing_keys.rotate(session, master, clock.now())
    keeping = asyncio.create_task(keep_fresh(vault, database, clock, pause_s=0.01))
    try:
        assert new not in await kids(vault, 1, clock)
        clock.advance(signing_keys.FRESH_FOR)
        assert new in await kids(vault, 2, clock)
    finally:
        keeping.cancel()


async def test_it_goes_on_while_the_database_is_away(database: Database, master: MasterKey, clock: Any) -> None:
    async with database.transaction() as session:
        vault = Vault(master, await signing_keys.read(session, master, clock.now()))
    clock.advance(signing_keys.FRESH_FOR)
    away = Database("postgresql+asyncpg://nobody@127.0.0.1:1/nowhere")
    with capture_logs() as told:
        keeping = asyncio.create_task(keep_fresh(vault, away, clock, pause_s=0.01))
        async with asyncio.timeout(10):
            while len(told) < 3:  # noqa: ASYNC110 - another task tells
                await asyncio.sleep(0.01)
    assert not keeping.done()
    keeping.cancel()
    await away.close()
    assert {entry["event"] for entry in told} == {"keys_not_read"}
    assert len(await kids(vault, 1, clock)) == 1
