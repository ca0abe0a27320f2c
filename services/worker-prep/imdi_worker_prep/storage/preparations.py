"""Preparations with all that belongs to them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import cast
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from imdi_planning.calendars import working_days
from imdi_worker_prep.domain.departures import Binding
from imdi_worker_prep.domain.items import Law, Outcome, Result
from imdi_worker_prep.domain.plans import Days, Plan, plan
from imdi_worker_prep.domain.states import Work
from imdi_worker_prep.domain.who_may import Relation, relations
from imdi_worker_prep.storage.tables import Booking, Item, Preparation, ResultRow


@dataclass(slots=True)
class Dossier:
    """A preparation with its items, their results and open bookings."""

    preparation: Preparation
    items: list[Item] = field(default_factory=list)
    results: list[ResultRow] = field(default_factory=list)
    bookings: dict[str, Booking] = field(default_factory=dict)

    def item(self, code: str) -> Item | None:
        return next((item for item in self.items if item.code == code), None)

    def relations(self, member_id: UUID | None, *, consented: bool) -> frozenset[Relation]:
        """What a member is to this case; ``consented``: whether the worker consents to be prepared."""
        return relations(
            member_id,
            owner_id=self.preparation.owner_id,
            controller_id=self.preparation.controller_id,
            assigned=frozenset(item.assigned_to for item in self.items if item.assigned_to),
            consented=consented,
        )

    def end_booking(self, code: str, now: datetime) -> None:
        """The item's appointment is kept, moved or off, if there was one."""
        booking = self.bookings.pop(code, None)
        if booking:
            booking.ended_at = now

    @property
    def laws(self) -> list[Law]:
        return [law_of(item) for item in self.items]

    @property
    def work(self) -> dict[str, Work]:
        """What happened on each item."""
        found: dict[str, list[Result]] = {}
        for row in self.results:
            found.setdefault(row.code, []).append(result_of(row))
        return {code: Work(tuple(found.get(code, ())), code in self.bookings) for code in {*found, *self.bookings}}

    @property
    def bars(self) -> list[Binding]:
        """As the requirements hold them; only one on departure binds, the recruitment is over."""
        return [
            Binding(bar["reason"], bar["status"], bar["rule"], bar["needs_fact"], bar["prohibits"] == "departure")
            for bar in self.preparation.bars
        ]

    @property
    def criteria(self) -> list[Binding]:
        return [
            Binding(one["criterion"], one["status"], one["rule"], one["needs_fact"])
            for one in self.preparation.criteria
        ]

    def plan(self, today: date) -> Plan:
        """The plan as of a day in the origin: what can still be done, and by when, changes with each."""
        held = self.preparation
        statuses = {item.code: item.status for item in self.items}
        days = Days(today, held.departure_on, held.departed_on, held.arrived_on)
        return plan(self.laws, self.work, statuses, days, working_days(held.origin))


def law_of(item: Item) -> Law:
    """What the requirements ask, as the domain reads it."""
    law = item.law
    return Law(
        code=item.code,
        category=law["category"],
        applies=law["status"],
        needs_fact=law["needs_fact"],
        after=tuple(law["after"]),
        lead_days=law["lead_days"],
        lead_working_days=law["lead_working_days"],
        validity=law["validity"],
        counted_from=law["counted_from"],
        holds_at=frozenset(law["holds_at"]),
        beyond=law["beyond"],
    )


def result_of(row: ResultRow) -> Result:
    outcome = cast("Outcome", row.outcome)
    return Result(outcome, row.performed_on, row.number, row.issued_on, row.expires_on)


async def lock(session: AsyncSession, preparation_id: UUID) -> Dossier | None:
    """One preparation to be changed, or none."""
    held = await session.get(Preparation, preparation_id, with_for_update=True, populate_existing=True)
    return (await _with_rows(session, [held]))[0] if held else None


async def read(session: AsyncSession, preparation_id: UUID) -> Dossier | None:
    """One preparation to be shown, or none."""
    held = await session.get(Preparation, preparation_id)
    return (await _with_rows(session, [held]))[0] if held else None


async def read_all(session: AsyncSession, ids: Sequence[UUID]) -> list[Dossier]:
    """Several to be shown, in the order of their ids."""
    rows = await session.scalars(select(Preparation).where(Preparation.id.in_(ids)).order_by(Preparation.id))
    return await _with_rows(session, list(rows))


async def of_placement(session: AsyncSession, placement_id: UUID) -> UUID | None:
    return await session.scalar(select(Preparation.id).where(Preparation.placement_id == placement_id))


async def of_worker(session: AsyncSession, worker_id: UUID) -> list[UUID]:
    """The worker's cases, in the order in which they are locked."""
    rows = await session.scalars(
        select(Preparation.id).where(Preparation.worker_id == worker_id).order_by(Preparation.id)
    )
    return list(rows)


async def _with_rows(session: AsyncSession, held: Sequence[Preparation]) -> list[Dossier]:
    found = {preparation.id: Dossier(preparation) for preparation in held}
    ids = list(found)
    for item in await session.scalars(select(Item).where(Item.preparation_id.in_(ids)).order_by(Item.position)):
        found[item.preparation_id].items.append(item)
    results = select(ResultRow).where(ResultRow.preparation_id.in_(ids)).order_by(ResultRow.number)
    for result in await session.scalars(results):
        found[result.preparation_id].results.append(result)
    bookings = select(Booking).where(Booking.preparation_id.in_(ids), Booking.ended_at.is_(None))
    for booking in await session.scalars(bookings):
        found[booking.preparation_id].bookings[booking.code] = booking
    return list(found.values())
