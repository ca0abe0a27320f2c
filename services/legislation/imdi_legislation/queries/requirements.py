"""The requirements of a preparation, as determined."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from imdi_common.actor import Actor
from imdi_common.problems import not_found
from imdi_legislation.storage.copies import Preparation
from imdi_legislation.storage.tables import Determination


async def show_requirements(session: AsyncSession, requirements_id: UUID, actor: Actor) -> dict[str, Any]:
    """One determination, for readers of its preparation; ``not-found`` for everybody else.

    Its readers are the worker's controller, the vacancy's owner and the members to whom items are assigned.
    """
    found = (
        select(Determination, Preparation.readers)
        .join(Preparation, Preparation.id == Determination.subject_id)
        .where(Determination.id == requirements_id, Determination.kind == "preparation")
    )
    row = (await session.execute(found)).first()
    if row is None or actor.tenant_id not in row.readers:
        raise not_found()
    determination: Determination = row.Determination
    outcome = determination.outcome
    return {
        "id": determination.id,
        "preparation_id": determination.subject_id,
        "answers": {"revision": determination.revision, "input_hash": determination.input_hash},
        "judged_on": determination.judged_on,
        "determined_at": determination.determined_at,
        "items": outcome["items"],
        "bars": outcome["bars"],
        "criteria": [_flat(criterion) for criterion in outcome["criteria"]],
        "rules": outcome["rules"],
    }


def _flat(criterion: dict[str, Any]) -> dict[str, Any]:
    """As in a preview: the effect's own fields beside its standing."""
    effect: dict[str, Any] = criterion["effect"]
    return effect | {name: value for name, value in criterion.items() if name not in ("effect", "criterion")}
