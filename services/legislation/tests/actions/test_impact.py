"""What a draft would do to the open cases is what its activation then does, and weighing it does nothing."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from services.legislation.tests.conftest import MEDICAL, STEWARD, WAGE_FLOOR, Cases
from sqlalchemy import func, select

from imdi_common.mechanics import due, outbox
from imdi_common.problems import Problem
from imdi_legislation.actions.permission import demand_may_weigh
from imdi_legislation.actions.refusals import refused
from imdi_legislation.domain.conditions import Refused
from imdi_legislation.domain.fields import Invalid
from imdi_legislation.queries.impact import measure_impact
from imdi_legislation.storage.law import read_law
from imdi_legislation.storage.tables import Determination, Subject

SIXTY = MEDICAL | {"validity": "P60D"}
NINETY = MEDICAL | {"validity": "P90D"}
HEALED = {
    "code": "medical_examination", "category": "medical", "status": "cleared", "assigned_to": None,
    "performed_on": "2026-12-15", "valid_until": "2027-03-15",
}  # fmt: skip


@pytest.fixture
def weigh(parliament: Any) -> Any:
    async def go(rule_id: Any, on: date | None = None, now: Any = None) -> dict[str, Any]:
        return await measure_impact(parliament.session, rule_id, on, now or parliament.now)

    return go


async def several(session: Any, departures: list[str], **other: Any) -> list[Cases]:
    """Workers whose preparations are open, one for each day of departure."""
    made = []
    for departure_on in departures:
        cases = Cases(session)
        await cases.worker()
        await cases.profile()
        await cases.placement()
        await cases.preparation(departure_on=departure_on, **other)
        made.append(cases)
    return made


async def test_ninety_days_to_sixty_changes_and_then_revises_exactly_those_who_leave_under_it(
    session: Any, parliament: Any, weigh: Any, told: Any
) -> None:
    await parliament.enact(effect=NINETY)
    spared = await several(session, ["2027-01-31", "2027-01-01"])
    touched = await several(session, ["2027-02-01", "2027-03-01", "2027-06-01"])
    await several(session, ["2027-03-01"], status="departed")
    draft = await parliament.propose(effect=SIXTY)
    said = await weigh(draft, date(2027, 2, 1))
    assert (said["open_preparations"], said["changed"], said["answered_again"]) == (5, 3, 3)
    assert {change["preparation_id"] for change in said["changes"]} == {cases.preparation_id for cases in touched}
    [item] = said["changes"][0]["items"]
    assert (item["code"], item["change"]) == ("medical_examination", "changed")
    assert item["attributes"]["validity"] == {"before": "P90D", "after": "P60D"}
    assert set(item["attributes"]) == {"validity", "governed_by"}

    before = len(await told("requirements.determined"))
    await parliament.activate(draft, date(2027, 2, 1))
    await parliament.settle()
    revised = [answer["preparation_id"] for answer in (await told("requirements.determined"))[before:]]
    assert sorted(revised) == sorted(cases.preparation_id for cases in touched)
    assert not {cases.preparation_id for cases in spared} & set(revised)


@pytest.mark.parametrize("kind", ["bar", "criterion", "requirement"])
async def test_whom_activation_answers_again_is_whom_the_impact_names(
    session: Any, parliament: Any, weigh: Any, told: Any, kind: str
) -> None:
    effects = {
        "bar": {"prohibits": "departure", "reason": "War"},
        "criterion": {"criterion": "age", "min": 25},
        "requirement": MEDICAL,
    }
    await several(session, ["2027-03-01", "2028-03-01"])
    await several(session, ["2027-04-01"], opened_on="2026-06-01")
    draft = await parliament.propose(
        "new", kind, effects[kind], when="worker.country == 'PH'", transition="opened_after",
        effective={"from": "2026-10-01", "until": "2027-12-31"},
    )  # fmt: skip
    said = await weigh(draft)
    assert said["changed"] == (1 if kind == "requirement" else 0)
    before = len(await told("requirements.determined"))
    await parliament.activate(draft)
    await parliament.settle()
    revised = [answer["preparation_id"] for answer in (await told("requirements.determined"))[before:]]
    assert revised == [change["preparation_id"] for change in said["changes"]]
    assert len(revised) == said["answered_again"] == 1


async def test_weighing_changes_and_announces_nothing(session: Any, parliament: Any, cases: Any, weigh: Any) -> None:
    async def state() -> list[Any]:
        tables = outbox, due, Determination.__table__
        counted = [await session.scalar(select(func.count()).select_from(table)) for table in tables]
        stale = list(await session.scalars(select(Subject.stale)))
        return [*counted, stale, (await read_law(session)).epoch]

    await cases.open()
    await cases.vacancy()
    draft = await parliament.draft()
    before = await state()
    first = await weigh(draft)
    assert await weigh(draft) == first
    assert await state() == before


async def test_a_result_that_holds_no_more_makes_infeasible_who_leaves_too_soon(
    session: Any, parliament: Any, weigh: Any
) -> None:
    await parliament.enact(effect=NINETY | {"lead_days": 13})
    [early, late] = await several(session, ["2027-02-25", "2027-02-13"], items=[HEALED])
    draft = await parliament.draft(effect=SIXTY | {"lead_days": 13})
    said = await weigh(draft, now=parliament.now.replace(year=2027, month=2, day=13))
    assert (said["changed"], said["newly_infeasible"]) == (2, 1)
    first, second = said["changes"]
    assert first["preparation_id"] == early.preparation_id
    assert (first["feasible"], first["added_days"]) == ({"before": True, "after": False}, 13)
    assert second["preparation_id"] == late.preparation_id
    assert said["added_days"] == {"p50": 0, "max": 13}


async def test_a_longer_lead_adds_days(session: Any, parliament: Any, weigh: Any) -> None:
    await parliament.enact(effect=MEDICAL | {"lead_days": 3})
    await several(session, ["2027-03-01", "2026-11-30"])
    said = await weigh(await parliament.draft(effect=MEDICAL | {"lead_days": 9}))
    assert said["added_days"] == {"p50": 6, "max": 6}
    assert said["newly_infeasible"] == 1
    assert [change["feasible"]["after"] for change in said["changes"]] == [False, True]


@pytest.mark.parametrize(("begins", "wage", "breached"), [
    ("2026-01-01", "1499.99", True), ("2027-01-01", "1499.99", True), ("2026-01-01", "1500.00", False),
])  # fmt: skip
async def test_a_vacancy_is_newly_breached_from_the_first_day_also_of_a_rule_to_come(
    parliament: Any, cases: Any, weigh: Any, begins: str, wage: str, breached: bool
) -> None:
    await cases.vacancy(status="posted", wage={"amount": wage, "currency": "SAR", "period": "month"})
    draft = await parliament.draft("wage", "contract_term", WAGE_FLOOR, effective={"from": begins})
    found = (await weigh(draft))["vacancies"]
    assert (found["posted"], found["breached"]) == (1, int(breached))
    told = [(one["vacancy_id"], one["breaches"][0]["term"]) for one in found["newly_breached"]]
    assert told == [(cases.vacancy_id, "monthly_wage")] * breached


async def test_a_vacancy_in_breach_already_is_not_newly_so(parliament: Any, cases: Any, weigh: Any) -> None:
    await parliament.enact("wage", "contract_term", WAGE_FLOOR)
    await cases.vacancy(status="filled", wage={"amount": "1.00", "currency": "SAR", "period": "month"})
    draft = await parliament.draft("hours", "contract_term", {"term": "hours_per_week", "max": 1})
    assert (await weigh(draft))["vacancies"] == {"posted": 0, "breached": 0, "newly_breached": []}


@pytest.mark.parametrize(
    ("kind", "effect", "again"),
    [
        ("fee", {"component": "ticket", "payer": "worker", "cap": {"amount": "0"}}, 0),
        ("protection", {"measure": "Hotline"}, 1),
    ],
)
async def test_what_asks_nothing_of_a_worker_changes_no_item(
    parliament: Any, cases: Any, weigh: Any, kind: str, effect: Any, again: int
) -> None:
    await cases.open()
    said = await weigh(await parliament.draft("new", kind, effect))
    assert (said["open_preparations"], said["changed"], said["answered_again"]) == (1, 0, again)
    assert said["added_days"] == {"p50": 0, "max": 0}


@pytest.fixture
def refusals(parliament: Any, weigh: Any) -> Any:
    """How weighing a proposal from a day is refused, and how its activation from then."""

    async def refusal(deed: Any) -> tuple[Any, ...]:
        with pytest.raises(Problem) as caught:
            async with parliament.session.begin_nested():
                await deed
        problem = caught.value
        errors = [(error["rule"], error["detail"]) for error in problem.errors or []]
        return problem.slug, problem.status, errors, problem.extra

    async def both(rule_id: Any, on: date | None) -> list[tuple[Any, ...]]:
        async def weighed() -> None:
            try:
                await weigh(rule_id, on)
            except (Invalid, Refused) as error:
                raise refused(error) from error

        return [await refusal(weighed()), await refusal(parliament.activate(rule_id, on))]

    return both


async def test_a_bar_for_a_limited_time_is_weighed_from_no_day_from_which_it_cannot_begin(
    parliament: Any, refusals: Any
) -> None:
    half_year = {"from": "2027-01-01", "until": "2027-06-30"}
    order = {"prohibits": "departure", "reason": "War", "longest": "P6M"}
    rule_id = await parliament.propose("sa-order", "bar", order, effective=half_year)
    for on in (date(2026, 12, 31), date(2027, 7, 1), date.min, date.max):
        weighed, activated = await refusals(rule_id, on)
        assert weighed == activated
        assert weighed[:2] == ("invalid-request", 422)


@pytest.mark.parametrize("transition", ["all_open", "opened_after"])
async def test_a_version_that_has_ended_is_weighed_against_as_in_activation(
    parliament: Any, refusals: Any, transition: str
) -> None:
    """Its last day is over; the cases that its heir spares stay with it."""
    await parliament.enact("a", effect=MEDICAL | {"code": "a", "after": ["b"]})
    await parliament.enact("a", effect=MEDICAL | {"code": "a"}, begins=date(2026, 6, 1), transition=transition)
    rule_id = await parliament.propose("b", effect=MEDICAL | {"code": "b", "after": ["a"]})
    weighed, activated = await refusals(rule_id, None)
    assert weighed == activated
    assert weighed[0] == "conflicting-rules"


async def test_what_could_not_be_activated_is_refused_alike(parliament: Any, weigh: Any, of_member: Any) -> None:
    rule_id = await parliament.enact("a", effect=MEDICAL | {"code": "a", "after": ["b"]})
    beside = await parliament.draft("b", effect=MEDICAL | {"code": "b", "after": ["a"]})
    next_one = await parliament.draft("a", effect=MEDICAL | {"code": "a"})
    expected = [
        (rule_id, None, "wrong-state"),
        (beside, None, "conflicting-rules"),
        (next_one, date(2025, 1, 1), "versions-overlap"),
    ]
    for draft, on, slug in expected:
        with pytest.raises(Problem) as caught:
            await weigh(draft, on)
        assert caught.value.slug == slug
    ended = await parliament.draft("c", effective={"from": "2026-01-01", "until": "2026-12-31"})
    with pytest.raises(Invalid) as wrong:
        await weigh(ended, date(2027, 1, 1))
    assert [error.field for error in wrong.value.errors] == ["on"]
    for stranger in (STEWARD, of_member(country="NP"), of_member("employer")):
        with pytest.raises(Problem) as caught:
            await demand_may_weigh(parliament.session, stranger, next_one)
        assert caught.value.status == 403


async def test_more_pages_than_one_are_all_counted_and_the_worst_are_listed(
    session: Any, parliament: Any, weigh: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("imdi_legislation.queries.impact.PAGE", 2)
    monkeypatch.setattr("imdi_legislation.domain.impact.LISTED", 3)
    days = [str(date(2027, 3, 1) + timedelta(days=n)) for n in range(4)]
    [*_, soon] = await several(session, [*days, "2026-11-24"])
    said = await weigh(await parliament.draft())
    assert (said["open_preparations"], said["changed"], len(said["changes"])) == (5, 5, 3)
    assert said["changes"][0]["preparation_id"] == soon.preparation_id
