"""Consent to a purpose is given, or withdrawn."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from imdi_common.actor import Actor
from imdi_common.outbox import announce
from imdi_contracts.registry import WorkerConsentChanged
from imdi_registry.actions.register_worker import consent_row
from imdi_registry.actions.telling import of_worker
from imdi_registry.actions.touch_worker import touched
from imdi_registry.storage.sealing import MasterKey


async def give_consent(
    session: AsyncSession,
    master: MasterKey,
    worker_id: UUID,
    purpose: str,
    actor: Actor,
    now: datetime,
    *,
    given: bool,
) -> UUID:
    """Record what was said; announced where it changes what is consented to."""
    worker, identity = await touched(session, master, worker_id, "give_consent", actor)
    session.add(consent_row(worker_id, purpose, given=given, actor=actor, now=now))
    consents = {*worker.consents, purpose} if given else {*worker.consents} - {purpose}
    if consents != {*worker.consents}:
        worker.consents = sorted(consents)
        await announce(session, worker, of_worker(WorkerConsentChanged, worker, identity))
    return worker_id
