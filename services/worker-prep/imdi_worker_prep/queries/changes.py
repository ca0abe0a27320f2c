"""What happened to the preparations that a member may read, in the order of its publication."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Uuid, cast, exists, false, or_
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession

from imdi_common.actor import Actor
from imdi_common.feed import changes
from imdi_common.mechanics import outbox
from imdi_contracts.worker_prep import PREPARATIONS
from imdi_worker_prep.queries.preparations import seen_by, visible
from imdi_worker_prep.storage.preparations import read_all
from imdi_worker_prep.storage.tables import ErasedWorker, Item, Preparation

LIST = "/v1/preparations"
TOLD = ("preparation_id", "placement_id", "worker_id", "status", "item")


async def preparation_changes(
    session: AsyncSession, actor: Actor, now: datetime, after: str | None, limit: int
) -> dict[str, Any]:
    """The changes after a cursor (``imdi_common.feed.changes``), each with its case as the caller may see it now."""
    among = _followed_by(actor.tenant_id) if actor.tenant_id else false()
    page = await changes(session, PREPARATIONS, after, limit, _told, restart=LIST, among=among)
    ids = {UUID(change["preparation_id"]) for change in page["items"]}
    shown = {str(one["id"]): one for one in await visible(session, await read_all(session, list(ids)), actor, now)}
    for change in page["items"]:
        change["preparation"] = shown.get(change["preparation_id"])
    return page


def _told(_kind: str, state: dict[str, Any]) -> dict[str, Any]:
    return {name: state[name] for name in TOLD}


def _followed_by(member_id: UUID) -> ColumnElement[bool]:
    """What is told of cases that the member may see.

    To a performer nothing of others' items; of an erased worker nothing but the end.
    """
    item = cast(outbox.c.body, JSONB)["item"].astext
    own = seen_by(member_id, or_(item.is_(None), Item.code == item))
    erased = exists().where(ErasedWorker.worker_id == Preparation.worker_id)
    is_last = outbox.c.sequence == Preparation.event_number
    return exists().where(Preparation.id == cast(outbox.c.key, Uuid), own, or_(~erased, is_last))
