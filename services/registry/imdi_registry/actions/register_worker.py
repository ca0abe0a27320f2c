"""A member registers a worker and becomes the worker's controller."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from imdi_common.actor import Actor
from imdi_common.clock import latest_today
from imdi_common.ids import uuid7
from imdi_common.outbox import announce
from imdi_common.problems import conflict
from imdi_contracts.registry import WorkerRegistered
from imdi_registry.actions.refusals import bad_input, demand
from imdi_registry.actions.telling import of_worker
from imdi_registry.domain.identity import Identity, judged
from imdi_registry.storage import workers
from imdi_registry.storage.sealing import MasterKey
from imdi_registry.storage.tables import Consent, DuplicateNotice, Worker, WorkerKey


@dataclass(frozen=True, slots=True)
class Registration:
    """What a clerk states: the person, the passport's machine-readable lines where there are some, the consents."""

    identity: Identity
    mrz: Sequence[str] | None
    consents: Sequence[str]


async def register_worker(
    session: AsyncSession, master: MasterKey, stated: Registration, actor: Actor, now: datetime
) -> UUID:
    """Keep the identity under a key of its own, and announce the legal facts alone."""
    demand("register_worker", {"member"} if actor.tenant else set())
    identity = judged(stated.identity, stated.mrz, latest_today(now))
    if isinstance(identity, list):
        raise bad_input(identity)
    consents = sorted(set(stated.consents))
    worker = Worker(
        id=uuid7(), status="registered", controller_id=actor.member.id, consents=consents, registered_at=now
    )
    wrapped = master.new_data_key(worker.id)
    digest = workers.seal(master, worker, wrapped, identity)
    earlier = await notice_passport(session, worker, digest, now)
    session.add(worker)
    await session.flush()
    session.add(WorkerKey(worker_id=worker.id, wrapped=wrapped))
    session.add_all(earlier)
    session.add_all(consent_row(worker.id, purpose, given=True, actor=actor, now=now) for purpose in consents)
    await announce(session, worker, of_worker(WorkerRegistered, worker, identity))
    return worker.id


async def notice_passport(session: AsyncSession, worker: Worker, digest: bytes, now: datetime) -> list[DuplicateNotice]:
    """Notices of the same passport registered by other members; 409 where this member registered it itself.

    Another member learns nothing: that a person is known to IMDI, or to a rival, is that person's own affair.
    """
    others = [other for other in await workers.with_passport(session, digest) if other.id != worker.id]
    for other in others:
        if other.controller_id == worker.controller_id:
            detail = "The caller has registered a worker with this passport already."
            raise conflict("already-registered", detail, worker_id=str(other.id))
    return [
        DuplicateNotice(id=uuid7(), worker_id=worker.id, earlier_worker_id=other.id, noticed_at=now) for other in others
    ]


def consent_row(worker_id: UUID, purpose: str, *, given: bool, actor: Actor, now: datetime) -> Consent:
    return Consent(
        id=uuid7(),
        worker_id=worker_id,
        purpose=purpose,
        given=given,
        at=now,
        client_id=actor.client_id,
        member_id=actor.tenant_id,
    )
