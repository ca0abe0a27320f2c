"""The requirements of a preparation, as determined."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from imdi_common.actor import Actor
from imdi_common.problems import not_found
from imdi_legislation.queries.readers import is_party
from imdi_legislation.storage.copies import Preparation, Worker
from imdi_legislation.storage.tables import Determination


async def show_requirements(session: AsyncSession, requirements_id: UUID, actor: Actor) -> dict[str, Any]:
    """One determination, for readers of its preparation; ``not-found`` for everybody else.

    The worker's controller and the vacancy's owner read it whole; a member to whom items are assigned reads those
    items alone, while the worker consents.
    """
    found = (
        select(Determination, Preparation, func.coalesce(Worker.preparing, False).label("consents"))
        .join(Preparation, Preparation.id == Determination.subject_id)
        .outerjoin(Worker, Worker.id == Preparation.worker_id)
        .where(Determination.id == requirements_id, Determination.kind == "preparation")
    )
    row = (await session.execute(found)).first()
    if row is None:
        raise not_found()
    determination: Determination = row.Determination
    outcome = determination.outcome
    if not is_party(actor, row.Preparation.parties):
        own = {code for code, member in row.Preparation.assigned.items() if member == str(actor.tenant_id)}
        if not own or not row.consents:
            raise not_found()
        items = [item for item in outcome["items"] if item["code"] in own]
        outcome = outcome | {"items": items, "bars": [], "criteria": [], "protections": []}
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
        "protections": outcome.get("protections", []),
    }


def _flat(criterion: dict[str, Any]) -> dict[str, Any]:
    """As in a preview: the effect's own fields beside its standing."""
    effect: dict[str, Any] = criterion["effect"]
    return effect | {name: value for name, value in criterion.items() if name not in ("effect", "criterion")}
