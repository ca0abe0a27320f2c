"""Placements as their two parties see them: the vacancy's owner, and the worker's controller."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Text, cast, select
from sqlalchemy.ext.asyncio import AsyncSession

from imdi_common.actor import Actor
from imdi_common.feed import changes
from imdi_common.mechanics import outbox
from imdi_common.problems import not_found
from imdi_contracts.matching import PLACEMENTS
from imdi_matching.queries.newest import newest
from imdi_matching.storage.placements import of_either
from imdi_matching.storage.tables import Placement


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list of placements is narrowed to; ``None`` narrows nothing."""

    vacancy_id: UUID | None = None
    worker_id: UUID | None = None
    status: str | None = None


async def show_placement(session: AsyncSession, placement_id: UUID, actor: Actor) -> dict[str, Any]:
    found = select(Placement).where(Placement.id == placement_id, of_either(actor.tenant_id))
    placement = await session.scalar(found)
    if placement is None:
        raise not_found()
    return _shown(placement, actor)


async def list_placements(
    session: AsyncSession, filters: Filters, actor: Actor, limit: int, cursor: str | None
) -> dict[str, Any]:
    """A page, the newest first."""
    found = select(Placement).where(of_either(actor.tenant_id))
    for name in ("vacancy_id", "worker_id", "status"):
        value = getattr(filters, name)
        if value is not None:
            found = found.where(getattr(Placement, name) == value)
    page, after = await newest(session, Placement, found, limit, cursor)
    return {"items": [_shown(placement, actor) for placement in page], "next": after}


async def own_changes(session: AsyncSession, actor: Actor, after: str | None, limit: int) -> dict[str, Any]:
    """What has become of own placements after a cursor (``imdi_common.feed.changes``): own as of now."""
    own = select(cast(Placement.id, Text)).where(of_either(actor.tenant_id))
    among = outbox.c.key.in_(own)
    return await changes(session, PLACEMENTS, after, limit, _told, restart="/v1/placements", among=among)


def _told(_: str, state: dict[str, Any]) -> dict[str, Any]:
    placement_id, reason_code = state.pop("placement_id"), state.pop("reason")
    placement = {"id": placement_id, **state, "reason_code": reason_code}
    return {"placement_id": placement_id, "status": state["status"], "placement": placement}


def _shown(placement: Placement, actor: Actor) -> dict[str, Any]:
    """Evidence of consent is the controller's own; the owner sees that there is a state, not a paper."""
    controls = placement.controller_id == actor.tenant_id
    plain = ("id", "vacancy_id", "worker_id", "owner_id", "controller_id", "status", "departure_on", "terms")
    return {
        **{column: getattr(placement, column) for column in plain},
        "first_departure": placement.first_departure,
        "conflict": placement.conflict,
        "reason": placement.note or placement.reason,
        "reason_code": placement.reason,
        "acceptance": placement.acceptance if controls else None,
        "agreement": placement.agreement if controls else None,
        "etag": placement.version,
    }
