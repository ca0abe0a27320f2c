"""What was entered before there was a library is stated by its migration as an entry states it today."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import Connection, select, text
from sqlalchemy.ext.asyncio import AsyncSession

import imdi_legislation
from imdi_legislation.queries.instruments import Wanted, list_instruments
from imdi_legislation.storage.library_periods import keep_what_is_known
from imdi_legislation.storage.tables import Instrument

MIGRATION = Path(str(imdi_legislation.__file__)).parent / "storage/migrations/versions/0004_library.py"
INSERT = text("""
    insert into instrument (id, code, title, type, level, parties, adopted_on, in_force_on, status, topics, confidence,
        verified_on, entered_by, entered_at)
    values (gen_random_uuid(), :code, 'Act on wages', 'act', 'national', :parties, cast(:adopted as text)::date,
        cast(:in_force as text)::date, :status, '{}', 'secondary', '2026-11-01', 'x', now())
""")
KEPT = ("status", "adopted_on", "in_force_on", "parties", "begins", "surely", "ends", "over")


async def rows(session: AsyncSession) -> dict[str, Any]:
    found = select(Instrument).order_by(Instrument.code).execution_options(populate_existing=True)
    return {row.code: [getattr(row, name) for name in KEPT] for row in await session.scalars(found)}


async def test_the_migration_states_what_was_entered(session: AsyncSession) -> None:
    for number, (status, adopted, in_force) in enumerate([
        ("in_force", "2000-01-01", "2001-01-01"),
        ("in_force", "2000-01-01", None),
        ("partly_in_force", None, None),
        ("adopted", "2000-01-01", None),
        ("adopted", "2000-01-01", "2027-01-01"),
        ("draft", None, "2027-01-01"),
        ("not_in_force", "2000-01-01", None),
        ("repealed", "2000-01-01", "2001-01-01"),
        ("expired", None, None),
    ]):  # fmt: skip
        parties = ["NP"] if number else []
        values = {"code": f"A-{number}", "status": status, "adopted": adopted, "in_force": in_force}
        await session.execute(INSERT, values | {"parties": parties})
    spec = importlib.util.spec_from_file_location("library_migration", MIGRATION)
    assert spec
    assert spec.loader
    migration = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(migration)

    def state(connection: Connection) -> None:
        with Operations.context(MigrationContext.configure(connection)):
            migration._state_what_was_entered()

    await (await session.connection()).run_sync(state)
    stated = await rows(session)
    await keep_what_is_known(session, list(await session.scalars(select(Instrument.id))))
    assert await rows(session) == stated
    found = await list_instruments(session, Wanted(words="wage"), 50, None)
    assert [row["code"] for row in found] == list(stated)
