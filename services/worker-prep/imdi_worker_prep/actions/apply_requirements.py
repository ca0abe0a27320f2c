"""Applies what legislation determined for a preparation."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from imdi_contracts.legislation import DeterminedItem, RequirementsDetermined
from imdi_worker_prep.actions.announcing import tell
from imdi_worker_prep.actions.assign import hold_lots
from imdi_worker_prep.actions.reckoning import reckon
from imdi_worker_prep.domain.announcements import Happened
from imdi_worker_prep.domain.states import OPEN
from imdi_worker_prep.storage.preparations import Dossier, lock
from imdi_worker_prep.storage.tables import Item


async def apply_requirements(
    session: AsyncSession, answer: RequirementsDetermined, sequence: int, now: datetime
) -> None:
    """Plan anew by an answer on the current revision, if it is the newest; a departed case only notes it."""
    await hold_lots(session)
    dossier = await lock(session, UUID(answer.preparation_id))
    if dossier is None or not _is_current(dossier, answer, sequence):
        return
    held = dossier.preparation
    if held.status not in OPEN:
        note = {"at": now.isoformat(), "what": "requirements", "requirements_id": answer.requirements_id}
        held.notes = [*held.notes, note]
        held.version += 1
        return
    held.requirements_id = UUID(answer.requirements_id)
    held.requirements_sequence = sequence
    held.fact_types = dict(answer.fact_types)
    held.bars = [bar.model_dump(mode="json") for bar in answer.bars]
    held.criteria = [criterion.model_dump(mode="json") for criterion in answer.criteria]
    await _replace_items(session, dossier, answer.items)
    happened = await reckon(session, dossier, now)
    await tell(session, dossier, [Happened("preparation.planned"), *happened.all])


def _is_current(dossier: Dossier, answer: RequirementsDetermined, sequence: int) -> bool:
    held = dossier.preparation
    return (
        answer.answers.revision == held.revision
        and sequence > held.requirements_sequence
        and held.status not in {"checked", "closed"}
    )


async def _replace_items(session: AsyncSession, dossier: Dossier, determined: list[DeterminedItem]) -> None:
    """Items keep their state; what came on one that vanishes stays recorded, and counts if it returns."""
    known = {item.code: item for item in dossier.items}
    for code in known.keys() - {item.code for item in determined}:
        await session.delete(known[code])
        dossier.bookings.pop(code, None)
    dossier.items = [_item(dossier, known.get(item.code), item, position) for position, item in enumerate(determined)]
    session.add_all(dossier.items)


def _item(dossier: Dossier, known: Item | None, determined: DeterminedItem, position: int) -> Item:
    item = known or Item(preparation_id=dossier.preparation.id, code=determined.code, status="")
    if item.performed_by != determined.performed_by:
        item.assigned_to = None
    item.performed_by = determined.performed_by
    item.law = determined.model_dump(mode="json")
    item.position = position
    return item
