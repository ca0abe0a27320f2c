"""A controller corrects or renews what is known of a worker."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from imdi_common.actor import Actor
from imdi_common.clock import latest_today
from imdi_common.outbox import announce
from imdi_contracts.registry import WorkerFactsChanged
from imdi_registry.actions.refusals import bad_input
from imdi_registry.actions.register_worker import notice_passport
from imdi_registry.actions.telling import of_worker
from imdi_registry.actions.touch_worker import touched
from imdi_registry.domain.identity import Identity, judged
from imdi_registry.storage import workers
from imdi_registry.storage.sealing import MasterKey

_IN_ZONE = {"birth_date", "sex", "nationality"}
"""Changing one of these without new machine-readable lines leaves the passport unchecked."""
_LEGAL = ("birth_date", "sex", "nationality", "country")


@dataclass(frozen=True, slots=True)
class Correction:
    """The fields to replace, by name (a passport whole), and the machine-readable lines that go with them."""

    fields: Mapping[str, Any]
    mrz: Sequence[str] | None


async def change_facts(
    session: AsyncSession,
    master: MasterKey,
    worker_id: UUID,
    correction: Correction,
    actor: Actor,
    now: datetime,
    match: Callable[[int], None],
) -> UUID:
    """Seal the corrected identity; announced where a legal fact changed. ``match`` judges the version corrected."""
    worker, identity = await touched(session, master, worker_id, "change_facts", actor, match)
    corrected = judged(_corrected(identity, correction), correction.mrz, latest_today(now))
    if isinstance(corrected, list):
        raise bad_input(corrected)
    known = worker.passport_digest
    digest = workers.seal(master, worker, await workers.wrapped_key(session, worker_id), corrected)
    if digest != known:
        session.add_all(await notice_passport(session, worker, digest, now))
    if any(getattr(identity, fact) != getattr(corrected, fact) for fact in _LEGAL):
        await announce(session, worker, of_worker(WorkerFactsChanged, worker, corrected))
    return worker_id


def _corrected(identity: Identity, correction: Correction) -> Identity:
    changed = replace(identity, **correction.fields)
    if _IN_ZONE & correction.fields.keys():
        return replace(changed, passport=replace(changed.passport, mrz_checked=False))
    return changed
