"""Workers as each caller may see them; every reading of a personal field is recorded with it."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from imdi_common.actor import Actor
from imdi_common.clock import today_in
from imdi_common.problems import forbidden
from imdi_registry.domain.disclosure import decide, view
from imdi_registry.domain.identity import Identity, notices
from imdi_registry.domain.standing import relations
from imdi_registry.domain.who_may import may
from imdi_registry.storage import workers
from imdi_registry.storage.disclosures import TABLE, record
from imdi_registry.storage.sealing import MasterKey
from imdi_registry.storage.tables import Disclosure, DuplicateNotice, Erasure, Worker

_NAMES = ("given_names", "family_name")

_PASSPORT_FIELDS = {
    "passport_number": "number",
    "passport_issuing_country": "issuing_country",
    "passport_expires_on": "expires_on",
}
_RECEIPTS = {"matching": "matching_at", "legislation": "legislation_at", "worker-prep": "worker_prep_at"}


async def show(
    session: AsyncSession, master: MasterKey, worker_id: UUID, actor: Actor, now: datetime
) -> dict[str, Any]:
    """One worker: what the disclosure table grants this caller now, and nothing else."""
    seen = await workers.see(session, master, worker_id, actor)
    worker, inside = seen.worker, bool(relations(seen.rows))
    answer: dict[str, Any] = {
        "id": worker.id,
        "status": worker.status,
        "controller_id": worker.controller_id if inside else None,
        "consents": worker.consents if inside else None,
        "registered_at": worker.registered_at if inside else None,
        "etag": worker.version,
    }
    if seen.identity:
        levels = decide(TABLE, seen.rows, frozenset(worker.consents))
        record(session, worker_id, actor, seen.rows, levels, now)
        today = today_in(seen.identity.country, now)
        answer |= _nested(view(seen.identity, levels, today))
        if ("controller", "always") in seen.rows:
            answer |= _for_controller(answer, seen.identity, now)
    return answer


async def listed(
    session: AsyncSession,
    master: MasterKey,
    controller_id: UUID | None,
    after: UUID | None,
    limit: int,
    actor: Actor,
    now: datetime,
) -> list[dict[str, Any]]:
    """A page of workers by their id, and one more where there is one: a member's own, with their names.

    A steward lists anybody's (``controller_id`` narrows), to find a suspended member's; without names.
    """
    if not actor.is_steward and controller_id not in (None, actor.member.id):
        raise forbidden("A member lists its own workers.")
    controller = controller_id if actor.is_steward else actor.member.id
    found = select(Worker).order_by(Worker.id).limit(limit + 1)
    if controller:
        found = found.where(Worker.controller_id == controller)
    if after:
        found = found.where(Worker.id > after)
    rows = list(await session.scalars(found))
    own = rows if not actor.is_steward else []
    known = await workers.identities(session, master, own[:limit])
    for worker_id in known:
        record(session, worker_id, actor, [("controller", "always")], _NAMES, now)
    return [_summary(row, known.get(row.id)) for row in rows]


async def erasure(session: AsyncSession, master: MasterKey, worker_id: UUID, actor: Actor) -> dict[str, Any]:
    """How far a worker's erasure has come: the moment of each service's receipt, or null."""
    seen = await workers.see(session, master, worker_id, actor)
    if not may("ask_erasure", relations(seen.rows)):
        raise forbidden("Only the worker's controller follows the erasure.")
    found = await session.get(Erasure, worker_id)
    return {
        "worker_id": worker_id,
        "status": seen.worker.status,
        "requested_at": found and found.requested_at,
        "completed_at": found and found.completed_at,
        "receipts": {service: found and getattr(found, column) for service, column in _RECEIPTS.items()},
    }


async def disclosures(
    session: AsyncSession, master: MasterKey, worker_id: UUID, before: UUID | None, limit: int, actor: Actor
) -> list[dict[str, Any]]:
    """Who read which fields and when, newest first, and one more where there is one."""
    seen = await workers.see(session, master, worker_id, actor)
    if not may("read_disclosures", relations(seen.rows)):
        raise forbidden("Only the worker's controller reads who saw the worker.")
    found = select(Disclosure).where(Disclosure.worker_id == worker_id).order_by(Disclosure.id.desc()).limit(limit + 1)
    if before:
        found = found.where(Disclosure.id < before)
    names = ("id", "at", "client_id", "member_id", "roles", "fields")
    return [{name: getattr(row, name) for name in names} for row in await session.scalars(found)]


async def duplicates(session: AsyncSession, after: UUID | None, limit: int, actor: Actor) -> list[dict[str, Any]]:
    """Pairs of workers registered with one passport by different members: for stewards, ids only."""
    if not may("read_duplicates", {"steward"} if actor.is_steward else set()):
        raise forbidden("Only a steward sees duplicates.")
    found = select(DuplicateNotice).order_by(DuplicateNotice.id).limit(limit + 1)
    if after:
        found = found.where(DuplicateNotice.id > after)
    names = ("id", "worker_id", "earlier_worker_id", "noticed_at")
    return [{name: getattr(row, name) for name in names} for row in await session.scalars(found)]


def _summary(worker: Worker, identity: Identity | None) -> dict[str, Any]:
    return {
        "id": worker.id,
        "status": worker.status,
        "controller_id": worker.controller_id,
        "consents": worker.consents,
        "registered_at": worker.registered_at,
        **{name: getattr(identity, name, None) for name in _NAMES},
    }


def _nested(shown: dict[str, Any]) -> dict[str, Any]:
    passport = {name: shown.pop(field) for field, name in _PASSPORT_FIELDS.items() if field in shown}
    return shown | ({"passport": passport} if passport else {})


def _for_controller(answer: dict[str, Any], identity: Identity, now: datetime) -> dict[str, Any]:
    """What a clerk should know of the passport that is theirs to keep in order."""
    passport = answer["passport"] | {"mrz_checked": identity.passport.mrz_checked}
    return {"passport": passport, "notices": notices(identity, today_in(identity.country, now))}
