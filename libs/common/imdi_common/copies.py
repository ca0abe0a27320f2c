"""The operator's door to the copies of others' state: which there are, and making one anew from its topic."""

from __future__ import annotations

from typing import Any, Literal
from uuid import UUID

from fastapi import Response
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from imdi_common import rebuild as rebuilding
from imdi_common.decisions import record_decision
from imdi_common.door import OWN, Caller, Door, door_router
from imdi_common.mechanics import rebuild
from imdi_common.paging import Page
from imdi_common.problems import conflict, not_found
from imdi_common.rebuilds import UNDER_WAY, copies_of
from imdi_common.shapes import LongText, Shape, UtcTime

router = door_router(prefix="/ops/copies", tags=["operations"])


class CopyShape(Shape):
    """A copy, and its last rebuild. ``changed`` counts the rows that were not as the topic says."""

    name: str
    topic: str
    status: Literal["never", "asked", "running", "done", "failed"] = "never"
    asked_by: str | None = None
    asked_at: UtcTime | None = None
    began_at: UtcTime | None = None
    ended_at: UtcTime | None = None
    records: int = 0
    unreadable: int = 0
    changed: int | None = None
    error_class: str | None = None


class Rebuild(Shape):
    reason: LongText


@router.get("", response_model=Page[CopyShape], summary="Copies of others' state", openapi_extra=OWN)
async def list_copies(door: Caller) -> Response:
    door.scope("ops")
    async with door.reading() as session:
        items = [await _shown(session, copy) for copy in _copies(door).values()]
    return door.answer(Page[CopyShape](items=items, next=None))


@router.post("/{name}/rebuild", response_model=CopyShape, status_code=202, summary="Make a copy anew from its topic")
async def rebuild_copy(name: str, body: Rebuild, door: Caller) -> Response:
    """Readers go on reading: the old copy, then the new one. No deed is done again."""
    door.scope("ops")

    async def ask(session: AsyncSession) -> UUID | str:
        copy = _copies(door).get(name)
        if copy is None:
            raise not_found()
        await _ask(session, name, door)
        await record_decision(session, "rebuild", name, door.actor, body.reason, door.now)
        return name

    async def show(session: AsyncSession, reference: str) -> CopyShape:
        return await _shown(session, _copies(door)[reference])

    return await door.once(ask, show, status=202)


async def _ask(session: AsyncSession, name: str, door: Door) -> None:
    row = insert(rebuild).values(copy=name, status="asked", asked_by=door.actor.client_id, asked_at=door.now)
    fresh = {column.name: row.excluded[column.name] for column in rebuild.c if column.name != "copy"}
    asked = row.on_conflict_do_update(
        index_elements=["copy"], set_=fresh, where=rebuild.c.status.not_in(UNDER_WAY)
    ).returning(rebuild.c.copy)
    if (await session.execute(asked)).first() is None:
        raise conflict("wrong-state", "It is being rebuilt.")


async def _shown(session: AsyncSession, copy: rebuilding.Copy) -> CopyShape:
    found = (await session.execute(select(rebuild).where(rebuild.c.copy == copy.name))).mappings().first()
    told: dict[str, Any] = {name: value for name, value in (found or {}).items() if name != "copy"}
    return CopyShape(name=copy.name, topic=copy.projection.topic.name, **told)


def _copies(door: Door) -> dict[str, rebuilding.Copy]:
    service = door.runtime.service
    return copies_of(service.projections, service.policies)
