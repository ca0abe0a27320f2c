"""Who stands before a preparation, and whether the deed is theirs to do."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from imdi_common.actor import Actor
from imdi_common.problems import conflict, forbidden, not_found
from imdi_worker_prep.actions.assign import hold_lots
from imdi_worker_prep.domain.states import OPEN
from imdi_worker_prep.domain.who_may import Deed, Relation, may
from imdi_worker_prep.storage.copies import consenting
from imdi_worker_prep.storage.preparations import Dossier, lock
from imdi_worker_prep.storage.tables import Item

Match = Callable[[int], None]
"""Compares the version that the caller has read with the one that is; raises where they differ."""


async def relations_of(session: AsyncSession, dossier: Dossier, actor: Actor) -> frozenset[Relation]:
    """What the caller is to a preparation; nothing means that it must not see it."""
    consented = bool(await consenting(session, [dossier.preparation.worker_id]))
    return dossier.relations(actor.tenant_id, consented=consented)


async def taken_up(session: AsyncSession, preparation_id: UUID, actor: Actor, deed: Deed, match: Match) -> Dossier:
    """The preparation, locked for a deed. 404 to strangers, 403 where the deed is another's, 412 where it changed."""
    await hold_lots(session)
    dossier = await lock(session, preparation_id)
    found = await relations_of(session, dossier, actor) if dossier else frozenset()
    if dossier is None or not found:
        raise not_found()
    if not may(deed, found):
        raise forbidden("This is not yours to do on this preparation.")
    match(dossier.preparation.version)
    return dossier


async def item_taken_up(
    session: AsyncSession, preparation_id: UUID, code: str, actor: Actor, deed: Deed, match: Match
) -> tuple[Dossier, Item]:
    """One item for a deed. Who does not see the whole sees only the items assigned to them."""
    await hold_lots(session)
    dossier = await lock(session, preparation_id)
    found = await relations_of(session, dossier, actor) if dossier else frozenset()
    item = dossier.item(code) if dossier else None
    if dossier is None or item is None or not (may("read_whole", found) or _is_theirs(item, found, actor)):
        raise not_found()
    if not may(deed, found if _is_theirs(item, found, actor) else found - {"assigned"}):
        raise forbidden("This is not yours to do on this item.")
    match(dossier.preparation.version)
    return dossier, item


def _is_theirs(item: Item, found: frozenset[Relation], actor: Actor) -> bool:
    return "assigned" in found and item.assigned_to == actor.tenant_id


def demand_open(dossier: Dossier) -> None:
    """409 once the worker has departed, or the case is closed."""
    if dossier.preparation.status not in OPEN:
        raise conflict("wrong-state", "The worker has departed, or the preparation is closed.")


def demand_workable(dossier: Dossier, item: Item) -> None:
    """409 where nothing is to be done on an item: not asked by the law, or too late."""
    if item.law["status"] == "not_applicable":
        raise conflict("wrong-state", "The law does not ask this item of this worker.")
    if not (item.only_at_arrival and dossier.preparation.status in {"departed", "arrived"}):
        demand_open(dossier)
