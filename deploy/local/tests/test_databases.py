"""Who may do what in a service's database."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import asyncpg
import pytest

from imdi_local import databases
from imdi_local.databases import Database
from imdi_local.testing.servers import Servers


def plain(url: str) -> str:
    return url.replace("+asyncpg", "")


@pytest.fixture
def name(servers: Servers) -> Iterator[str]:
    name = f"imdi_try_{uuid.uuid4().hex[:8]}"
    yield name
    servers.postgres.drop(name)


async def test_the_app_uses_what_the_migrator_makes_and_makes_nothing(servers: Servers, name: str) -> None:
    app_url, migrator_url = servers.postgres.create_database(name)
    migrator = await asyncpg.connect(plain(migrator_url))
    await migrator.execute("create extension btree_gist")
    await migrator.execute("create table thing (id serial primary key, name text)")
    await migrator.close()
    app = await asyncpg.connect(plain(app_url))
    await app.execute("insert into thing (name) values ('a'), ('b')")
    await app.execute("update thing set name = 'c' where name = 'a'")
    await app.execute("delete from thing where name = 'b'")
    assert await app.fetch("select id, name from thing") == [(1, "c")]
    for forbidden in ("create table other ()", "drop table thing", "alter table thing add extra int", "truncate thing"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await app.execute(forbidden)
    await app.close()


async def test_one_services_roles_cannot_connect_to_anothers_database(servers: Servers, name: str) -> None:
    app_url, migrator_url = servers.postgres.create_database(name)
    other = f"{name}_other"
    servers.postgres.create_database(other)
    try:
        for url in (app_url, migrator_url):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await asyncpg.connect(f"{plain(url)}_other")
    finally:
        servers.postgres.drop(other)


async def test_providing_again_keeps_the_rows_and_sets_the_passwords_anew(servers: Servers, name: str) -> None:
    _, migrator_url = servers.postgres.create_database(name)
    migrator = await asyncpg.connect(plain(migrator_url))
    await migrator.execute("create table thing as select 1 as id")
    await migrator.close()
    changed = Database(name, migrator_password="m'2", app_password='a"2')
    await databases.provide(servers.postgres.superuser_dsn, changed)
    host, port = servers.postgres.host, servers.postgres.port
    app = await asyncpg.connect(host=host, port=port, user=changed.app, password='a"2', database=name)
    assert await app.fetchval("select id from thing") == 1
    await app.close()
    with pytest.raises(asyncpg.InvalidPasswordError):
        await asyncpg.connect(plain(migrator_url))


def test_passwords_are_not_shown() -> None:
    assert "hidden" not in repr(Database("x", migrator_password="hidden", app_password="hidden"))
