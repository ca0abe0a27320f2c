from __future__ import annotations

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import AsyncSession

from imdi_common.mechanics import metadata
from imdi_common.migrations import VERSION_TABLE
from imdi_matching.storage.copies import METADATA


async def test_the_migrated_database_is_as_the_models_say(session: AsyncSession) -> None:
    def differences(connection: Connection) -> list[object]:
        context = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE, "compare_type": True})
        return list(compare_metadata(context, [METADATA, metadata]))  # type: ignore[arg-type]  # it takes several

    connection = await session.connection()
    assert await connection.run_sync(differences) == []
