"""A database per service and test worker: migrated once, emptied after each test that committed to it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

import asyncpg

from imdi_common.database import Database
from imdi_common.migrations import VERSION_TABLE, migrate
from imdi_common.service import Service
from imdi_local.testing.servers import Servers

SEEDS = "seeds"
TABLES = """
select relname from pg_class
where relnamespace = $2::text::regnamespace and relkind = 'r' and relname <> $1 order by oid
"""
"""In the order in which they were made: what another refers to comes first."""
COLUMNS = """
select string_agg(quote_ident(attname), ', ') from pg_attribute
where attrelid = ('public.' || quote_ident($1))::regclass and attnum > 0 and not attisdropped and attgenerated = ''
"""
IDENTITY = """
select attname from pg_attribute
where attrelid = ('public.' || quote_ident($1))::regclass and attidentity <> '' and not attisdropped
"""


@dataclass
class TestDatabase:
    """One service's migrated database; what its migrations put in is put back when it is emptied."""

    __test__ = False

    url: str
    owner_url: str
    database: Database

    async def keep(self, name: str) -> None:
        """Remember the rows that there are now under ``name``."""
        owner = await self._owner()
        await owner.execute(f"create schema {name}")
        for (table,) in await owner.fetch(TABLES, VERSION_TABLE, "public"):
            if await owner.fetchval(f'select exists (select from "{table}")'):
                await owner.execute(f'create table {name}."{table}" as table public."{table}"')
        await owner.close()

    async def put_back(self, name: str) -> None:
        """Make it as it was when ``name`` was kept."""
        owner = await self._owner()
        names = ", ".join(f'"{table}"' for (table,) in await owner.fetch(TABLES, VERSION_TABLE, "public"))
        async with owner.transaction():
            await owner.execute(f"truncate {names} restart identity cascade")
            for (table,) in await owner.fetch(TABLES, "", name):
                columns = await owner.fetchval(COLUMNS, table)
                kept = f'select {columns} from {name}."{table}"'
                await owner.execute(f'insert into "{table}" ({columns}) overriding system value {kept}')
                if identity := await owner.fetchval(IDENTITY, table):
                    following = f"pg_get_serial_sequence('{table}', '{identity}')"
                    await owner.execute(f'select setval({following}, max({identity})) from "{table}"')
        await owner.close()

    async def empty(self) -> None:
        """Make it as it was after the migrations."""
        await self.put_back(SEEDS)

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
            await made.keep(SEEDS)
            self._made[service.name] = made
        return self._made[service.name]

    async def close(self) -> None:
        for made in self._made.values():
            await made.database.close()
