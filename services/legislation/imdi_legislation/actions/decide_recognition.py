"""Record what the authority of a destination decided of one worker's qualification, and what follows from it."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from imdi_common.actor import Actor
from imdi_common.clock import latest_today
from imdi_common.ids import uuid7
from imdi_common.outbox import announce
from imdi_common.problems import invalid, not_found
from imdi_contracts.legislation import Recognition, RecognitionDecided
from imdi_legislation.actions.determine_requirements import determine_requirements
from imdi_legislation.actions.permission import demand_may_recognise
from imdi_legislation.actions.refusals import refused
from imdi_legislation.domain.decisions import DecisionDraft, read_decision
from imdi_legislation.domain.fields import Invalid
from imdi_legislation.domain.plain import plain
from imdi_legislation.storage.copies import Worker, hold_worker, is_erased, open_preparations
from imdi_legislation.storage.recognition import RecognitionDecision, lock_recognitions, newest_decisions


async def decide_recognition(session: AsyncSession, body: dict[str, Any], actor: Actor, now: datetime) -> UUID:
    """Keep the decision, announce the worker's newest ones, and determine the worker's open preparations anew.

    422 for wrong fields, 403 unless by the destination's government, 404 for a worker who is not known here.
    """
    try:
        draft = read_decision(body)
    except Invalid as error:
        raise refused(error) from error
    demand_may_recognise(actor, draft.destination, law=False)
    if draft.decided_on > latest_today(now):
        raise invalid("decided_on", "not_in_future", "Nobody has decided it tomorrow.")
    worker_id = UUID(draft.worker_id)
    await hold_worker(session, worker_id)
    if await is_erased(session, worker_id) or await session.get(Worker, worker_id) is None:
        raise not_found()
    decision_id = uuid7()
    session.add(_decision(decision_id, draft, actor, now))
    await session.flush()
    await _announce(session, worker_id)
    for preparation_id in await open_preparations(session, worker_id):
        await determine_requirements(session, preparation_id, now)
    return decision_id


async def _announce(session: AsyncSession, worker_id: UUID) -> None:
    recognitions = await lock_recognitions(session, worker_id)
    newest = [_told(decision) for decision in await newest_decisions(session, worker_id)]
    recognitions.standing = [one.model_dump(mode="json") for one in newest]
    await announce(session, recognitions, RecognitionDecided(worker_id=str(worker_id), recognitions=newest))


def _decision(decision_id: UUID, draft: DecisionDraft, actor: Actor, now: datetime) -> RecognitionDecision:
    return RecognitionDecision(
        id=decision_id,
        worker_id=UUID(draft.worker_id),
        profession=draft.profession,
        destination=draft.destination,
        qualification=plain(draft.qualification),
        outcome=draft.outcome,
        differences=plain(draft.differences),
        compensation=plain(draft.compensation),
        authority=draft.authority,
        decided_on=draft.decided_on,
        valid_until=draft.valid_until,
        reference=draft.reference,
        recorded_by=actor.client_id,
        recorded_at=now,
    )


def _told(decision: RecognitionDecision) -> Recognition:
    return Recognition.model_validate({
        "id": str(decision.id),
        "profession": decision.profession,
        "destination": decision.destination,
        "outcome": decision.outcome,
        "differences": decision.differences,
        "compensation": decision.compensation,
        "decided_on": decision.decided_on,
        "valid_until": decision.valid_until,
    })  # fmt: skip
