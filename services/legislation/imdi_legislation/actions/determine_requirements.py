"""Determine what one worker must do by the law of the day of departure."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from imdi_contracts.legislation import RequirementsDetermined
from imdi_legislation.actions.answers import Judgement, give_answer, open_subject
from imdi_legislation.domain.determination import Requirements, departure_bars, determine
from imdi_legislation.domain.effects import Criterion
from imdi_legislation.domain.judging import Judged
from imdi_legislation.domain.plain import plain, plain_effect
from imdi_legislation.storage.cases import PreparationCase, find_preparation, preparation_case
from imdi_legislation.storage.copies import OPEN_PREPARATION
from imdi_legislation.storage.law import hold_law, read_law


async def determine_requirements(session: AsyncSession, preparation_id: UUID, now: datetime) -> bool:
    """Answer an open preparation from the copies; False while a copy that it needs has not come."""
    await hold_law(session)
    preparation = await find_preparation(session, preparation_id)
    if preparation is None or preparation.status not in OPEN_PREPARATION:
        return True
    case = await preparation_case(session, preparation)
    if case is None:
        return False
    await _answer(session, case, now)
    return True


async def _answer(session: AsyncSession, case: PreparationCase, now: datetime) -> None:
    preparation = case.preparation
    subject = await open_subject(session, preparation.id, "preparation", preparation.revision)
    if subject is None:
        return
    law, on = await read_law(session), preparation.departure_on
    facts = case.facts(law)
    found = determine(law.binding(*case.corridor, on, preparation.opened_on), facts)
    outcome = _outcome(found)
    compared = {name: outcome[name] for name in ("items", "bars", "criteria")}
    judgement = Judgement(
        "preparation", preparation.revision, on, outcome, compared, found.input_hash, facts,
        preparation.worker_id, law.epoch, found.failed,
    )  # fmt: skip

    def announcement(determination_id: UUID) -> RequirementsDetermined:
        return RequirementsDetermined.model_validate(
            outcome
            | {
                "preparation_id": str(preparation.id),
                "requirements_id": str(determination_id),
                "answers": {"revision": preparation.revision, "input_hash": found.input_hash},
                "judged_on": on,
                "law_epoch": law.epoch,
                "fact_types": law.types,
            }
        )

    await give_answer(session, subject, judgement, announcement, now)


def _outcome(found: Requirements) -> dict[str, Any]:
    """What is announced; recruitment bars bound earlier, terms and fees bind the vacancy."""
    return {
        "items": plain(found.items),
        "bars": [bar.told() for bar in departure_bars(found)],
        "criteria": [_criterion(criterion) for criterion in found.criteria],
        "rules": plain(found.rules),
    }


def _criterion(judged: Judged) -> dict[str, Any]:
    effect = plain_effect(judged.effect)
    named = judged.effect.criterion if isinstance(judged.effect, Criterion) else ""
    return {"criterion": named, "effect": effect} | judged.standing()
