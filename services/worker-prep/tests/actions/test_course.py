"""The course of a preparation: opened, planned, cleared, revoked, departed, arrived, closed."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from imdi_common.actor import Actor, Tenant
from imdi_common.mechanics import due
from imdi_common.problems import Problem
from imdi_worker_prep.actions.answer_facts import answer_facts
from imdi_worker_prep.actions.arrive import arrive
from imdi_worker_prep.actions.book import book
from imdi_worker_prep.actions.change_departure_date import change_departure_date
from imdi_worker_prep.actions.depart import depart
from imdi_worker_prep.actions.expire import expire
from imdi_worker_prep.actions.record_result import Finding, record_result
from imdi_worker_prep.domain.assignment import draw
from imdi_worker_prep.storage.sealing import MasterKey
from imdi_worker_prep.storage.tables import Lot, ResultRow, WorkerKey

TODAY = date(2026, 11, 23)
DONE = date(2026, 12, 10)
LATER = datetime(2026, 12, 11, 9, 0, tzinfo=UTC)


def actor(member_id: UUID) -> Actor:
    tenant = Tenant(member_id, "recruitment_agency", "PH", "accredited", date(2027, 12, 31), 1)
    return Actor("client", frozenset({"partner"}), tenant)


def any_version(_version: int) -> None:
    return None


class Hands:
    """Does deeds as members do them."""

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


@pytest.fixture
async def hands(world: Any, master: MasterKey) -> Hands:
    """A preparation of a clinic's, with a passport and a medical examination to be done, on 11 December."""
    preparation_id = await world.opened("clinic")
    world.now = LATER
    return Hands(world, master, preparation_id)


async def test_it_is_opened_once_for_an_agreed_placement(world: Any, told: Any) -> None:
    await world.opened()
    held = (await world.dossier()).preparation
    assert (held.status, held.revision, held.origin, held.destination) == ("opened", 1, "PH", "SA")
    assert held.opened_on == TODAY
    await world.placement("ready")
    await world.placement("deployed")
    assert await told() == ["preparation.opened"]


async def test_the_law_plans_it(hands: Hands, world: Any, law: Any, told: Any, ids: Any) -> None:
    requirements_id = await world.law(law.passport(), law.medical(after=["passport"]))
    dossier = await world.dossier()
    assert dossier.preparation.status == "planned"
    assert dossier.preparation.requirements_id == requirements_id
    assert {one.code: one.assigned_to for one in dossier.items} == {
        "passport": ids["agency"],
        "medical_examination": ids["clinic"],
    }
    assert dossier.item("medical_examination").earliest_on == date(2026, 12, 18)
    assert dossier.item("medical_examination").latest_on == date(2027, 2, 1)
    assert await told() == ["preparation.opened", "preparation.planned"]


async def test_results_clear_item_by_item_and_then_the_whole(
    hands: Hands, world: Any, law: Any, told: Any, ids: Any
) -> None:
    await world.law(law.passport(), law.medical())
    await hands.result("passport", ids["agency"], expires_on=date(2031, 5, 1))
    assert (await world.dossier()).preparation.status == "in_progress"
    await hands.result("medical_examination", ids["clinic"])
    dossier = await world.dossier()
    assert dossier.preparation.status == "cleared"
    assert dossier.item("medical_examination").valid_until == date(2027, 2, 8)
    assert (await told())[2:] == ["worker.cleared-documents", "worker.cleared-medical", "worker.cleared-to-depart"]


async def test_the_event_holds_the_state_and_no_evidence(
    hands: Hands, world: Any, law: Any, announced: Any, ids: Any
) -> None:
    await world.law(law.medical())
    await hands.result("medical_examination", ids["clinic"], evidence={"finding": "CANARY"})
    topic, kind, key, sequence, data = (await announced(world.session))[-2]
    assert (topic, key, sequence) == ("imdi.worker-prep.preparations", str(hands.id), 3)
    assert kind == "org.imdi.worker.cleared-medical.v1"
    assert data["item"] == "medical_examination"
    assert data["items"][0]["valid_until"] == "2027-02-08"
    assert "CANARY" not in str(await announced(world.session))
    assert "REF-1" not in str(await announced(world.session))


