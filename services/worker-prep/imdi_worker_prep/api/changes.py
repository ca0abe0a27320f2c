"""What happens to preparations, to be followed by those who may read them."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import Query, Response
from sqlalchemy.ext.asyncio import AsyncSession

from imdi_common.door import OWN, Caller, door_router
from imdi_common.following import Change, Following, follow
from imdi_common.shapes import Shape
from imdi_worker_prep.api.shapes import Preparation
from imdi_worker_prep.domain.states import Status
from imdi_worker_prep.queries import changes

router = door_router(prefix="/v1/preparations", tags=["preparations"])


class PreparationChange(Change):
    """One event: where the case stood after it, and the whole as it stands now."""

    preparation_id: UUID
    placement_id: UUID
    worker_id: UUID
    item: str | None
    """The item that the event is about, where it is about one."""
    status: Status
    preparation: Preparation | None


class Changes(Shape):
    items: list[PreparationChange]
    next: str | None


@router.get("/changes", response_model=Changes, summary="Follow the preparations that one may see", openapi_extra=OWN)
async def preparation_changes(asked: Annotated[Following, Query()], door: Caller) -> Response:
    async def read(session: AsyncSession, after: str | None, limit: int) -> dict[str, Any]:
        return await changes.preparation_changes(session, door.actor, door.now, after, limit)

    return door.answer(Changes(**await follow(door, asked, read)))
