"""Local copies of members, workers, rules and recognitions."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from imdi_common.database import upsert_newer
from imdi_common.reactions import Projection, Received
from imdi_contracts.legislation import RECOGNITIONS, RULES, RecognitionState, RuleState
from imdi_contracts.registry import MEMBERS, WORKERS, MemberState, WorkerState
from imdi_matching.storage.copies import Member, Recognitions, Rule, Worker, erased
from imdi_matching.storage.tables import ErasedWorker

EXPLAINED = {"profession", "destination", "outcome", "compensation", "valid_until"}
"""Of a decision; what the qualification lacks is between the worker and the authority."""


async def keep_members(session: AsyncSession, received: list[Received[MemberState]]) -> None:
    rows = [
        {
            "id": UUID(one.state.member_id),
            "kind": one.state.kind,
            "country": one.state.country,
            "status": one.state.status,
            "licensed_until": one.state.licensed_until,
            "sequence": one.sequence,
        }
        for one in received
    ]
    await session.execute(upsert_newer(Member, rows))


async def keep_workers(session: AsyncSession, received: list[Received[WorkerState]]) -> None:
    """The erased stay erased, whatever arrives late."""
    gone = await erased(session, (UUID(one.state.worker_id) for one in received))
    rows = [_worker(one) for one in received if UUID(one.state.worker_id) not in gone]
    if rows:
        await session.execute(upsert_newer(Worker, rows))


async def forget_erased(session: AsyncSession) -> None:
    await session.execute(delete(Worker).where(Worker.id.in_(select(ErasedWorker.worker_id))))


def _worker(one: Received[WorkerState]) -> dict[str, Any]:
    state = one.state
    return {
        "id": UUID(state.worker_id),
        "status": state.status,
        "controller_id": UUID(state.controller_id) if state.controller_id else None,
        "birth_date": state.birth_date,
        "sex": state.sex,
        "nationality": state.nationality,
        "country": state.country,
        "consents": list(state.consents),
        "sequence": one.sequence,
    }


async def keep_rules(session: AsyncSession, received: list[Received[RuleState]]) -> None:
    rows = [
        {
            "code": one.state.code,
            "kind": one.state.kind,
            "versions": [version.model_dump(mode="json") for version in one.state.versions],
            "sequence": one.sequence,
        }
        for one in received
    ]
    await session.execute(upsert_newer(Rule, rows, key="code"))


async def keep_recognitions(session: AsyncSession, received: list[Received[RecognitionState]]) -> None:
    """Of a decision only what a shortlist may explain is kept. The erased stay erased."""
    gone = await erased(session, (UUID(one.state.worker_id) for one in received))
    rows = [
        {
            "id": UUID(one.state.worker_id),
            "decisions": [decision.model_dump(mode="json", include=EXPLAINED) for decision in one.state.recognitions],
            "sequence": one.sequence,
        }
        for one in received
        if UUID(one.state.worker_id) not in gone
    ]
    if rows:
        await session.execute(upsert_newer(Recognitions, rows))


async def forget_recognitions(session: AsyncSession) -> None:
    await session.execute(delete(Recognitions).where(Recognitions.id.in_(select(ErasedWorker.worker_id))))


PROJECTIONS: list[Projection[Any]] = [
    Projection(MEMBERS, MemberState, keep_members, Member),
    Projection(WORKERS, WorkerState, keep_workers, Worker, forget_erased),
    Projection(RULES, RuleState, keep_rules, Rule),
    Projection(RECOGNITIONS, RecognitionState, keep_recognitions, Recognitions, forget_recognitions),
]
