"""What servers of one's own need before the services start on them: databases with their roles, and topics.

The same deeds as those of ``imdi up``, for PostgreSQL and Kafka that somebody else runs: compose, Kubernetes.
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import unquote, urlsplit

from imdi_local import databases, topics
from imdi_local.databases import Database
from imdi_local.surroundings import ServiceCode
from imdi_local.trouble import Trouble


def wanted(service: ServiceCode, environment: Mapping[str, str]) -> Database:
    """The database that the service's two URLs speak of. Raises Trouble where they do not follow its name."""
    app_url, migrator_url = (
        urlsplit(environment.get(service.prefix + name, "")) for name in ("DATABASE_URL", "MIGRATOR_DATABASE_URL")
    )
    database = Database(service.database, unquote(migrator_url.password or ""), unquote(app_url.password or ""))
    found = (app_url.username, migrator_url.username, app_url.path, migrator_url.path)
    named = f"/{database.name}"
    if found != (database.app, database.migrator, named, named) or not all((app_url.password, migrator_url.password)):
        raise Trouble(
            f"{service.prefix}DATABASE_URL and {service.prefix}MIGRATOR_DATABASE_URL do not name {database.name}",
            f"set them to postgresql+asyncpg://{database.app}:…@host/{database.name}, then of {database.migrator}",
        )
    return database


async def provision(
    services: list[ServiceCode], environment: Mapping[str, str], superuser_dsn: str, bootstrap: str, copies: int
) -> list[str]:
    """Provides every service's database and all topics; what is there already stays. The topics made."""
    for database in [wanted(service, environment) for service in services if service.has_database]:
        await databases.provide(superuser_dsn, database)
    return await topics.provide(bootstrap, copies=copies)
