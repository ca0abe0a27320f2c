"""Days from booking to performance, kept from events in any batch, told of ten or more, gone with the worker."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from services.legislation.tests.conftest import Cases
from sqlalchemy import func, select

from imdi_common.reactions import Received
from imdi_contracts.worker_prep import PreparationState
from imdi_legislation.domain.observed_times import Measured
from imdi_legislation.domain.procedures import Corridor
from imdi_legislation.reactions.observed_items import observe_items
from imdi_legislation.storage.observed_items import ObservedItem, measure

HERE = Corridor("PH", "SA", ("53",))
GONE: dict[str, Any] = {"birth_date": None, "sex": None, "nationality": None, "country": None, "consents": []}
Story = list[tuple[int, str, str | None]]
"""Day of November 2026, status and the day on which the item was performed."""


def event(cases: Cases, sequence: int, day: int, status: str, performed_on: str | None) -> Received[PreparationState]:
    item = {"code": "visa", "category": "permit", "status": status, "assigned_to": None, "performed_on": performed_on}
    state = PreparationState.model_validate({
        "preparation_id": cases.preparation_id, "placement_id": cases.placement_id, "worker_id": cases.worker_id,
        "controller_id": None, "owner_id": cases.owner, "status": "planned", "revision": 1,
        "opened_on": "2026-11-01", "departure_on": "2027-03-01", "facts": {}, "items": [item],
    })  # fmt: skip
    at = datetime(2026, 11, day, 12, tzinfo=UTC)
    return Received(state, sequence, at, state.subject)


async def tell(cases: Cases, story: Story) -> None:
    for number, (day, status, performed_on) in enumerate(story, 1):
        await observe_items(cases.session, [event(cases, number, day, status, performed_on)])


@pytest.mark.parametrize(
    ("story", "expected"),
    [
        ([(1, "required", None), (3, "scheduled", None), (9, "cleared", "2026-11-08")], (1, 5, 0)),
        ([(1, "required", None), (9, "conditionally_cleared", "2026-11-08")], (1, 7, 0)),
        ([(1, "required", None), (9, "cleared", None)], (1, 8, 0)),
        ([(1, "required", None), (9, "cleared", "2026-11-01")], (1, 0, 0)),
        ([(1, "required", None), (9, "cleared", "2026-10-31")], (0, None, 0)),
        ([(9, "cleared", "2026-11-08")], (0, None, 0)),
        ([(1, "not_applicable", None)], None),
        ([(3, "scheduled", None), (5, "failed", "2026-11-05"), (7, "scheduled", None), (9, "cleared", "2026-11-09")],
         (1, 6, 1)),
        ([(3, "scheduled", None), (9, "cleared", "2026-11-08"), (20, "expired", None), (21, "required", None),
          (29, "cleared", "2026-11-29")], (1, 5, 0)),
    ],
)  # fmt: skip
async def test_days_run_from_booking_to_performance(
    cases: Cases, story: Story, expected: tuple[int, int | None, int] | None
) -> None:
    await cases.open()
    await tell(cases, story)
    found = await measure(cases.session, HERE, ["visa"])
    told = {item: (one.cases, one.p50, one.failed) for item, one in found.items()}
    assert told == ({"visa": expected} if expected else {})


async def test_an_older_event_changes_nothing(cases: Cases) -> None:
    await cases.open()
    await tell(cases, [(1, "required", None), (3, "scheduled", None), (9, "cleared", "2026-11-08")])
    await observe_items(cases.session, [event(cases, 2, 4, "scheduled", None)])
    await observe_items(cases.session, [event(cases, 3, 20, "failed", None)])
    assert await measure(cases.session, HERE, ["visa"]) == {"visa": Measured(1, 5, 5, 1, 0)}


@pytest.mark.parametrize(
    ("corridor", "counted"),
    [
        (HERE, True),
        (Corridor("*", "SA", ("*",)), True),
        (Corridor("PH", "*", ("81", "5322")), True),
        (Corridor("NP", "SA", ("*",)), False),
        (Corridor("PH", "MY", ("*",)), False),
        (Corridor("PH", "SA", ("81",)), False),
    ],
)
async def test_only_the_corridors_own_cases_count(cases: Cases, corridor: Corridor, counted: bool) -> None:
    await cases.open()
    await tell(cases, [(1, "required", None), (9, "cleared", "2026-11-08")])
    assert ("visa" in await measure(cases.session, corridor, ["visa"])) is counted
    assert await measure(cases.session, corridor, ["passport"]) == {}


async def test_of_twelve_cases_the_sixth_and_the_eleventh_are_told(cases: Cases) -> None:
    for days in range(1, 13):
        other = Cases(cases.session)
        await other.open()
        await tell(other, [(1, "scheduled", None), (28, "cleared", f"2026-11-{1 + days:02}")])
    assert await measure(cases.session, HERE, ["visa"]) == {"visa": Measured(12, 6, 11, 12, 0)}


async def test_with_the_worker_the_days_are_gone_and_stay_gone(cases: Cases) -> None:
    other = Cases(cases.session)
    for one in (cases, other):
        await one.open()
        await tell(one, [(1, "required", None), (9, "cleared", "2026-11-08")])
    await cases.worker(status="erasure_requested", **GONE)
    await observe_items(cases.session, [event(cases, 9, 9, "cleared", None), event(other, 9, 9, "cleared", None)])
    assert list(await cases.session.scalars(select(ObservedItem.worker_id))) == [UUID(other.worker_id)]
    assert await cases.session.scalar(select(func.count()).select_from(ObservedItem)) == 1
