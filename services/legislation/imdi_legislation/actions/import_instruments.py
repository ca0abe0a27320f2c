"""Import a file of instruments: rows are entered one by one, some at a time, each whole or not at all."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from graphlib import CycleError, TopologicalSorter
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from imdi_common.actor import Actor
from imdi_common.database import is_environment
from imdi_common.due import schedule
from imdi_common.ids import uuid7
from imdi_common.problems import Problem, forbidden, invalid
from imdi_common.telemetry import logger
from imdi_legislation.actions.import_row import import_row
from imdi_legislation.actions.refusals import refused
from imdi_legislation.domain.csv_form import from_csv
from imdi_legislation.domain.fields import Invalid
from imdi_legislation.domain.json_ld import from_json_ld
from imdi_legislation.storage.library import InstrumentImport, InstrumentImportRow

IMPORT_INSTRUMENTS = "import-instruments"
BATCH = 25
"""Rows a transaction: the others who record wait no longer than for these."""


async def begin_import(session: AsyncSession, body: Mapping[str, Any], actor: Actor, now: datetime) -> UUID:
    """Take a file in and let its rows fall due: 422 where it cannot be read, 403 for who may enter no instrument."""
    government = actor.tenant.country if actor.tenant and actor.tenant.kind == "government" else None
    if government is None and not actor.is_steward:
        raise forbidden("A party's government enters an instrument, the steward an international one.")
    try:
        rows = from_csv(body["content"]) if body["format"] == "csv" else from_json_ld(body["document"])
    except Invalid as error:
        raise refused(error) from error
    if not rows:
        raise invalid("content" if body["format"] == "csv" else "document", "required", "It holds no instrument.")
    begun = InstrumentImport(
        id=uuid7(),
        client_id=actor.client_id,
        government_of=government,
        is_steward=actor.is_steward,
        status="waiting",
        rows=len(rows),
        begun_at=now,
        finished_at=None,
    )
    session.add(begun)
    await session.flush()
    turns = _turns(rows)
    session.add_all(
        InstrumentImportRow(
            import_id=begun.id, number=number, turn=turns[number], body=row, outcome=None, instrument_id=None, errors=[]
        )
        for number, row in enumerate(rows, 1)
    )
    await schedule(session, IMPORT_INSTRUMENTS, str(begun.id), now)
    return begun.id


def _turns(rows: list[dict[str, Any]]) -> dict[int, int]:
    """In which turn each row is entered: after those of the same file to which it is related."""
    numbers = {row.get("code"): number for number, row in enumerate(rows, 1) if isinstance(row.get("code"), str)}
    sorter: TopologicalSorter[int] = TopologicalSorter()
    for number, row in enumerate(rows, 1):
        said = row.get("statements")
        objects = [each.get("object") for each in said if isinstance(each, dict)] if isinstance(said, list) else []
        sorter.add(number, *(numbers[each] for each in objects if isinstance(each, str) and each in numbers))
    try:
        return {number: turn for turn, number in enumerate(sorter.static_order())}
    except CycleError:
        return {number: number for number in range(1, len(rows) + 1)}


async def go_on_importing(session: AsyncSession, subject: str, now: datetime) -> None:
    """Enter the next rows of an import; falls due again while any is left."""
    going = await session.get_one(InstrumentImport, UUID(subject), with_for_update=True)
    found = select(InstrumentImportRow).where(
        InstrumentImportRow.import_id == going.id, InstrumentImportRow.outcome.is_(None)
    )
    for row in list(await session.scalars(found.order_by(InstrumentImportRow.turn).limit(BATCH))):
        await _enter(session, going, row, now)
    await session.flush()
    left = await session.scalar(select(func.count()).select_from(found.subquery()))
    going.status = "running" if left else "done"
    going.finished_at = None if left else now
    if left:
        await schedule(session, IMPORT_INSTRUMENTS, subject, now)


async def _enter(session: AsyncSession, going: InstrumentImport, row: InstrumentImportRow, now: datetime) -> None:
    """Enter one row; whatever refuses it is noted on it, and undoes all of it and nothing else."""
    try:
        async with session.begin_nested():
            row.outcome, row.instrument_id = await import_row(session, going, row.body, now)
        return
    except Problem as problem:
        rule = {"field": "code", "rule": problem.slug, "detail": problem.detail}
        errors = problem.errors or [rule]
    except IntegrityError:
        errors = [{"field": "code", "rule": "conflict", "detail": "Something else has just taken its place."}]
    except Exception as error:
        if is_environment(error):
            raise
        logger().error("import_row_failed", import_id=str(going.id), row=row.number, error=type(error).__name__)
        errors = [{"field": "code", "rule": "readable", "detail": "This row cannot be entered as it is written."}]
    row.outcome, row.instrument_id, row.errors = "refused", None, list(errors)
