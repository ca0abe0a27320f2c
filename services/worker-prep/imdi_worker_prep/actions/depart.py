"""Records that the worker has departed, where the law lets go."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from imdi_common.actor import Actor
from imdi_common.clock import latest_today
from imdi_common.problems import conflict, invalid
from imdi_worker_prep.actions.access import Match, taken_up
from imdi_worker_prep.actions.announcing import tell
from imdi_worker_prep.actions.reckoning import reckon
from imdi_worker_prep.domain.announcements import Happened
from imdi_worker_prep.domain.departures import Binding, Lack, binding, lacking
from imdi_worker_prep.domain.states import OPEN
from imdi_worker_prep.storage.preparations import Dossier

ERASED = "erased"


async def depart(
    session: AsyncSession, preparation_id: UUID, departed_on: date, actor: Actor, match: Match, now: datetime
) -> UUID:
    """Decide on the requirements held, on the day itself; 409 ``not-cleared`` names all that stands in the way.

    A case that was closed for its placement's sake departs too: what happened in the world beats what was intended.
    """
    dossier = await taken_up(session, preparation_id, actor, "depart", match)
    if departed_on > latest_today(now):
        raise invalid("departed_on", "not_future", "must not lie in the future")
    _demand_departable(dossier)
    _demand_cleared(dossier, departed_on)
    held = dossier.preparation
    held.departed_on = departed_on
    held.status = "departed"
    await reckon(session, dossier, now)
    await tell(session, dossier, [Happened("worker.departed")])
    return preparation_id


def _demand_departable(dossier: Dossier) -> None:
    held = dossier.preparation
    closed = held.status == "closed" and held.reason != ERASED and held.departed_on is None
    if held.status not in OPEN and not closed:
        raise conflict("wrong-state", "The worker has departed before, or the preparation was erased.")


def _demand_cleared(dossier: Dossier, day: date) -> None:
    held = dossier.preparation
    if held.requirements_id is None:
        raise conflict(
            "not-cleared", "The law has not yet determined what this worker must do.", items=[], bars=[], criteria=[]
        )
    lacks = lacking(dossier.laws, dossier.work, day)
    bars, criteria = binding(dossier.bars), binding(dossier.criteria)
    if lacks or bars or criteria:
        names = [lack.code for lack in lacks] + [one.rule["code"] for one in bars + criteria]
        raise conflict(
            "not-cleared",
            f"Not cleared to depart on {day}: {', '.join(names)}.",
            requirements_id=str(held.requirements_id),
            items=[_told(dossier, lack) for lack in lacks],
            bars=[{"reason": one.what, **_judged(one)} for one in bars],
            criteria=[{"criterion": one.what, **_judged(one)} for one in criteria],
        )


def _judged(one: Binding) -> dict[str, Any]:
    return {"status": one.status, "rule": one.rule, "needs_fact": one.needs_fact}


def _told(dossier: Dossier, lack: Lack) -> dict[str, Any]:
    item = dossier.item(lack.code)
    governing = item.law["governed_by"] if item else {}
    return {
        "code": lack.code,
        "status": item.status if item else "unknown",
        "why": lack.why,
        "valid_until": str(lack.valid_until) if lack.valid_until else None,
        "needs_fact": lack.needs_fact,
        "rules": list({rule["code"]: rule for _, rule in sorted(governing.items())}.values()),
    }
