"""A service's database and its two roles: the migrator, who owns and makes, and the app, who reads and writes rows."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import urlsplit

import asyncpg


@dataclass(frozen=True)
class Database:
    """Names and passwords: ``imdi_x``, owned by ``imdi_x_migrator``, used by ``imdi_x_app``."""

    name: str
    migrator_password: str = field(repr=False)
    app_password: str = field(repr=False)

    @property
    def migrator(self) -> str:
        """The owner's role."""
        return f"{self.name}_migrator"

    @property
    def app(self) -> str:
        """The service's role."""
        return f"{self.name}_app"

    def urls(self, superuser_dsn: str, *, port: int | None = None) -> tuple[str, str]:
        """The app's and the migrator's URL for SQLAlchemy with asyncpg, on that DSN's server (or a ``port`` to it)."""
        where = urlsplit(superuser_dsn)
        place = f"{where.hostname}:{port or where.port or 5432}/{self.name}"
        return (
            f"postgresql+asyncpg://{self.app}:{self.app_password}@{place}",
            f"postgresql+asyncpg://{self.migrator}:{self.migrator_password}@{place}",
        )


async def provide(superuser_dsn: str, database: Database) -> None:
    """Makes database, roles and rights as they should be; what is there already stays, passwords are set anew."""
    server = await asyncpg.connect(superuser_dsn)
    try:
        for role, password in ((database.migrator, database.migrator_password), (database.app, database.app_password)):
            await _provide_role(server, role, password)
        if not await server.fetchval("select 1 from pg_database where datname = $1", database.name):
            await server.execute(f'create database "{database.name}" owner "{database.migrator}"')
        await _admit(server, database)
    finally:
        await server.close()
    inside = await asyncpg.connect(_at(superuser_dsn, database.name))
    try:
        await _share(inside, database)
    finally:
        await inside.close()


async def _admit(server: asyncpg.Connection, database: Database) -> None:
    """Lets the two roles, and nobody else, connect to the database; copies are rebuilt in temporary tables."""
    await server.execute(f'revoke all on database "{database.name}" from public')
    await server.execute(f'grant connect, temporary on database "{database.name}" to "{database.app}"')


async def _provide_role(server: asyncpg.Connection, role: str, password: str) -> None:
    verb = "alter" if await server.fetchval("select 1 from pg_roles where rolname = $1", role) else "create"
    literal = await server.fetchval("select quote_literal($1::text)", password)
    await server.execute(f'{verb} role "{role}" login nosuperuser nocreatedb nocreaterole password {literal}')


async def _share(inside: asyncpg.Connection, database: Database) -> None:
    """What the migrator makes from now on, the app may use: rows of tables, sequences; never their shape."""
    for right, things in (
        ("usage", "schemas"),
        ("select, insert, update, delete", "tables"),
        ("usage, select, update", "sequences"),
    ):
        await inside.execute(
            f'alter default privileges for role "{database.migrator}" grant {right} on {things} to "{database.app}"'
        )
    await inside.execute(f'grant usage on schema public to "{database.app}"')


def _at(dsn: str, name: str) -> str:
    return urlsplit(dsn)._replace(path=f"/{name}").geturl()
