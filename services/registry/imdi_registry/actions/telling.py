"""Events as they stand after a deed: whole states, made from the rows."""

from __future__ import annotations

from typing import Any, TypeVar

from imdi_contracts.registry import MemberState, WorkerState
from imdi_registry.domain.identity import Identity
from imdi_registry.storage.tables import Member, Worker

SomeMember = TypeVar("SomeMember", bound=MemberState)
SomeWorker = TypeVar("SomeWorker", bound=WorkerState)


def of_member(event: type[SomeMember], member: Member) -> SomeMember:
    """What happened to a member. Its contact, and a steward's words about it, stay here."""
    state: dict[str, Any] = {
        "member_id": str(member.id),
        "kind": member.kind,
        "country": member.country,
        "status": member.status,
        "licensed_until": member.licensed_until,
        "services": member.services,
    }
    return event.model_validate(state)


def of_worker(event: type[SomeWorker], worker: Worker, identity: Identity | None) -> SomeWorker:
    """What happened to a worker: legal facts, never a name; nothing of them where no identity is left."""
    facts: dict[str, Any] = dict.fromkeys(("birth_date", "sex", "nationality", "country"))
    if identity:
        facts = {name: getattr(identity, name) for name in facts}
    controlled = worker.controller_id is not None and worker.status != "erased"
    state = {
        "worker_id": str(worker.id),
        "status": worker.status,
        "controller_id": str(worker.controller_id) if controlled else None,
        "consents": worker.consents,
        **facts,
    }
    return event.model_validate(state)
