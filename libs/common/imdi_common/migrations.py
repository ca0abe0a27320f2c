"""Bringing a service's database to its newest form, as its owner: alembic, one history per service."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path

from alembic import command, context, op
from alembic.config import Config
from sqlalchemy import Connection, MetaData, pool
from sqlalchemy.ext.asyncio import create_async_engine

from imdi_common import mechanics
from imdi_common.service import Service

VERSION_TABLE = "schema_version"
TEMPLATE = Path(__file__).parent / "templates/script.py.mako"


def mechanics_tables() -> None:
    """In a service's first revision: the tables of ``imdi_common.mechanics``, as they are then."""
    mechanics.metadata.create_all(op.get_bind(), checkfirst=False)
    op.execute("insert into publication (last) values (0)")


def operations_tables() -> None:
    """In a service's second revision: operators' decisions, rebuilt copies, a faster look at blocked keys and feeds.

    A database whose first revision ran with this release has them already.
    """
    mechanics.metadata.create_all(op.get_bind())
    op.execute("alter table publication add column if not exists forgotten bigint not null default 0")
    op.execute("drop index if exists outbox_published")
    for index in (*mechanics.held_record.indexes, *mechanics.outbox.indexes):
        index.create(op.get_bind(), checkfirst=True)


def config_of(service: Service, url: str) -> Config:
    """The alembic configuration of one service; no ini file."""
    config = Config()
    config.set_main_option("script_location", str(service.folder / "storage/migrations"))
    config.set_main_option("sqlalchemy.url", url.replace("%", "%%"))
    return config


def migrate(service: Service, url: str) -> None:
    """Upgrade the database at ``url`` (the owner's role) to the newest revision."""
    command.upgrade(config_of(service, url), "head")


def run_env(metadata: MetaData) -> None:
    """The whole of a service's ``migrations/env.py``: run revisions in one transaction."""
    asyncio.run(_run_revisions([metadata, mechanics.metadata]))


async def _run_revisions(metadata: list[MetaData]) -> None:
    engine = create_async_engine(str(context.config.get_main_option("sqlalchemy.url")), poolclass=pool.NullPool)

    def run(connection: Connection) -> None:
        context.configure(connection=connection, target_metadata=metadata, version_table=VERSION_TABLE)
        with context.begin_transaction():
            context.run_migrations()

    async with engine.connect() as connection:
        await connection.run_sync(run)
        await connection.commit()
    await engine.dispose()


def new_revision(service: Service, url: str, message: str) -> None:
    """Write the next revision from the difference between the models and the database at ``url``."""
    folder = service.folder / "storage/migrations"
    template = folder / TEMPLATE.name
    shutil.copy(TEMPLATE, template)  # alembic looks for it nowhere else
    try:
        config = config_of(service, url)
        number = len(list((folder / "versions").glob("*.py"))) + 1
        command.revision(config, message, autogenerate=True, rev_id=f"{number:04d}")
    finally:
        template.unlink()