async def test_evidence_rests_under_the_workers_own_key(
    hands: Hands, world: Any, law: Any, master: MasterKey, ids: Any
) -> None:
    await world.law(law.medical())
    await hands.result("medical_examination", ids["clinic"], evidence={"finding": "CANARY"})
    row = await world.session.scalar(select(ResultRow))
    key = await world.session.get(WorkerKey, world.worker_id)
    assert b"CANARY" not in row.sealed
    assert b"CANARY" in master.open(key.wrapped, world.worker_id, row.id, row.sealed)


@pytest.mark.parametrize(
    ("outcome", "status", "what"),
    [
        ("failed", "failed", "worker.failed-item"),
        ("deferred", "deferred", "worker.deferred-medical"),
        ("conditionally_cleared", "conditionally_cleared", "preparation.planned"),
    ],
)
async def test_other_outcomes(
    hands: Hands, world: Any, law: Any, told: Any, ids: Any, outcome: str, status: str, what: str
) -> None:
    await world.law(law.medical())
    await hands.result("medical_examination", ids["clinic"], outcome)
    assert await world.statuses() == {"medical_examination": status}
    assert (await told())[2:] == [what]


async def test_a_later_refusal_takes_the_clearance_back_and_an_older_one_does_not(
    hands: Hands, world: Any, law: Any, told: Any, ids: Any
) -> None:
    await world.law(law.medical())
    await hands.result("medical_examination", ids["clinic"])
    await hands.result("medical_examination", ids["clinic"], "failed", on=date(2026, 12, 1))
    assert (await world.dossier()).preparation.status == "cleared"
    await hands.result("medical_examination", ids["clinic"], "failed", on=date(2026, 12, 11))
    assert (await world.dossier()).preparation.status == "revoked"
    assert (await told())[4:] == ["worker.failed-item", "clearance.revoked"]


async def test_the_calendar_requires_it_again(hands: Hands, world: Any, law: Any, told: Any, ids: Any) -> None:
    await world.law(law.medical())
    await hands.result("medical_examination", ids["clinic"])
    at = await world.session.scalar(select(due.c.at).where(due.c.subject == str(hands.id)))
    assert at == datetime(2027, 2, 8, 16, 0, tzinfo=UTC)  # midnight in Manila
    await expire(world.session, hands.id, at - timedelta(seconds=1))
    assert (await world.dossier()).preparation.status == "cleared"
    await expire(world.session, hands.id, at)
    dossier = await world.dossier()
    assert (dossier.preparation.status, dossier.items[0].status) == ("revoked", "required")
    assert dossier.preparation.feasible is False
    assert (await told())[4:] == ["clearance.expired", "clearance.revoked"]


async def test_a_later_departure_makes_a_clearance_expiring(
    hands: Hands, world: Any, law: Any, told: Any, ids: Any
) -> None:
    await world.law(law.medical())
    await hands.result("medical_examination", ids["clinic"])
    await hands.move(ids["agency"], date(2027, 2, 9))
    dossier = await world.dossier()
    assert (dossier.preparation.revision, dossier.preparation.status) == (2, "revoked")
    assert await world.statuses() == {"medical_examination": "expiring"}
    assert (await told())[4:] == ["preparation.facts-changed", "clearance.expiring", "clearance.revoked"]
    await hands.move(ids["agency"], date(2027, 2, 9))
    assert (await world.dossier()).preparation.revision == 2
    await hands.move(ids["agency"], date(2027, 2, 8))
    assert (await told())[7:] == [
        "preparation.facts-changed",
        "worker.cleared-medical",
        "worker.cleared-to-depart",
    ]


async def test_an_answer_on_an_older_revision_or_an_older_answer_changes_nothing(
    hands: Hands, world: Any, law: Any, told: Any, ids: Any
) -> None:
    await world.law(law.medical())
    await hands.move(ids["agency"], date(2027, 2, 9))
    await world.law(law.passport(), revision=1)
    assert await world.statuses() == {"medical_examination": "required"}
    held = (await world.dossier()).preparation
    world.sequence = 0
    await world.law(law.passport(), revision=2)
    assert held.requirements_sequence > 1
    assert await world.statuses() == {"medical_examination": "required"}


