"""Deeds as members do them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest

from imdi_common.actor import Actor, Tenant
from imdi_worker_prep.actions.answer_facts import answer_facts
from imdi_worker_prep.actions.arrive import arrive
from imdi_worker_prep.actions.book import book
from imdi_worker_prep.actions.change_departure_date import change_departure_date
from imdi_worker_prep.actions.depart import depart
from imdi_worker_prep.actions.record_result import Finding, record_result
from imdi_worker_prep.storage.sealing import MasterKey

TODAY = date(2026, 11, 23)
DONE = date(2026, 12, 10)
LATER = datetime(2026, 12, 11, 9, 0, tzinfo=UTC)


def actor(member_id: UUID) -> Actor:
    tenant = Tenant(member_id, "recruitment_agency", "PH", "accredited", date(2027, 12, 31), 1)
    return Actor("client", frozenset({"partner"}), tenant)


def any_version(_version: int) -> None:
    return None


class Hands:
    """Does deeds on one preparation, whatever its version."""

    def __init__(self, world: Any, master: MasterKey, preparation_id: UUID) -> None:
        self.world, self.master, self.id = world, master, preparation_id

    async def result(self, code: str, who: UUID, outcome: Any = "cleared", on: date = DONE, **more: Any) -> None:
        finding = Finding(outcome, on, "REF-1", **more)
        await record_result(
            self.world.session, self.id, code, finding, actor(who), any_version, self.world.now, self.master
        )

    async def depart(self, who: UUID, on: date) -> None:
        await depart(self.world.session, self.id, on, actor(who), any_version, self.world.now)

    async def move(self, who: UUID, to: date) -> None:
        await change_departure_date(self.world.session, self.id, to, actor(who), any_version, self.world.now)

    async def arrive(self, who: UUID, on: date) -> None:
        await arrive(self.world.session, self.id, on, actor(who), any_version, self.world.now)

    async def answer(self, who: UUID, answers: dict[str, Any]) -> None:
        await answer_facts(self.world.session, self.id, answers, actor(who), any_version, self.world.now)

    async def book(self, who: UUID, code: str, on: date, member_id: UUID | None = None) -> None:
        await book(self.world.session, self.id, code, on, member_id, actor(who), any_version, self.world.now)


@pytest.fixture
async def hands(world: Any, master: MasterKey) -> Hands:
    """A preparation of a clinic's, with a passport and a medical examination to be done, on 11 December."""
    preparation_id = await world.opened("clinic")
    world.now = LATER
    return Hands(world, master, preparation_id)
