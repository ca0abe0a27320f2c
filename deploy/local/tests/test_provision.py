"""Databases and topics on servers that somebody else runs."""

from __future__ import annotations

import os
import subprocess
import sys
import uuid

import asyncpg
import pytest

from imdi_contracts import catalogue
from imdi_local.provision import provision, wanted
from imdi_local.surroundings import ServiceCode, installed
from imdi_local.testing.servers import Servers
from imdi_local.trouble import Trouble

MATCHING = ServiceCode("matching", ())


def urls(host: str = "db", app: str = "imdi_matching_app:a%40b", database: str = "imdi_matching") -> dict[str, str]:
    return {
        "IMDI_MATCHING_DATABASE_URL": f"postgresql+asyncpg://{app}@{host}/{database}",
        "IMDI_MATCHING_MIGRATOR_DATABASE_URL": f"postgresql+asyncpg://imdi_matching_migrator:m@{host}/{database}",
    }


def test_the_database_that_the_urls_name_is_wanted() -> None:
    database = wanted(MATCHING, urls())
    assert (database.name, database.app_password, database.migrator_password) == ("imdi_matching", "a@b", "m")


@pytest.mark.parametrize(
    "environment", [{}, urls(app="imdi_matching_app"), urls(app="postgres:x"), urls(database="other")]
)
def test_urls_that_name_another_are_told(environment: dict[str, str]) -> None:
    with pytest.raises(Trouble, match="IMDI_MATCHING_MIGRATOR_DATABASE_URL do not name imdi_matching"):
        wanted(MATCHING, environment)


async def test_what_services_need_is_provided_once(servers: Servers) -> None:
    name = f"try-{uuid.uuid4().hex[:8]}"
    service = ServiceCode(name, ())
    host = f"{servers.postgres.host}:{servers.postgres.port}"
    environment = {
        f"{service.prefix}DATABASE_URL": f"postgresql+asyncpg://{service.database}_app:a@{host}/{service.database}",
        f"{service.prefix}MIGRATOR_DATABASE_URL": f"postgresql+asyncpg://{service.database}_migrator:m@{host}/"
        f"{service.database}",
    }
    given = ([service, ServiceCode("portal", ())], environment, servers.postgres.superuser_dsn, servers.kafka.bootstrap)
    try:
        made = await provision(*given, copies=1)
        assert set(made) <= {topic.name for topic in catalogue.topics()}
        assert await provision(*given, copies=1) == []
        app = await asyncpg.connect(environment[f"{service.prefix}DATABASE_URL"].replace("+asyncpg", ""))
        assert await app.fetchval("select current_database()") == service.database
        await app.close()
    finally:
        servers.postgres.drop(service.database)


def test_the_command_says_what_is_missing() -> None:
    command = [sys.executable, "-m", "imdi_local", "provision", "--postgres", "postgresql://x", "--kafka", "x:1"]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("IMDI_")}
    ended = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    assert ended.returncode == 1
    named = [service.prefix for service in installed() if service.has_database]
    assert any(f"{prefix}DATABASE_URL" in ended.stderr for prefix in named)