async def test_new_law_keeps_results_and_may_revoke(hands: Hands, world: Any, law: Any, told: Any, ids: Any) -> None:
    await world.law(law.medical())
    await hands.result("medical_examination", ids["clinic"])
    await world.law(law.medical(validity="P30D"))
    dossier = await world.dossier()
    assert dossier.preparation.status == "revoked"
    assert dossier.items[0].valid_until == date(2027, 1, 9)
    await world.law(law.passport())
    assert await world.statuses() == {"passport": "required"}
    await world.law(law.medical())
    assert (await world.dossier()).preparation.status == "cleared"


async def test_nothing_to_do_is_cleared_at_once(hands: Hands, world: Any, law: Any, told: Any) -> None:
    await world.law(law.medical(status="not_applicable"))
    assert (await world.dossier()).preparation.status == "cleared"
    assert (await told())[1:] == ["preparation.planned", "worker.cleared-to-depart"]


async def test_an_unknown_blocks_until_it_is_answered(hands: Hands, world: Any, law: Any, told: Any, ids: Any) -> None:
    fact = "worker.facts.ecr_passport"
    await world.law(law.medical(status="unknown", needs_fact=fact))
    await hands.result("medical_examination", ids["clinic"])
    assert (await world.dossier()).preparation.status == "in_progress"
    await answer_facts(world.session, hands.id, {fact: True}, actor(ids["agency"]), any_version, LATER)
    held = (await world.dossier()).preparation
    assert (held.revision, held.facts) == (2, {fact: True})
    await world.law(law.medical(), revision=2)
    assert (await world.dossier()).preparation.status == "cleared"
    assert (await told())[2:] == [
        "preparation.planned",
        "preparation.facts-changed",
        "preparation.planned",
        "worker.cleared-medical",
        "worker.cleared-to-depart",
    ]


@pytest.mark.parametrize(
    "answers", [{"worker.age": 30}, {"worker.facts.a": 1.5}, {"worker.facts.a": None}, {"placement.first_departure": 1}]
)
async def test_other_answers_are_refused(hands: Hands, world: Any, ids: Any, answers: dict[str, Any]) -> None:
    with pytest.raises(Problem) as refused:
        await answer_facts(world.session, hands.id, answers, actor(ids["agency"]), any_version, LATER)
    assert refused.value.errors
    assert refused.value.errors[0]["field"] == next(iter(answers))
    assert (await world.dossier()).preparation.revision == 1


async def test_a_bar_on_departure_blocks_and_one_on_recruitment_does_not(
    hands: Hands, world: Any, law: Any, ids: Any
) -> None:
    plain = {"reason": "war", "status": "barred", "rule": law.rule, "basis": [law.basis]}
    recruiting = law.Bar.model_validate(plain | {"prohibits": "recruitment"})
    await world.law(bars=[recruiting])
    assert (await world.dossier()).preparation.status == "cleared"
    await world.law(bars=[recruiting, law.Bar.model_validate(plain | {"prohibits": "departure"})])
    assert (await world.dossier()).preparation.status == "revoked"
    with pytest.raises(Problem) as refused:
        await hands.depart(ids["agency"], DONE)
    assert refused.value.extra["bars"] == [
        {"reason": "war", "status": "barred", "rule": "sa-medical", "needs_fact": None}
    ]


async def test_a_departure_too_early_names_what_does_not_hold(hands: Hands, world: Any, law: Any, ids: Any) -> None:
    with pytest.raises(Problem) as unplanned:
        await hands.depart(ids["agency"], TODAY)
    assert unplanned.value.slug == "not-cleared"
    criterion = law.Criterion.model_validate(
        {
            "criterion": "age",
            "effect": {"min": 23},
            "status": "unknown",
            "needs_fact": "worker.age",
            "rule": law.rule,
            "basis": [law.basis],
        }
    )
    await world.law(law.passport(), law.medical(), criteria=[criterion])
    await hands.result("passport", ids["agency"], on=TODAY)
    with pytest.raises(Problem) as refused:
        await hands.depart(ids["agency"], TODAY)
    assert (refused.value.slug, refused.value.status) == ("not-cleared", 409)
    assert [(one["code"], one["why"], one["rules"]) for one in refused.value.extra["items"]] == [
        ("medical_examination", "no_result", ["sa-medical"])
    ]
    assert refused.value.extra["criteria"][0]["needs_fact"] == "worker.age"


