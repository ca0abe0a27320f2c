from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from services.matching.tests.conftest import NOW, TERMS, Happened, Market, always, member, standing
from sqlalchemy.ext.asyncio import AsyncSession

from imdi_common.problems import Problem
from imdi_matching.actions.amend_vacancy import amend_vacancy
from imdi_matching.actions.close_vacancy import close_vacancy, expire_vacancy
from imdi_matching.actions.pause_vacancy import hold_vacancies, pause_vacancy, release_vacancies, resume_vacancy
from imdi_matching.actions.submit_vacancy import submit_vacancy
from imdi_matching.storage.copies import Member


async def test_a_vacancy_is_submitted_then_posted(market: Market, happened: Happened) -> None:
    vacancy = await market.submitted()
    assert (vacancy.status, vacancy.revision, vacancy.submitted_on) == ("submitted", 1, NOW.date())
    assert await happened() == [("vacancies", "vacancy.submitted", "submitted")]
    await market.assess(vacancy, 1)
    assert standing(vacancy) == "posted"
    assert await happened() == [
        ("vacancies", "vacancy.posted", "posted"),
        ("published-vacancies", "vacancy.posted", "posted"),
    ]


async def test_an_unlawful_vacancy_is_returned_with_its_breaches_and_never_public(
    market: Market, happened: Happened
) -> None:
    vacancy = await market.submitted()
    await market.assess(vacancy, 1, lawful=False)
    assert standing(vacancy) == "returned"
    assert vacancy.breaches[0]["term"] == "monthly_wage"
    assert [topic for topic, *_ in await happened()] == ["vacancies", "vacancies"]


async def test_no_event_names_a_household_or_its_place(market: Market, session: AsyncSession, announced: Any) -> None:
    await market.posted()
    await market.posted(employer={"name": "Care Ltd", "kind": "company"})
    bodies = [data for *_, data in await announced(session)]
    named = {(body["employer"]["kind"], body["employer"]["name"], body["destination"]["place"]) for body in bodies}
    assert named == {("household", None, None), ("company", "Care Ltd", "Riyadh")}


@pytest.mark.parametrize(
    ("actor", "allowed"),
    [
        (member("employer", licensed_until=None), True),
        (member("recruitment_agency"), True),
        (member("recruitment_agency", licensed_until=date(2026, 11, 22)), False),
        (member("government"), False),
    ],
)
async def test_who_may_submit(session: AsyncSession, actor: Any, allowed: bool) -> None:
    if allowed:
        await submit_vacancy(session, TERMS, actor, NOW)
        return
    with pytest.raises(Problem, match="forbidden"):
        await submit_vacancy(session, TERMS, actor, NOW)


@pytest.mark.parametrize("field", ["start_on", "closes_on"])
async def test_dates_must_not_lie_in_the_past(market: Market, field: str) -> None:
    with pytest.raises(Problem) as told:
        await market.submitted(**{field: "2026-11-22"})
    assert told.value.errors
    assert told.value.errors[0]["field"] == field


async def amend(market: Market, vacancy_id: Any, **changes: Any) -> None:
    await amend_vacancy(market.session, vacancy_id, TERMS | changes, market.owner, NOW, always)


async def test_a_judged_change_of_a_posted_vacancy_takes_it_from_the_list(market: Market, happened: Happened) -> None:
    vacancy = await market.posted()
    await happened()
    await amend(market, vacancy.id, wage={"amount": "1700.00", "currency": "SAR"})
    assert (vacancy.status, vacancy.revision, vacancy.listed) == ("submitted", 2, False)
    assert await happened() == [
        ("vacancies", "vacancy.submitted", "submitted"),
        ("vacancies", "vacancy.withdrawn", "submitted"),
        ("published-vacancies", "vacancy.withdrawn", "withdrawn"),
    ]


async def test_another_change_amends_and_keeps_the_revision(market: Market, happened: Happened) -> None:
    vacancy = await market.posted()
    await happened()
    await amend(market, vacancy.id, title="Caregiver")
    assert (vacancy.status, vacancy.revision, vacancy.title) == ("posted", 1, "Caregiver")
    assert await happened() == [
        ("vacancies", "vacancy.amended", "posted"),
        ("published-vacancies", "vacancy.amended", "posted"),
    ]


async def test_putting_the_same_changes_nothing(market: Market, happened: Happened) -> None:
    vacancy = await market.posted()
    version = vacancy.version
    await happened()
    await amend(market, vacancy.id)
    assert vacancy.version == version
    assert await happened() == []


async def test_a_change_before_the_answer_is_not_public(market: Market, happened: Happened) -> None:
    vacancy = await market.submitted()
    await happened()
    await amend(market, vacancy.id, title="Caregiver")
    assert await happened() == [("vacancies", "vacancy.amended", "submitted")]


async def test_any_change_of_a_returned_vacancy_submits_it_again(market: Market) -> None:
    vacancy = await market.submitted()
    await market.assess(vacancy, 1, lawful=False)
    await amend(market, vacancy.id, title="Caregiver")
    assert (vacancy.status, vacancy.revision, vacancy.breaches) == ("submitted", 2, [])


async def test_an_older_revisions_answer_never_posts_a_newer_one(market: Market) -> None:
    vacancy = await market.submitted()
    await amend(market, vacancy.id, wage={"amount": "900.00", "currency": "SAR"})
    await market.assess(vacancy, 5, revision=1)
    assert standing(vacancy) == "submitted"
    await market.assess(vacancy, 6, lawful=False)
    assert standing(vacancy) == "returned"


async def test_of_two_answers_to_one_revision_the_newest_wins(market: Market) -> None:
    vacancy = await market.submitted()
    await market.assess(vacancy, 7, lawful=False)
    await market.assess(vacancy, 6)
    assert standing(vacancy) == "returned"
    await market.assess(vacancy, 8)
    assert (vacancy.status, vacancy.breaches) == ("posted", [])


