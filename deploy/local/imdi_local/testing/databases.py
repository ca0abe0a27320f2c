"""A database per service and test worker: migrated once, emptied after each test that committed to it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

import asyncpg

from imdi_common.database import Database
from imdi_common.migrations import VERSION_TABLE, migrate
from imdi_common.service import Service
from imdi_local.testing.servers import Servers

TABLES = "select tablename from pg_tables where schemaname = 'public' and tablename <> $1"


@dataclass
class TestDatabase:
    """One service's migrated database; what its migrations put in is put back when it is emptied."""

    __test__ = False

    url: str
    owner_url: str
    database: Database

    async def seed(self) -> None:
        """Remember the rows that the migrations made."""
        owner = await self._owner()
        await owner.execute("create schema seeds")
        for (table,) in await owner.fetch(TABLES, VERSION_TABLE):
            if await owner.fetchval(f'select exists (select from "{table}")'):
                await owner.execute(f'create table seeds."{table}" as table public."{table}"')
        await owner.close()

    async def empty(self) -> None:
        """Make it as it was after the migrations."""
        owner = await self._owner()
        names = ", ".join(f'"{table}"' for (table,) in await owner.fetch(TABLES, VERSION_TABLE))
        async with owner.transaction():
            await owner.execute(f"truncate {names} restart identity cascade")
            for (table,) in await owner.fetch("select tablename from pg_tables where schemaname = 'seeds'"):
                await owner.execute(f'insert into "{table}" overriding system value select * from seeds."{table}"')
        await owner.close()

    async def _owner(self) -> asyncpg.Connection:
        return await asyncpg.connect(self.owner_url.replace("+asyncpg", ""))


class TestDatabases:
    """The databases of one test worker."""

    __test__ = False

    def __init__(self, servers: Servers, worker: str) -> None:
        self.servers = servers
        self.worker = worker
        self._made: dict[str, TestDatabase] = {}

    async def of(self, service: Service) -> TestDatabase:
        """The service's database, made and migrated when first asked for."""
        if service.name not in self._made:
            name = f"{service.package}_{self.worker}"
            url, owner_url = await asyncio.to_thread(self.servers.postgres.create_database, name)
            await asyncio.to_thread(migrate, service, owner_url)
            made = TestDatabase(url, owner_url, Database(url, pool_size=20, name=name))
            await made.seed()
            self._made[service.name] = made
        return self._made[service.name]

    async def close(self) -> None:
        for made in self._made.values():
            await made.database.close()