async def test_departed_and_arrived(hands: Hands, world: Any, law: Any, told: Any, ids: Any) -> None:
    registration = law.item("registration", "permit", "employer", holds_at=["arrival"], lead_days=7)
    await world.law(law.medical(), registration)
    await hands.result("medical_examination", ids["clinic"])
    assert (await world.dossier()).preparation.status == "cleared"
    with pytest.raises(Problem) as future:
        await hands.depart(ids["agency"], date(2026, 12, 13))
    assert future.value.status == 422
    await hands.depart(ids["agency"], date(2026, 12, 10))
    assert (await world.dossier()).preparation.status == "departed"
    assert await world.session.scalar(select(due.c.at).where(due.c.subject == str(hands.id))) is None
    with pytest.raises(Problem) as again:
        await hands.depart(ids["agency"], date(2026, 12, 10))
    assert again.value.slug == "wrong-state"
    for day, status in ((date(2026, 12, 9), 422), (date(2026, 12, 13), 422)):
        with pytest.raises(Problem) as refused:
            await arrive(world.session, hands.id, day, actor(ids["employer"]), any_version, LATER)
        assert refused.value.status == status
    await arrive(world.session, hands.id, date(2026, 12, 11), actor(ids["employer"]), any_version, LATER)
    dossier = await world.dossier()
    assert dossier.preparation.status == "arrived"
    assert dossier.item("registration").latest_on == date(2026, 12, 18)
    await hands.result("registration", ids["employer"], on=date(2026, 12, 11))
    with pytest.raises(Problem) as late:
        await hands.result("medical_examination", ids["clinic"])
    assert late.value.slug == "wrong-state"
    assert (await told())[4:] == ["worker.departed", "worker.arrived", "worker.cleared-permit"]


async def test_a_fact_of_the_world_beats_an_intent(hands: Hands, world: Any, law: Any, told: Any, ids: Any) -> None:
    await world.law(law.medical())
    await hands.result("medical_examination", ids["clinic"])
    await world.placement("withdrawn", reason="changed plans")
    held = (await world.dossier()).preparation
    assert (held.status, held.reason) == ("closed", "changed plans")
    await hands.depart(ids["agency"], date(2026, 12, 11))
    await world.placement("withdrawn", reason="again")
    await world.law(law.passport())
    held = (await world.dossier()).preparation
    assert held.status == "departed"
    assert [note["what"] for note in held.notes] == ["withdrawn", "requirements"]
    assert (await told())[4:] == ["preparation.closed", "worker.departed"]


async def test_bookings(hands: Hands, world: Any, law: Any, told: Any, ids: Any) -> None:
    await world.law(law.medical())
    agency, code = actor(ids["agency"]), "medical_examination"

    async def booked(day: date, member_id: UUID | None = None) -> None:
        await book(world.session, hands.id, code, day, member_id, agency, any_version, LATER)

    await booked(date(2026, 12, 20))
    assert await world.statuses() == {code: "scheduled"}
    await booked(date(2026, 12, 21))
    assert [one.booked_on for one in (await world.dossier()).bookings.values()] == [date(2026, 12, 21)]
    for day, member_id, status in ((TODAY, None, 422), (date(2026, 12, 20), ids["rescue"], 409)):
        with pytest.raises(Problem) as refused:
            await booked(day, member_id)
        assert refused.value.status == status
    await hands.result(code, ids["clinic"], "failed")
    await booked(date(2026, 12, 21))
    assert await world.statuses() == {code: "scheduled"}
    await hands.result(code, ids["clinic"])
    with pytest.raises(Problem) as cleared:
        await booked(date(2026, 12, 21))
    assert cleared.value.slug == "wrong-state"


async def test_a_booking_chooses_for_an_item_that_is_nobodys(world: Any, law: Any, ids: Any) -> None:
    preparation_id = await world.opened()
    await world.law(law.item("chest_xray"))
    agency = actor(ids["agency"])
    for member_id in (ids["agency"], ids["rescue"]):
        with pytest.raises(Problem) as refused:
            await book(world.session, preparation_id, "chest_xray", DONE, member_id, agency, any_version, world.now)
        assert refused.value.errors
        assert refused.value.errors[0]["field"] == "member_id"