async def test_law_that_changes_returns_a_posted_vacancy_and_ends_what_is_not_agreed(
    market: Market, happened: Happened
) -> None:
    vacancy = await market.posted()
    placement = await market.offered(vacancy, await market.worker())
    await happened()
    await market.assess(vacancy, 2, lawful=False)
    assert (await market.placement(placement)).reason == "vacancy_returned"
    assert await happened() == [
        ("vacancies", "vacancy.returned", "returned"),
        ("published-vacancies", "vacancy.returned", "returned"),
        ("placements", "placement.withdrawn", "withdrawn"),
    ]


async def test_the_public_does_not_learn_what_breached(session: AsyncSession, market: Market, announced: Any) -> None:
    vacancy = await market.posted()
    await market.assess(vacancy, 2, lawful=False)
    service, public = (data for *_, data in (await announced(session))[-2:])
    assert service["breaches"]
    assert public["breaches"] == []


async def test_an_owner_pauses_and_resumes(market: Market, happened: Happened) -> None:
    vacancy = await market.posted()
    await happened()
    await pause_vacancy(market.session, vacancy.id, market.owner, NOW)
    await resume_vacancy(market.session, vacancy.id, market.owner, NOW)
    assert [(kind, topic) for topic, kind, _ in await happened()] == [
        ("vacancy.paused", "vacancies"),
        ("vacancy.paused", "published-vacancies"),
        ("vacancy.posted", "vacancies"),
        ("vacancy.posted", "published-vacancies"),
    ]


@pytest.mark.parametrize("deed", [pause_vacancy, resume_vacancy])
async def test_wrong_states_are_refused(market: Market, deed: Any) -> None:
    vacancy = await market.submitted()
    with pytest.raises(Problem, match="wrong-state"):
        await deed(market.session, vacancy.id, market.owner, NOW)


async def test_a_stranger_is_told_there_is_no_vacancy(market: Market) -> None:
    vacancy = await market.posted()
    with pytest.raises(Problem, match="not-found"):
        await pause_vacancy(market.session, vacancy.id, market.stranger, NOW)


async def test_suspension_pauses_and_reinstatement_resumes_only_what_it_paused(market: Market) -> None:
    running, resting, waiting = await market.posted(), await market.posted(), await market.submitted()
    await pause_vacancy(market.session, resting.id, market.owner, NOW)
    owner_id = market.owner.member.id
    await hold_vacancies(market.session, owner_id)
    await market.assess(waiting, 1)
    assert (running.status, resting.status, waiting.status) == ("paused", "paused", "paused")
    await release_vacancies(market.session, owner_id)
    assert (running.status, resting.status, waiting.status) == ("posted", "paused", "posted")


async def test_a_vacancy_submitted_during_a_suspension_is_not_posted(market: Market, session: AsyncSession) -> None:
    vacancy = await market.submitted()
    copy = {"kind": "employer", "country": "SA", "licensed_until": None, "sequence": 2}
    session.add(Member(id=vacancy.owner_id, status="suspended", **copy))
    await market.assess(vacancy, 1)
    assert (vacancy.status, vacancy.held_by) == ("paused", "suspension")


async def test_closing_ends_what_is_not_agreed_and_keeps_the_words_here(
    session: AsyncSession, market: Market, announced: Any
) -> None:
    vacancy = await market.posted()
    placement = await market.offered(vacancy, await market.worker())
    await close_vacancy(session, vacancy.id, "Aunt Amal will help", market.owner, NOW)
    assert (vacancy.status, vacancy.reason) == ("closed", "Aunt Amal will help")
    assert (await market.placement(placement)).reason == "vacancy_closed"
    assert "Amal" not in str(await announced(session))
    with pytest.raises(Problem, match="wrong-state"):
        await amend(market, vacancy.id, title="Caregiver")


async def test_a_vacancy_expires_when_its_last_day_is_over_at_its_destination(market: Market) -> None:
    vacancy = await market.posted()
    last_minute = NOW.replace(year=2027, month=1, day=31, hour=20, minute=59)
    await expire_vacancy(market.session, str(vacancy.id), last_minute)
    assert standing(vacancy) == "posted"
    await expire_vacancy(market.session, str(vacancy.id), last_minute + timedelta(minutes=1))
    assert standing(vacancy) == "expired"


async def test_positions_below_those_agreed_are_refused(market: Market) -> None:
    vacancy = await market.posted()
    vacancy.agreed = 2
    vacancy.status = "filled"
    with pytest.raises(Problem) as told:
        await amend(market, vacancy.id, positions=1)
    assert told.value.status == 422


async def test_more_positions_open_a_filled_vacancy_and_fewer_fill_a_posted_one(market: Market) -> None:
    vacancy = await market.posted()
    vacancy.agreed = 2
    vacancy.status = "filled"
    await amend(market, vacancy.id, positions=3)
    assert standing(vacancy) == "posted"
    await amend(market, vacancy.id, positions=2)
    assert standing(vacancy) == "filled"


async def test_a_filled_vacancy_whose_last_day_is_over_does_not_open_for_more(
    market: Market, happened: Happened
) -> None:
    vacancy = await market.posted()
    vacancy.agreed, vacancy.status = 2, "filled"
    after, more = NOW + timedelta(days=100), TERMS | {"positions": 3}
    await happened()
    with pytest.raises(Problem) as told:
        await amend_vacancy(market.session, vacancy.id, more, market.owner, after, always)
    assert (told.value.status, (told.value.errors or [{}])[0]["field"]) == (422, "closes_on")
    assert await happened() == []
