"""The library as a file, and how far an import has come."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from imdi_common.actor import Actor
from imdi_common.problems import not_found
from imdi_legislation.domain.csv_form import COLUMNS, csv_line, to_csv
from imdi_legislation.domain.json_ld import CONTEXT, to_json_ld
from imdi_legislation.domain.plain import plain
from imdi_legislation.queries.instruments import Wanted, shown
from imdi_legislation.queries.library import shown_statement
from imdi_legislation.storage.library import InstrumentImport, InstrumentImportRow, InstrumentStatement
from imdi_legislation.storage.tables import Instrument

Open = Callable[[], AbstractAsyncContextManager[AsyncSession]]
"""Opens the transaction of a read."""
Said = dict[UUID, list[dict[str, Any]]]
BATCH = 100
KEPT = ("id", "recorded_at", "replaces")
"""What belongs to this library alone and does not travel."""


async def csv_file(opened: Open, wanted: Wanted) -> AsyncIterator[str]:
    yield csv_line(COLUMNS)
    async for batch, _ in _batches(opened, wanted):
        yield "".join(to_csv(shown(instrument)) for instrument in batch)


async def json_ld_file(opened: Open, wanted: Wanted) -> AsyncIterator[str]:
    yield f'{{"@context": {json.dumps(CONTEXT)}, "@graph": ['
    separator = ""
    async for batch, said in _batches(opened, wanted):
        for instrument in batch:
            node = to_json_ld(plain(shown(instrument) | {"id": None}), said.get(instrument.id, []))
            yield separator + json.dumps(node, ensure_ascii=False)
            separator = ",\n"
    yield "]}"


async def _batches(opened: Open, wanted: Wanted) -> AsyncIterator[tuple[list[Instrument], Said]]:
    """Instruments by code with what is said of them, some at a time: a library of any size in little memory.

    Each batch is a transaction of its own, so that whoever reads slowly holds none open.
    """
    after = ""
    while True:
        found = select(Instrument).where(*wanted.conditions(), Instrument.code > after).order_by(Instrument.code)
        async with opened() as session:
            batch = list(await session.scalars(found.limit(BATCH)))
            said = await _standing(session, [instrument.id for instrument in batch])
        if batch:
            yield batch, said
        if len(batch) < BATCH:
            return
        after = batch[-1].code


async def _standing(session: AsyncSession, instruments: list[UUID]) -> Said:
    """Each instrument's statements that were neither replaced nor withdrawn."""
    replaced = select(InstrumentStatement.replaces).where(InstrumentStatement.replaces.is_not(None))
    found = select(InstrumentStatement).where(
        InstrumentStatement.instrument_id.in_(instruments),
        InstrumentStatement.kind != "withdrawal",
        InstrumentStatement.id.not_in(replaced),
    )
    said: Said = {}
    for row in await session.scalars(found.order_by(InstrumentStatement.recorded_at, InstrumentStatement.id)):
        body = {name: plain(value) for name, value in shown_statement(row).items() if value is not None}
        said.setdefault(row.instrument_id, []).append({n: v for n, v in body.items() if n not in KEPT})
    return said


async def show_import(
    session: AsyncSession, import_id: UUID, actor: Actor, limit: int, after: int
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """An import of the caller's own (the steward's: any) with its counts, and its rows after a number."""
    begun = await session.get(InstrumentImport, import_id)
    government = actor.tenant.country if actor.tenant and actor.tenant.kind == "government" else None
    own = begun and (begun.client_id == actor.client_id or (government and begun.government_of == government))
    if begun is None or not (own or actor.is_steward):
        raise not_found()
    mine = InstrumentImportRow.import_id == import_id
    counted = select(InstrumentImportRow.outcome, func.count()).where(mine).group_by(InstrumentImportRow.outcome)
    counts = {outcome or "left": count for outcome, count in await session.execute(counted)}
    rows = select(InstrumentImportRow).where(mine, InstrumentImportRow.number > after)
    found = await session.scalars(rows.order_by(InstrumentImportRow.number).limit(limit))
    names = ("id", "status", "rows", "begun_at", "finished_at")
    outcomes = {name: counts.get(name, 0) for name in ("created", "updated", "unchanged", "refused")}
    return (
        {name: getattr(begun, name) for name in names} | {"done": sum(outcomes.values())} | outcomes,
        [
            {"row": row.number, "code": _code(row), "outcome": row.outcome, "instrument_id": row.instrument_id}
            | {"errors": row.errors}
            for row in found
        ],
    )


def _code(row: InstrumentImportRow) -> str | None:
    code = row.body.get("code")
    return code[:100] if isinstance(code, str) else None
