from __future__ import annotations

from datetime import date

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, TextClause, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from imdi_common.mechanics import metadata as mechanics
from imdi_legislation.storage.copies import METADATA
from imdi_legislation.storage.library_texts import STEMMED

ANSWER = text("""
    insert into determination (id, subject_id, kind, revision, judged_on, law_epoch, input_hash, outcome, determined_at)
    values (gen_random_uuid(), gen_random_uuid(), 'vacancy', 1, current_date, 0, '', '{}', now())
""")
DECISION = text("""
    insert into recognition_decision (id, worker_id, profession, destination, outcome, differences, compensation,
        authority, decided_on, reference, recorded_by, recorded_at)
    values (gen_random_uuid(), gen_random_uuid(), 'nurse', 'SA', 'full', '[]', '[]', 'x', current_date, 'x', 'x', now())
""")
INSERT = text("""
    insert into rule_version (id, code, number, kind, status, origins, destinations, occupations, effect, basis,
        disputed, effective_from, effective_until, transition, confidence, drafted_by, drafted_at)
    values (gen_random_uuid(), 'a', :number, 'bar', :status, '{}', '{}', '{}', '{}', '[]', '[]',
        :begins, :ends, 'all_open', 'primary', 'x', now())
""")


async def test_the_models_are_the_migrated_database(session: AsyncSession) -> None:
    def differences(connection: Connection) -> list[object]:
        context = MigrationContext.configure(connection, opts={"version_table": "schema_version"})
        return list(compare_metadata(context, [METADATA, mechanics]))  # type: ignore[arg-type]  # a sequence will do

    connection = await session.connection()
    assert await connection.run_sync(differences) == []


async def test_the_database_knows_every_language_by_whose_stems_is_searched(session: AsyncSession) -> None:
    known = set(await session.scalars(text("select cfgname::text from pg_ts_config")))
    assert set(STEMMED.values()) <= known


@pytest.mark.parametrize(
    ("status", "begins", "ends", "fits"),
    [
        ("active", date(2027, 1, 1), None, True),
        ("active", date(2026, 12, 31), None, False),
        ("retired", date(2026, 12, 31), None, False),
        ("draft", date(2026, 12, 31), None, True),
        ("active", date(2025, 1, 1), date(2025, 12, 31), True),
        ("active", date(2025, 1, 1), date(2026, 1, 1), False),
        ("active", date(2026, 5, 1), date(2026, 4, 30), True),
    ],
)
async def test_the_days_of_activated_versions_cannot_overlap(
    session: AsyncSession, status: str, begins: date, ends: date | None, fits: bool
) -> None:
    await session.execute(text("insert into rule_code (code, kind) values ('a', 'bar')"))
    first = {"number": 1, "status": "active", "begins": date(2026, 1, 1), "ends": date(2026, 12, 31)}
    await session.execute(INSERT, first)
    second = {"number": 2, "status": status, "begins": begins, "ends": ends}
    if fits:
        await session.execute(INSERT, second)
    else:
        with pytest.raises(IntegrityError):
            await session.execute(INSERT, second)


@pytest.mark.parametrize(
    ("made", "change", "table"),
    [
        (ANSWER, "update determination set outcome = outcome", "determination"),
        (ANSWER, "delete from determination", "determination"),
        (DECISION, "update recognition_decision set outcome = outcome", "recognition_decision"),
    ],
)
async def test_the_database_refuses_to_change_what_was_answered_and_decided(
    session: AsyncSession, made: TextClause, change: str, table: str
) -> None:
    await session.execute(made)
    with pytest.raises(IntegrityError, match=f"{table} is only added to"):
        async with session.begin_nested():
            await session.execute(text(change))
