"""A worker passes to another controller, on the worker's own wish."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from imdi_common.actor import Actor
from imdi_common.ids import uuid7
from imdi_common.outbox import announce
from imdi_common.problems import conflict, invalid
from imdi_contracts.registry import WorkerControllerChanged
from imdi_registry.actions.telling import of_worker
from imdi_registry.actions.touch_worker import touched
from imdi_registry.storage.sealing import MasterKey
from imdi_registry.storage.tables import ControllerChange, Member


@dataclass(frozen=True, slots=True)
class Handover:
    """To whom, and the evidence of the worker's own consent."""

    member_id: UUID
    evidence_kind: str
    evidence_reference: str


async def change_controller(
    session: AsyncSession, master: MasterKey, worker_id: UUID, handover: Handover, actor: Actor, now: datetime
) -> UUID:
    """By the government of origin or a steward: so also where the controller is suspended, or is what is fled from."""
    worker, identity = await touched(session, master, worker_id, "change_controller", actor)
    if worker.controller_id == handover.member_id:
        raise conflict("wrong-state", "The member is the worker's controller already.", state=worker.status)
    successor = await session.get(Member, handover.member_id, with_for_update={"read": True})
    if successor is None or successor.status != "accredited":
        raise invalid("member_id", "accredited_member", "must be the id of a member accredited now.")
    session.add(
        ControllerChange(
            id=uuid7(),
            worker_id=worker_id,
            from_id=worker.controller_id,
            to_id=handover.member_id,
            evidence_kind=handover.evidence_kind,
            evidence_reference=handover.evidence_reference,
            at=now,
            client_id=actor.client_id,
            member_id=actor.tenant_id,
        )
    )
    worker.controller_id = handover.member_id
    await announce(session, worker, of_worker(WorkerControllerChanged, worker, identity))
    return worker_id
