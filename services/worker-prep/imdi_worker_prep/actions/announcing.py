"""Tells the other services what happened to a preparation, each event with its whole state after it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from imdi_common.outbox import announce
from imdi_contracts.catalogue import events
from imdi_contracts.worker_prep import PreparationState
from imdi_worker_prep.domain.announcements import Happened
from imdi_worker_prep.domain.items import clearance
from imdi_worker_prep.domain.states import NOTHING, Work
from imdi_worker_prep.storage.preparations import Dossier
from imdi_worker_prep.storage.tables import Item

EVENTS = {event.happened: event for event in events("worker-prep") if issubclass(event, PreparationState)}


async def tell(session: AsyncSession, dossier: Dossier, happened: Sequence[Happened]) -> None:
    """Announce what happened, in order."""
    state = _state(dossier)
    for one in happened:
        await announce(session, dossier.preparation, EVENTS[one.what](**state, item=one.item))


def _state(dossier: Dossier) -> dict[str, Any]:
    held, work = dossier.preparation, dossier.work
    return {
        "preparation_id": str(held.id),
        "placement_id": str(held.placement_id),
        "worker_id": str(held.worker_id),
        "controller_id": str(held.controller_id) if held.controller_id else None,
        "owner_id": str(held.owner_id),
        "status": held.status,
        "revision": held.revision,
        "opened_on": held.opened_on,
        "departure_on": held.departure_on,
        "departed_on": held.departed_on,
        "arrived_on": held.arrived_on,
        "facts": held.facts,
        "requirements_id": str(held.requirements_id) if held.requirements_id else None,
        "feasible": held.feasible,
        "items": [_item(item, work.get(item.code, NOTHING)) for item in dossier.items],
        "reason": held.reason,
    }


def _item(item: Item, work: Work) -> dict[str, Any]:
    held = clearance(work.results)
    return {
        "code": item.code,
        "category": item.law["category"],
        "status": item.status,
        "assigned_to": str(item.assigned_to) if item.assigned_to else None,
        "earliest_on": item.earliest_on,
        "latest_on": item.latest_on,
        "due_on": item.due_on,
        "performed_on": item.performed_on,
        "issued_on": item.issued_on,
        "expires_on": held.expires_on if held else None,
        "valid_until": item.valid_until,
    }
