"""Decisions on qualifications: who makes and reads them, what follows from them, and that they are erased."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest
from services.legislation.tests.conftest import INSTRUMENT, NOW, ONE, STEWARD, member
from sqlalchemy import func, select

from imdi_common.problems import Problem
from imdi_legislation.actions.decide_recognition import decide_recognition
from imdi_legislation.actions.enter_instrument import enter_instrument
from imdi_legislation.actions.enter_recognition import end_entry, enter_recognition
from imdi_legislation.queries.recognition import list_decisions, list_entries, show_decision
from imdi_legislation.storage.recognition import Profession, RecognitionDecision, WorkerRecognitions

NURSE = {"criterion": "recognition", "profession": "nurse"}
COURSE = {"code": "adaptation", "category": "qualification", "title": "A", "performed_by": "training_provider"}
DECISION: dict[str, Any] = {
    "profession": "nurse",
    "destination": "SA",
    "qualification": {"title": "CANARY of Science", "country": "PH"},
    "outcome": "full",
    "authority": "Commission",
    "decided_on": "2026-11-02",
    "reference": "CANARY-17",
}
PARTIAL: dict[str, Any] = {"outcome": "partial", "compensation": [{"kind": "course", "hours": 80}]}
GONE: dict[str, Any] = {"birth_date": None, "sex": None, "nationality": None, "country": None, "consents": []}


async def decide(cases: Any, actor: Any = ONE, **changes: Any) -> UUID:
    return await decide_recognition(cases.session, DECISION | {"worker_id": cases.worker_id} | changes, actor, NOW)


async def enter(session: Any, actor: Any = ONE, section: str = "professions", **changes: Any) -> UUID:
    instrument = await enter_instrument(session, INSTRUMENT | {"code": f"i-{uuid4()}"}, ONE, NOW)
    body = {
        "country": "SA",
        "code": "nurse",
        "title": "Nurse",
        "occupations": ["2221"],
        "regulated": True,
        "basis": [{"instrument": str(instrument)}],
        "effective": {"from": "2024-01-01"},
        "confidence": "secondary",
    }
    return await enter_recognition(session, section, body | changes, actor, NOW)


async def test_requirements_follow_each_decision(parliament: Any, cases: Any, told: Any) -> None:
    await parliament.enact("nurse", "criterion", NURSE)
    partial = 'worker.facts.recognition_nurse == "partial"'
    await parliament.enact("course", "requirement", COURSE, when=partial)
    await cases.open()
    await decide(cases, **PARTIAL)
    await decide(cases, decided_on="2026-11-20")
    await decide(cases, decided_on="2026-11-21", outcome="none")
    answers = await told("requirements.determined")
    standing = [(answer["criteria"][0]["status"], answer["items"][0]["status"]) for answer in answers]
    assert standing == [
        ("unknown", "unknown"),
        ("not_met", "required"),
        ("met", "not_applicable"),
        ("not_met", "not_applicable"),
    ]
    assert {answer["answers"]["revision"] for answer in answers} == {1}


@pytest.mark.parametrize("written", ["{{{0}}}", "urn:uuid:{0}", "{1}"])
async def test_a_basis_is_kept_by_its_id_however_it_was_written(session: Any, written: str) -> None:
    instrument = await enter_instrument(session, INSTRUMENT | {"code": "i-basis"}, ONE, NOW)
    basis = [{"instrument": written.format(instrument, str(instrument).upper()), "provision": "art. 3"}]
    entry = await session.get(Profession, await enter(session, basis=basis))
    assert entry.basis == [{"instrument": str(instrument), "provision": "art. 3"}]


async def test_a_decision_goes_before_a_claim_and_an_answer(parliament: Any, cases: Any, told: Any) -> None:
    await parliament.enact("nurse", "criterion", NURSE)
    await cases.open()
    await cases.profile(facts={"recognised_nurse": True})
    await cases.preparation(revision=2, facts={"worker.facts.recognised_nurse": True})
    await decide(cases, outcome="none")
    statuses = [answer["criteria"][0]["status"] for answer in await told("requirements.determined")]
    assert (statuses[0], statuses[-1]) == ("unknown", "not_met")
    assert "met" in statuses


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({}, "met"),
        ({"valid_until": "2027-03-01"}, "met"),
        ({"valid_until": "2027-02-28"}, "not_met"),
        ({"profession": "midwife"}, "unknown"),
    ],
)
async def test_a_decision_counts_for_its_profession_while_it_holds(
    parliament: Any, cases: Any, told: Any, changes: dict[str, Any], status: str
) -> None:
    await parliament.enact("nurse", "criterion", NURSE)
    await cases.worker()
    await decide(cases, **changes)
    await cases.open()
    assert (await told("requirements.determined"))[-1]["criteria"][0]["status"] == status


async def test_a_decision_of_another_country_changes_nothing(parliament: Any, cases: Any, told: Any) -> None:
    await parliament.enact("nurse", "criterion", NURSE)
    await cases.open()
    await decide(cases, member(country="MY"), destination="MY")
    assert len(await told("requirements.determined")) == 1
    assert len(await told("recognition.decided")) == 1


async def test_the_newest_of_each_destination_and_profession_is_announced(cases: Any, told: Any) -> None:
    await cases.worker()
    first = await decide(cases, **PARTIAL)
    other = await decide(cases, member(country="MY"), destination="MY")
    late = await decide(cases, decided_on="2026-10-01", outcome="none")
    newer = await decide(cases)
    announced = [[one["id"] for one in event["recognitions"]] for event in await told("recognition.decided")]
    assert announced == [
        [str(first)],
        [str(other), str(first)],
        [str(other), str(first)],
        [str(other), str(newer)],
    ]
    assert str(late) not in str(announced)


async def test_neither_papers_nor_file_numbers_travel(cases: Any, told: Any) -> None:
    await cases.worker()
    await decide(cases)
    [event] = await told("recognition.decided")
    assert "CANARY" not in str(event)
    assert set(event) == {"worker_id", "recognitions"}


@pytest.mark.parametrize(
    ("actor", "changes", "slug"),
    [
        (member(country="MY"), {}, "forbidden"),
        (member("employer"), {}, "forbidden"),
        (STEWARD, {}, "forbidden"),
        (ONE, {"worker_id": str(uuid4())}, "not-found"),
        (ONE, {"decided_on": "2026-11-25"}, "invalid-request"),
        (ONE, {"outcome": "partial"}, "invalid-request"),
    ],
)
async def test_who_may_decide_and_what(cases: Any, told: Any, actor: Any, changes: dict[str, Any], slug: str) -> None:
    await cases.worker()
    with pytest.raises(Problem) as refused:
        await decide(cases, actor, **changes)
    assert refused.value.slug == slug
    assert await told("recognition.decided") == []


async def test_who_reads_decisions(cases: Any) -> None:
    await cases.worker()
    session, worker_id = cases.session, UUID(cases.worker_id)
    decision_id = await decide(cases)
    await decide(cases, member(country="MY"), destination="MY")
    controller = member("recruitment_agency", "PH", id=UUID(cases.controller))
    readers = [controller, member(client="other"), member(country="MY"), member("employer", "SA"), STEWARD]
    found = [[row["destination"] for row in await list_decisions(session, worker_id, one)] for one in readers]
    assert [sorted(one) for one in found] == [["MY", "SA"], ["SA"], ["MY"], [], []]
    assert (await show_decision(session, decision_id, controller))["reference"] == "CANARY-17"
    for stranger in readers[2:]:
        with pytest.raises(Problem) as refused:
            await show_decision(session, decision_id, stranger)
        assert refused.value.slug == "not-found"


async def test_a_new_controller_reads_in_place_of_the_one_before(cases: Any) -> None:
    await cases.worker()
    await decide(cases)
    after = uuid4()
    await cases.worker(controller_id=str(after))
    worker_id = UUID(cases.worker_id)
    for controller, rows in ((UUID(cases.controller), 0), (after, 1)):
        actor = member("recruitment_agency", "PH", id=controller)
        assert len(await list_decisions(cases.session, worker_id, actor)) == rows


async def test_decisions_are_erased_with_the_worker_and_an_empty_state_remains(
    session: Any, parliament: Any, cases: Any, told: Any, lying_in: Any
) -> None:
    await parliament.enact("nurse", "criterion", NURSE)
    await cases.open()
    await decide(cases)
    assert "recognition_decision" in set(await lying_in(session, "CANARY"))
    await cases.worker(status="erasure_requested", **GONE)
    assert await told("recognition.erased") == [{"worker_id": cases.worker_id, "recognitions": []}]
    assert await lying_in(session, "CANARY") == []
    for table in (RecognitionDecision, WorkerRecognitions):
        assert await session.scalar(select(func.count()).select_from(table)) == 0
    with pytest.raises(Problem) as refused:
        await decide(cases)
    assert refused.value.slug == "not-found"


async def test_a_profession_is_dated_and_its_new_entry_ends_the_one_before(session: Any) -> None:
    await enter(session)
    await enter(session, STEWARD, regulated=False, effective={"from": "2027-01-01"})
    rows = await list_entries(session, "professions", {"country": "SA"}, None, 10, None)
    days = [(row["regulated"], str(row["effective"]["from"]), str(row["effective"]["until"])) for row in rows]
    assert days == [(True, "2024-01-01", "2026-12-31"), (False, "2027-01-01", "None")]
    with pytest.raises(Problem) as refused:
        await enter(session, effective={"from": "2026-06-01"})
    assert refused.value.slug == "versions-overlap"


@pytest.mark.parametrize(
    ("on", "slug"), [("2026-06-01", None), ("2024-01-02", None), ("2024-01-01", "invalid-request")]
)
async def test_an_entry_ends(session: Any, on: str, slug: str | None) -> None:
    entry_id, day = await enter(session), date.fromisoformat(on)
    if slug is None:
        await end_entry(session, Profession, entry_id, day, ONE)
        assert await list_entries(session, "professions", {}, day, 10, None) == []
        with pytest.raises(Problem) as refused:
            await end_entry(session, Profession, entry_id, day.replace(year=2030), ONE)
        assert refused.value.slug == "wrong-state"
    else:
        with pytest.raises(Problem) as refused:
            await end_entry(session, Profession, entry_id, day, ONE)
        assert refused.value.slug == slug


@pytest.mark.parametrize("day", [date.min, date(1799, 12, 31), date(3000, 1, 1), date.max])
async def test_an_entry_without_a_first_day_ends_on_a_day_of_the_calendar(session: Any, day: date) -> None:
    entry_id = await enter(session, effective={})
    with pytest.raises(Problem) as refused:
        await end_entry(session, Profession, entry_id, day, ONE)
    assert [(error["field"], error["rule"]) for error in refused.value.errors or []] == [("on", "range")]
    await end_entry(session, Profession, entry_id, date(1800, 1, 1), ONE)
    await end_entry(session, Profession, await enter(session, code="midwife", effective={}), date(2999, 12, 31), ONE)


@pytest.mark.parametrize(
    ("effective", "fits"),
    [
        ({"from": "2022-01-01", "until": "2023-12-31"}, True),
        ({"until": "2023-12-31"}, True),
        ({"from": "2022-01-01", "until": "2024-01-01"}, False),
        ({"until": "2024-01-01"}, False),
        ({"from": "2022-01-01"}, False),
        ({}, False),
    ],
)
async def test_an_earlier_time_of_a_profession_is_entered_where_nothing_overlaps(
    session: Any, effective: dict[str, str], fits: bool
) -> None:
    await enter(session)
    if fits:
        await enter(session, regulated=False, effective=effective)
    else:
        with pytest.raises(Problem) as refused:
            await enter(session, regulated=False, effective=effective)
        assert refused.value.slug == "versions-overlap"
    rows = await list_entries(session, "professions", {"country": "SA"}, None, 10, None)
    days = [(row["regulated"], str(row["effective"]["until"])) for row in rows]
    assert days == [(True, "None"), *([(False, "2023-12-31")] if fits else [])]


@pytest.mark.parametrize("actor", [member(country="MY"), member("employer", "SA")])
async def test_who_may_not_enter_the_law_of_recognition(session: Any, actor: Any) -> None:
    with pytest.raises(Problem) as refused:
        await enter(session, actor)
    assert refused.value.slug == "forbidden"


async def test_the_basis_of_an_entry_is_an_instrument(session: Any) -> None:
    for instrument in ("SA-PH-2013", str(uuid4())):
        with pytest.raises(Problem) as refused:
            await enter(session, basis=[{"instrument": instrument}])
        assert refused.value.slug == "invalid-request"
