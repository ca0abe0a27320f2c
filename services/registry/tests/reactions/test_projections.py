from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from imdi_common.reactions import Received
from imdi_contracts.matching import PlacementOffered
from imdi_contracts.worker_prep import ItemState, PreparationPlanned
from imdi_registry.reactions.projections import keep_placements, keep_preparations
from imdi_registry.storage.copies import PlacementCopy, PreparationCopy

PLACEMENT, PREPARATION, WORKER, OWNER, CLINIC, SCHOOL = (UUID(int=number) for number in range(1, 7))


def received(state: Any, sequence: int) -> Received[Any]:
    moment = datetime(2026, 11, 23, tzinfo=UTC)
    return Received(state, sequence, moment, state.subject)


def placement(status: str) -> PlacementOffered:
    return PlacementOffered.model_validate(
        {
            "placement_id": str(PLACEMENT),
            "worker_id": str(WORKER),
            "vacancy_id": str(uuid4()),
            "owner_id": str(OWNER),
            "controller_id": None,
            "status": status,
            "departure_on": None,
            "terms": None,
            "first_departure": True,
        }
    )


def item(code: str, status: str, assigned_to: UUID | None) -> ItemState:
    fields = {"code": code, "category": "medical", "status": status}
    return ItemState.model_validate(fields | {"assigned_to": str(assigned_to) if assigned_to else None})


def preparation(status: str, items: list[ItemState]) -> PreparationPlanned:
    return PreparationPlanned.model_validate(
        {
            "preparation_id": str(PREPARATION),
            "placement_id": str(PLACEMENT),
            "worker_id": str(WORKER),
            "controller_id": None,
            "owner_id": str(OWNER),
            "status": status,
            "revision": 1,
            "opened_on": date(2026, 11, 1),
            "departure_on": date(2027, 3, 1),
            "facts": {},
            "items": items,
        }
    )


async def test_a_placement_is_kept_by_its_newest_state(session: AsyncSession) -> None:
    for status, sequence in [("offered", 3), ("proposed", 1), ("agreed", 4), ("agreed", 4)]:
        await keep_placements(session, [received(placement(status), sequence)])
    (kept,) = await session.scalars(select(PlacementCopy))
    assert (kept.worker_id, kept.owner_id, kept.status, kept.sequence) == (WORKER, OWNER, "agreed", 4)


async def test_a_preparation_is_kept_with_those_who_perform_its_items(session: AsyncSession) -> None:
    items = [
        item("medical_examination", "scheduled", CLINIC),
        item("vaccination", "cleared", CLINIC),
        item("orientation", "not_applicable", SCHOOL),
        item("visa", "required", None),
    ]
    await keep_preparations(session, [received(preparation("planned", items), 2)])
    await keep_preparations(session, [received(preparation("opened", []), 1)])
    (kept,) = await session.scalars(select(PreparationCopy))
    assert (kept.worker_id, kept.status, kept.performers, kept.sequence) == (WORKER, "planned", [CLINIC], 2)
