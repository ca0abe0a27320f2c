from __future__ import annotations

from typing import Any

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection

from imdi_common import mechanics
from imdi_common.database import Database
from imdi_common.migrations import VERSION_TABLE
from imdi_worker_prep.storage.copies import METADATA


async def test_the_migrated_database_is_what_the_models_say(database: Database) -> None:
    def differences(connection: Connection) -> list[Any]:
        context = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE})
        return list(compare_metadata(context, [METADATA, mechanics.metadata]))  # type: ignore[arg-type]

    async with database.engine.connect() as connection:
        assert await connection.run_sync(differences) == []
