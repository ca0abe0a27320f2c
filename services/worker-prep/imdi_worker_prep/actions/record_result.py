"""Records what came of performing an item."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from imdi_common.actor import Actor
from imdi_common.clock import latest_today
from imdi_common.ids import uuid7
from imdi_common.problems import invalid
from imdi_worker_prep.actions.access import Match, demand_workable, item_taken_up
from imdi_worker_prep.actions.announcing import tell
from imdi_worker_prep.actions.reckoning import reckon
from imdi_worker_prep.domain import announcements
from imdi_worker_prep.domain.items import Outcome, newest
from imdi_worker_prep.storage.preparations import Dossier, law_of, result_of
from imdi_worker_prep.storage.sealing import MasterKey
from imdi_worker_prep.storage.tables import Item, ResultRow
from imdi_worker_prep.storage.workers import data_key


@dataclass(frozen=True, slots=True)
class Finding:
    """What the member says. Reference and evidence never leave this service, and rest under the worker's own key."""

    outcome: Outcome
    performed_on: date
    reference: str = field(repr=False)
    issued_on: date | None = None
    expires_on: date | None = None
    evidence: dict[str, Any] | None = field(default=None, repr=False)


async def record_result(
    session: AsyncSession,
    preparation_id: UUID,
    code: str,
    finding: Finding,
    actor: Actor,
    match: Match,
    now: datetime,
    master: MasterKey,
) -> str:
    """Record it for the assigned member; it may have been performed before the preparation was opened."""
    dossier, item = await item_taken_up(session, preparation_id, code, actor, "record_result", match)
    _check(finding, now)
    demand_workable(dossier, item)
    was = item.status
    row = await _keep(session, dossier, item, finding, actor.member.id, now, master)
    happened = await reckon(session, dossier, now)
    counts = newest(dossier.work[code].results) == result_of(row)
    told = happened.items
    if counts or item.status != was:
        told = told + announcements.of_result(law_of(item), finding.outcome if counts else None, item.status, told)
    await tell(session, dossier, told + happened.whole)
    return f"{preparation_id}/{code}"


def _check(finding: Finding, now: datetime) -> None:
    today = latest_today(now)
    for name, day in (("performed_on", finding.performed_on), ("issued_on", finding.issued_on)):
        if day and day > today:
            raise invalid(name, "not_future", "must not lie in the future")
    if finding.outcome == "cleared" and finding.expires_on and finding.expires_on < finding.performed_on:
        raise invalid("expires_on", "order", "must not precede performed_on")


async def _keep(
    session: AsyncSession,
    dossier: Dossier,
    item: Item,
    finding: Finding,
    member_id: UUID,
    now: datetime,
    master: MasterKey,
) -> ResultRow:
    held, result_id = dossier.preparation, uuid7()
    wrapped = await data_key(session, master, held.worker_id)
    plain = json.dumps({"reference": finding.reference, "evidence": finding.evidence}).encode()
    row = ResultRow(
        id=result_id,
        preparation_id=held.id,
        code=item.code,
        member_id=member_id,
        outcome=finding.outcome,
        performed_on=finding.performed_on,
        issued_on=finding.issued_on,
        expires_on=finding.expires_on,
        sealed=master.seal(wrapped, held.worker_id, result_id, plain),
        recorded_at=now,
    )
    session.add(row)
    dossier.end_booking(item.code, now)
    await session.flush()
    dossier.results.append(row)
    return row
