"""Load procedures as data files: ``procedures/*.yaml`` beside the packs, lists of bodies of ``POST /v1/procedures``.

As in a pack, instruments are named by their codes, the file was reviewed, and what a file said before is left alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from uuid import UUID

import yaml
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from imdi_legislation.actions.activate_procedure import activate
from imdi_legislation.actions.draft_procedure import add_procedure
from imdi_legislation.actions.load_packs import PackRefused
from imdi_legislation.domain.drafts import BasisDraft
from imdi_legislation.domain.fields import Invalid
from imdi_legislation.domain.plain import fingerprint, plain
from imdi_legislation.domain.procedures import ProcedureDraft, Step, read_procedure
from imdi_legislation.storage.procedures import hold_code, versions_of
from imdi_legislation.storage.tables import Instrument

FOLDER = "procedures"


@dataclass(frozen=True, slots=True)
class ProcedureFile:
    name: str
    procedures: list[ProcedureDraft]


def read_procedures(packs: Path) -> list[ProcedureFile]:
    """Every file of the folder, by name; ``PackRefused`` lists all that is wrong with them."""
    errors: list[str] = []
    files = [_read(file, errors) for file in sorted((packs / FOLDER).glob("*.yaml"))]
    if errors:
        raise PackRefused(errors)
    return files


def _read(file: Path, errors: list[str]) -> ProcedureFile:
    bodies = yaml.safe_load(file.read_text("utf-8"))
    drafts = []
    if not isinstance(bodies, list) or not all(isinstance(body, Mapping) for body in bodies):
        errors.append(f"{FOLDER}/{file.name}: a list of procedures")
        bodies = []
    for body in bodies:
        try:
            drafts.append(read_procedure(body))
        except Invalid as invalid:
            where = f"{FOLDER}/{file.name}: {body.get('code')}"
            errors.extend(f"{where}: {error.field}: {error.detail}" for error in invalid.errors)
    return ProcedureFile(file.stem, drafts)


async def load_procedures(session: AsyncSession, file: ProcedureFile, now: datetime) -> int:
    """Enter and activate what is new in a file; returns how many procedures those were."""
    rows = await session.execute(select(Instrument.code, Instrument.id))
    known = {code: instrument_id for code, instrument_id in rows}  # noqa: C416 - rows are no pairs to the type checker
    missing = sorted({code for draft in file.procedures for code in draft.instruments()} - set(known))
    if missing:
        raise PackRefused([f"{FOLDER}/{file.name}: {code}: there is no such instrument" for code in missing])
    entered = 0
    for procedure in file.procedures:
        await hold_code(session, procedure.code)
        draft = replace(procedure, steps=tuple(_with_ids(step, known) for step in procedure.steps))
        said = fingerprint(plain(draft))
        if said not in [version.pack_hash for version in await versions_of(session, draft.code)]:
            version = await add_procedure(session, draft, f"pack:{file.name}", now)
            version.pack_hash = said
            await activate(session, version, None, f"pack:{file.name}:reviewed", now)
            entered += 1
    return entered


def _with_ids(step: Step, known: Mapping[str, UUID]) -> Step:
    """The same with instruments by id in place of their codes."""

    def found(basis: BasisDraft) -> BasisDraft:
        return replace(basis, instrument=str(known[basis.instrument]))

    limit = step.time_limit and replace(step.time_limit, basis=found(step.time_limit.basis))
    return replace(step, time_limit=limit, basis=tuple(map(found, step.basis)))