async def test_the_lot_is_recorded_and_can_be_drawn_again(world: Any, law: Any, ids: Any) -> None:
    await world.opened("clinic", "clinic2", "rescue")  # the last is no clinic
    await world.law(law.medical())
    lot = await world.session.scalar(select(Lot))
    assert set(lot.candidates) == {ids["clinic"], ids["clinic2"]}
    assert draw(lot.seed, lot.candidates) == lot.drawn == (await world.dossier()).items[0].assigned_to


async def test_a_fallen_members_open_items_return_to_the_lot(
    hands: Hands, world: Any, law: Any, told: Any, ids: Any
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


async def test_a_new_controller_takes_the_case_over(hands: Hands, world: Any, law: Any, told: Any, ids: Any) -> None:
    await world.law(law.passport())
    await world.worker("preparation", controller="rescue")
    dossier = await world.dossier()
    assert dossier.preparation.controller_id == dossier.items[0].assigned_to == ids["rescue"]
    await world.worker("preparation", controller="rescue")
    assert (await told())[2:] == ["preparation.planned"]


async def test_who_may(hands: Hands, world: Any, law: Any, ids: Any) -> None:
    await world.law(law.passport(), law.medical())
    for who, status in (("rescue", 404), ("clinic", 403), ("employer", 403)):
        with pytest.raises(Problem) as refused:
            await hands.depart(ids[who], TODAY)
        assert refused.value.status == status
    for who, code, status in (
        ("rescue", "passport", 404),
        ("clinic", "passport", 404),
        ("agency", "medical_examination", 403),
        ("employer", "passport", 403),
        ("agency", "unheard_of", 404),
    ):
        with pytest.raises(Problem) as refused:
            await hands.result(code, ids[who])
        assert refused.value.status == status
    await world.worker("matching")
    with pytest.raises(Problem) as unseen:
        await hands.result("medical_examination", ids["clinic"])
    assert unseen.value.status == 404


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"on": date(2026, 12, 13)}, "performed_on"),
        ({"issued_on": date(2026, 12, 13)}, "issued_on"),
        ({"expires_on": date(2026, 12, 9)}, "expires_on"),
    ],
)
async def test_days_that_cannot_be(
    hands: Hands, world: Any, law: Any, ids: Any, fields: dict[str, date], field: str
) -> None:
    await world.law(law.medical())
    with pytest.raises(Problem) as refused:
        await hands.result("medical_examination", ids["clinic"], **fields)
    assert refused.value.errors
    assert refused.value.errors[0]["field"] == field


async def test_tomorrow_has_begun_somewhere(hands: Hands, world: Any, law: Any, ids: Any) -> None:
    await world.law(law.medical())
    world.now = datetime(2026, 12, 11, 11, 0, tzinfo=UTC)
    await hands.result("medical_examination", ids["clinic"], on=date(2026, 12, 12))


async def test_erasure_leaves_ids_and_states(
    hands: Hands, world: Any, law: Any, told: Any, announced: Any, ids: Any
) -> None:
    await world.law(law.medical())
    await hands.result("medical_examination", ids["clinic"], evidence={"finding": "CANARY"})
    await world.worker(status="erasure_requested")
    await world.worker(status="erased")
    dossier = await world.dossier()
    assert (dossier.preparation.status, dossier.preparation.reason) == ("closed", "erased")
    assert (dossier.items, dossier.results) == ([], [])
    for table in ("worker_key", "result", "item", "worker_copy", "due"):
        assert await world.session.scalar(text(f"select count(*) from {table}")) == 0
    assert (await told())[4:] == ["preparation.closed", "erasure.completed"]
    assert (await announced(world.session))[-1][:3] == (
        "imdi.worker-prep.erasures",
        "org.imdi.erasure.completed.v1",
        str(world.worker_id),
    )
    await world.placement("agreed")
    with pytest.raises(Problem) as closed:
        await hands.depart(ids["agency"], DONE)
    assert closed.value.slug == "wrong-state"


async def test_a_receipt_comes_also_where_nothing_was_held(world: Any, told: Any, session: AsyncSession) -> None:
    await world.worker(status="erasure_requested")
    assert await told() == ["erasure.completed"]
