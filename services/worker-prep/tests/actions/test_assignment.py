"""Who performs items."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import delete, select

from imdi_common.mechanics import due
from imdi_common.problems import Problem
from imdi_worker_prep.actions import reassign
from imdi_worker_prep.actions.expire import expire
from imdi_worker_prep.domain.assignment import draw
from imdi_worker_prep.reactions.due import DUE
from imdi_worker_prep.storage.tables import Lot

DAY = date(2026, 12, 20)


async def test_the_lot_is_recorded_and_can_be_drawn_again(world: Any, law: Any, ids: Any) -> None:
    await world.opened("clinic", "clinic2", "rescue")  # the last is no clinic
    await world.law(law.medical())
    lot = await world.session.scalar(select(Lot))
    assert set(lot.candidates) == {ids["clinic"], ids["clinic2"]}
    assert draw(lot.seed, lot.candidates) == lot.drawn == (await world.dossier()).items[0].assigned_to


async def test_a_fallen_members_open_items_return_to_the_lot(
    hands: Any, world: Any, law: Any, told: Any, ids: Any
) -> None:
    await world.law(law.medical(), law.item("chest_xray"))
    await hands.result("chest_xray", ids["clinic"])
    await world.member("clinic", "medical_examination", "chest_xray", status="suspended")
    dossier = await world.dossier()
    assert dossier.item("medical_examination").assigned_to is None
    assert dossier.item("chest_xray").assigned_to == ids["clinic"]
    await world.member("clinic2", "medical_examination")
    assert (await world.dossier()).item("medical_examination").assigned_to == ids["clinic2"]
    assert (await told())[3:] == ["preparation.planned", "preparation.planned"]


@pytest.mark.parametrize("batch", [1, 2, 3, 100])
async def test_what_concerns_many_cases_is_done_by_and_by(
    monkeypatch: pytest.MonkeyPatch, world: Any, world_of: Any, law: Any, ids: Any, batch: int
) -> None:
    """A transaction takes so many cases, and what is left falls due until none is."""
    monkeypatch.setattr(reassign, "BATCH", batch)
    await world.opened("clinic")
    await world.law(law.medical())
    cases = [world]
    for _ in range(2):
        other = world_of(world.session, sequence=100)
        await other.worker("preparation")
        await other.placement()
        await other.law(law.medical())
        cases.append(other)

    async def performers() -> list[Any]:
        return [(await case.dossier()).item("medical_examination").assigned_to for case in cases]

    assert await performers() == [ids["clinic"]] * 3
    for name, status, expected in (("clinic", "suspended", None), ("clinic2", "accredited", ids["clinic2"])):
        await world.member(name, "medical_examination", status=status)
        assert (await performers()).count(expected) == min(batch, 3)
        while subject := await world.session.scalar(select(due.c.subject).where(due.c.kind == reassign.REASSIGN)):
            await world.session.execute(delete(due).where(due.c.subject == subject))
            await DUE[reassign.REASSIGN](world.session, subject, world.now)
        assert await performers() == [expected] * 3


async def test_a_new_controller_takes_the_case_over(hands: Any, world: Any, law: Any, told: Any, ids: Any) -> None:
    await world.law(law.passport())
    await world.worker("preparation", controller="rescue")
    dossier = await world.dossier()
    assert dossier.preparation.controller_id == dossier.items[0].assigned_to == ids["rescue"]
    await world.worker("preparation", controller="rescue")
    assert (await told())[2:] == ["preparation.planned"]


async def test_a_new_controller_may_renew_what_the_old_one_cleared(hands: Any, world: Any, law: Any, ids: Any) -> None:
    await world.law(law.passport(), law.medical())
    await hands.result("passport", ids["agency"], expires_on=date(2027, 6, 1))
    await world.worker("preparation", controller="rescue")
    assert (await world.dossier()).items[0].assigned_to == ids["rescue"]
    await hands.result("passport", ids["rescue"], on=date(2026, 12, 11), expires_on=date(2036, 6, 1))
    assert (await world.dossier()).items[0].valid_until == date(2036, 6, 1)
    with pytest.raises(Problem, match="not-found"):
        await hands.result("passport", ids["agency"])


async def test_arrival_items_are_performed_in_the_destination(hands: Any, world: Any, law: Any) -> None:
    await world.member("riyadh", "registration", country="SA", kind="testing_body")
    await world.member("manila", "registration", country="PH", kind="testing_body")
    await world.law(
        law.item("registration", "permit", "testing_body", holds_at=["arrival"]),
        law.item("trade_test", "qualification", "testing_body"),
    )
    registration, test = (await world.dossier()).items
    lot = await world.session.scalar(select(Lot))
    assert registration.assigned_to == lot.drawn
    assert len(lot.candidates) == 1
    assert test.assigned_to is None


async def test_what_the_law_does_not_ask_is_nobodys(hands: Any, world: Any, law: Any) -> None:
    await world.law(law.medical(status="not_applicable"), law.passport(status="unknown", needs_fact="worker.facts.a"))
    spared, unknown = (await world.dossier()).items
    assert spared.assigned_to is None
    assert unknown.assigned_to is not None


async def test_an_expired_clearance_of_a_fallen_member_is_drawn_again(
    hands: Any, world: Any, law: Any, ids: Any
) -> None:
    await world.law(law.medical())
    await hands.result("medical_examination", ids["clinic"])
    await world.member("clinic2", "medical_examination")
    await world.member("clinic", "medical_examination", status="suspended")
    item = (await world.dossier()).items[0]
    assert item.assigned_to == ids["clinic"]
    await expire(world.session, hands.id, datetime(2027, 2, 8, 16, 0, tzinfo=UTC))
    assert item.assigned_to == ids["clinic2"]


async def test_an_item_that_another_kind_performs_now_changes_hands(hands: Any, world: Any, law: Any, ids: Any) -> None:
    await world.law(law.medical())
    await world.law(law.medical(performed_by="employer"))
    assert (await world.dossier()).items[0].assigned_to == ids["employer"]
    await world.member("employer", status="suspended", country="SA")
    assert (await world.dossier()).items[0].assigned_to == ids["employer"]


async def test_members_that_change_nothing_announce_nothing(hands: Any, world: Any, law: Any, told: Any) -> None:
    await world.law(law.medical())
    await world.member("clinic", "medical_examination")
    await world.member("clinic2", "medical_examination")
    await world.member("clinic2", "medical_examination", status="suspended")
    assert await told() == ["preparation.opened", "preparation.planned"]


async def test_an_appointment_with_a_fallen_member_ends(hands: Any, world: Any, law: Any, told: Any, ids: Any) -> None:
    await world.law(law.medical())
    await hands.book(ids["agency"], "medical_examination", DAY)
    await world.member("clinic2", "medical_examination")
    await world.member("clinic", "medical_examination", status="suspended")
    dossier = await world.dossier()
    item = dossier.items[0]
    assert (item.assigned_to, item.status, dossier.bookings) == (ids["clinic2"], "required", {})
    assert dossier.preparation.status == "planned"
    assert (await told())[3:] == ["preparation.planned"]


async def test_a_day_booked_while_nobody_could_perform_it_stays_for_who_is_drawn(
    hands: Any, world: Any, law: Any, ids: Any
) -> None:
    await world.member("clinic", "medical_examination", status="suspended")
    await world.law(law.medical())
    await hands.book(ids["agency"], "medical_examination", DAY)
    await world.member("clinic2", "medical_examination")
    dossier = await world.dossier()
    assert (dossier.items[0].assigned_to, dossier.items[0].status) == (ids["clinic2"], "scheduled")
    await world.member("clinic", "medical_examination")
    await world.member("clinic2", "medical_examination", status="suspended")
    dossier = await world.dossier()
    assert (dossier.items[0].assigned_to, dossier.items[0].status) == (ids["clinic"], "required")


async def test_what_another_kind_performs_now_is_booked_anew(hands: Any, world: Any, law: Any, ids: Any) -> None:
    await world.law(law.medical())
    await hands.book(ids["agency"], "medical_examination", DAY)
    await world.law(law.medical(performed_by="employer"))
    assert await world.statuses() == {"medical_examination": "required"}


async def test_a_date_that_reopens_a_fallen_members_item_draws_it_again(
    hands: Any, world: Any, law: Any, announced: Any, ids: Any
) -> None:
    await world.law(law.medical())
    await hands.result("medical_examination", ids["clinic"])
    await world.member("clinic2", "medical_examination")
    await world.member("clinic", "medical_examination", status="suspended")
    await hands.move(ids["agency"], date(2027, 2, 9))
    item = (await world.dossier()).items[0]
    assert (item.status, item.assigned_to) == ("expiring", ids["clinic2"])
    *_, state = (await announced(world.session))[-1]
    assert state["items"][0]["assigned_to"] == str(ids["clinic2"])


async def test_an_expiry_that_another_deed_notices_first_draws_it_again(
    hands: Any, world: Any, law: Any, ids: Any
) -> None:
    await world.law(law.medical(), law.passport())
    await hands.result("medical_examination", ids["clinic"])
    await world.member("clinic2", "medical_examination")
    await world.member("clinic", "medical_examination", status="suspended")
    world.now = datetime(2027, 2, 8, 16, 0, tzinfo=UTC)
    await hands.result("passport", ids["agency"])
    item = (await world.dossier()).items[0]
    assert (item.status, item.assigned_to) == ("required", ids["clinic2"])
