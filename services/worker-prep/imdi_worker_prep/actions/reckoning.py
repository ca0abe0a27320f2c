"""Brings a preparation to what its law, results and dates say now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import cast

from sqlalchemy.ext.asyncio import AsyncSession

from imdi_common.clock import start_of_day, today_in
from imdi_common.due import cancel, schedule
from imdi_planning.calendar_days import DAY
from imdi_planning.requirements import valid_until
from imdi_worker_prep.actions.assign import assign
from imdi_worker_prep.domain import announcements, states
from imdi_worker_prep.domain.announcements import Happened, Standing
from imdi_worker_prep.domain.departures import is_clear
from imdi_worker_prep.domain.items import clearance
from imdi_worker_prep.storage.preparations import Dossier, law_of

EXPIRY = "expiry"
"""What falls due: the day after the next clearance of a preparation ends, in the origin's zone."""


@dataclass(frozen=True, slots=True)
class Reckoned:
    """What happened to items, and to the whole."""

    items: list[Happened]
    whole: list[Happened]

    @property
    def all(self) -> list[Happened]:
        return self.items + self.whole


async def reckon(session: AsyncSession, dossier: Dossier, now: datetime) -> Reckoned:
    """Settle every item's state, performer and dates, the plan and the preparation's status; schedule the next expiry.

    Once departed, clearances are judged as they stood on that day: what ends later takes nothing back. Whatever opens
    an item again lets it be drawn again, so the lots must be held (``hold_lots``).
    """
    held = dossier.preparation
    today = held.departed_on or today_in(held.origin, now)
    before = standing(dossier)
    _settle(dossier, today)
    if await assign(session, dossier, now):
        _settle(dossier, today)
    laws, work = dossier.laws, dossier.work
    statuses = {item.code: item.status for item in dossier.items}
    held.status = states.preparation_status(
        cast("states.Status", held.status),
        determined=held.requirements_id is not None,
        clear=is_clear(laws, statuses, dossier.bars + dossier.criteria),
        begun=bool(work),
    )
    held.version += 1
    _date(dossier, today_in(held.origin, now))
    await _schedule(session, dossier, today)
    after = standing(dossier)
    expired = states.expired(laws, work, today)
    return Reckoned(announcements.of_items(laws, before, after, expired), announcements.of_preparation(before, after))


def standing(dossier: Dossier) -> Standing:
    """Where the preparation and its items stand; an item that has just come stands nowhere yet."""
    return Standing(dossier.preparation.status, {item.code: item.status for item in dossier.items if item.status})


def _settle(dossier: Dossier, today: date) -> None:
    held = dossier.preparation
    statuses = states.item_statuses(dossier.laws, dossier.work, held.departed_on or held.departure_on, today)
    for item in dossier.items:
        item.status = statuses[item.code]


def _date(dossier: Dossier, today: date) -> None:
    made, work = dossier.plan(today), dossier.work
    dossier.preparation.feasible = made.feasible
    for item in dossier.items:
        slot = made.slots.get(item.code)
        item.earliest_on = slot.earliest_on if slot else None
        item.latest_on = slot.latest_on if slot else None
        item.due_on = slot.due_on if slot else None
        result = clearance(work.get(item.code, states.NOTHING).results)
        item.performed_on = result.performed_on if result else None
        item.issued_on = result.issued_on if result else None
        item.valid_until = valid_until(law_of(item), result) if result else None


async def _schedule(session: AsyncSession, dossier: Dossier, today: date) -> None:
    held, subject = dossier.preparation, str(dossier.preparation.id)
    ends = states.lapses_next(dossier.laws, dossier.work, today)
    if ends is None or held.status not in states.OPEN:
        await cancel(session, EXPIRY, subject)
    else:
        await schedule(session, EXPIRY, subject, start_of_day(ends + DAY, held.origin))
