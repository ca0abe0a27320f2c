"""pytest fixtures on real servers: a migrated database for the service under test, its HTTP door, its clock.

A test folder says which service it tests by a fixture ``service``; nothing here stands in for PostgreSQL or Kafka.
"""

from __future__ import annotations

import json
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import hypothesis
import pytest
import pytest_asyncio
from httpx import ASGITransport, AsyncClient
from pydantic import SecretStr
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from imdi_common.app import create_app
from imdi_common.clock import Clock
from imdi_common.database import Database
from imdi_common.mechanics import outbox
from imdi_common.service import Runtime, Service
from imdi_local.testing.databases import TestDatabase, TestDatabases
from imdi_local.testing.servers import Servers, test_servers
from imdi_local.testing.tokens import ISSUER, Mint

# How long an example takes says how busy the machine is, and no timing fails a test.
hypothesis.settings.register_profile("imdi", deadline=None)
hypothesis.settings.load_profile("imdi")

MORNING = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


class FixedClock(Clock):
    """Stands still until it is set."""

    def __init__(self) -> None:
        super().__init__()
        self.moment = MORNING

    def now(self) -> datetime:
        return self.moment

    def set(self, moment: datetime) -> None:
        self.moment = moment

    def advance(self, by: timedelta) -> None:
        self.moment += by


@pytest.fixture(scope="session")
def servers() -> Iterator[Servers]:
    """One PostgreSQL and (once asked for) one Kafka for the whole run, whatever the number of workers."""
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID") or f"single-{os.getpid()}"
    with test_servers(run) as running:
        yield running


@pytest.fixture(scope="session")
def kafka_bootstrap(servers: Servers) -> str:
    return servers.kafka.bootstrap


@pytest_asyncio.fixture(scope="session")
async def databases(servers: Servers) -> AsyncIterator[TestDatabases]:
    """One database a service for each test worker, migrated when first asked for."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    kept = TestDatabases(servers, worker)
    yield kept
    await kept.close()


@pytest_asyncio.fixture
async def test_database(databases: TestDatabases, service: Service) -> TestDatabase:
    return await databases.of(service)


@pytest_asyncio.fixture
async def database(test_database: TestDatabase) -> AsyncIterator[Database]:
    """The service's database as its application role; emptied after the test."""
    yield test_database.database
    await test_database.empty()


@pytest_asyncio.fixture
async def session(test_database: TestDatabase) -> AsyncIterator[AsyncSession]:
    """One open transaction, rolled back at the end."""
    async with test_database.database.sessions() as opened:
        await opened.begin()
        yield opened
        await opened.rollback()


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock()


@pytest.fixture(scope="session")
def mint() -> Mint:
    return Mint()


@pytest.fixture
def token(mint: Mint, clock: FixedClock, service: Service) -> Callable[..., dict[str, str]]:
    """``token(scopes="partner", member={…})`` → an ``Authorization`` header the service under test trusts."""

    def header(scopes: str = "partner", member: dict[str, Any] | None = None, **claims: Any) -> dict[str, str]:
        signed = mint.token([service.audience], scopes, member, clock.now(), **claims)
        return {"Authorization": f"Bearer {signed}"}

    return header


@pytest.fixture
def runtime(
    service: Service, test_database: TestDatabase, database: Database, clock: FixedClock, mint: Mint
) -> Runtime:
    """The service wired to the test database, trusting the test's keys."""
    settings = service.settings(
        port=0, database_url=SecretStr(test_database.url), kafka_bootstrap="127.0.0.1:1", issuer=ISSUER, jwks_url=ISSUER
    )
    return Runtime.of(service, settings, clock=clock, database=database, trusted=lambda: mint.public)


@pytest_asyncio.fixture
async def client(runtime: Runtime) -> AsyncIterator[AsyncClient]:
    """The service's HTTP door in this process; each request commits for real."""
    app = create_app(runtime)
    transport = ASGITransport(app, raise_app_exceptions=False)
    async with app.router.lifespan_context(app), AsyncClient(transport=transport, base_url="http://imdi") as opened:
        yield opened


@pytest.fixture
def announced() -> Callable[[AsyncSession], Awaitable[list[tuple[str, str, str, int, dict[str, Any]]]]]:
    """Reads each event recorded, in order, as (topic, type, key, sequence, data)."""

    async def read(session: AsyncSession) -> list[tuple[str, str, str, int, dict[str, Any]]]:
        columns = outbox.c.topic, outbox.c.type, outbox.c.key, outbox.c.sequence, outbox.c.body
        rows = await session.execute(select(*columns).order_by(outbox.c.position))
        return [(topic, kind, key, sequence, json.loads(body)) for topic, kind, key, sequence, body in rows]

    return read


@pytest.fixture
def lying_in() -> Callable[[AsyncSession, str], Awaitable[list[str]]]:
    """Reads all tables; names those in which a given text lies readable, as text or as bytes."""

    async def read(session: AsyncSession, canary: str) -> list[str]:
        tables = await session.scalars(text("select tablename from pg_tables where schemaname = 'public'"))
        forms = canary, canary.encode().hex()
        found = []
        for table in list(tables):
            rows = await session.scalars(text(f'select t::text from "{table}" t'))
            if any(form in row for row in rows for form in forms):
                found.append(table)
        return found

    return read
