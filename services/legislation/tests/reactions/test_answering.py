from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select

from imdi_common.mechanics import due
from imdi_common.reactions import NotYet
from imdi_contracts.legislation import RequirementsDetermined, VacancyAssessed
from imdi_legislation.actions.answer_again import reassess
from imdi_legislation.actions.retire_rule import retire_rule
from imdi_legislation.storage.copies import Placement, Preparation, Profile, Worker
from imdi_legislation.storage.tables import Determination, DeterminationFacts, RuleVersion, Subject

FLOOR: dict[str, Any] = {"term": "monthly_wage", "min": {"amount": "1700.00", "currency": "SAR"}}
FOOD: dict[str, Any] = {"term": "food", "equals": True}


class TestVacancies:
    async def test_each_revision_is_answered_once(self, parliament: Any, cases: Any, told: Any) -> None:
        await parliament.enact("wage", "contract_term", FLOOR)
        await cases.vacancy()
        await cases.vacancy(status="returned")
        await cases.vacancy()
        [answer] = await told("vacancy.assessed")
        told_event = VacancyAssessed.model_validate(answer)
        assert (told_event.lawful, told_event.answers.revision, told_event.law_epoch) == (False, 1, 1)
        [breach] = answer["breaches"]
        assert (breach["term"], breach["found"], breach["origins"]) == ("monthly_wage", "1600.00", ["PH"])
        assert breach["rule"]["code"] == "wage"
        assert breach["basis"][0]["provision"] == "art. 3"

    async def test_a_new_revision_is_answered_also_with_an_equal_outcome(self, cases: Any, told: Any) -> None:
        await cases.vacancy()
        await cases.vacancy(revision=2)
        answers = await told("vacancy.assessed")
        assert [(answer["answers"]["revision"], answer["lawful"]) for answer in answers] == [(1, True), (2, True)]

    async def test_a_closed_vacancy_is_not_judged(self, cases: Any, told: Any) -> None:
        for status in ("returned", "closed", "expired"):
            await cases.vacancy(status=status)
        assert await told("vacancy.assessed") == []

    @pytest.mark.parametrize("status", ["submitted", "posted", "paused", "filled"])
    async def test_new_law_reaches_open_vacancies(self, parliament: Any, cases: Any, told: Any, status: str) -> None:
        await cases.vacancy(status=status)
        await parliament.enact("wage", "contract_term", FLOOR)
        await parliament.settle()
        assert [answer["lawful"] for answer in await told("vacancy.assessed")] == [True, False]
        await parliament.settle()
        await parliament.enact("ticket", "contract_term", {"term": "months", "min": 12})
        await parliament.settle()
        assert len(await told("vacancy.assessed")) == 2

    async def test_law_elsewhere_leaves_it_alone(self, session: Any, parliament: Any, cases: Any, told: Any) -> None:
        await cases.vacancy()
        scope = {"origins": ["NP"], "destinations": ["SA"], "occupations": ["*"]}
        await parliament.enact("wage", "contract_term", FLOOR, scope=scope)
        assert not await session.scalar(select(Subject.stale))
        await parliament.settle()
        assert len(await told("vacancy.assessed")) == 1

    async def test_a_rule_of_tomorrow_binds_from_its_day(
        self, session: Any, parliament: Any, cases: Any, told: Any, day: Any
    ) -> None:
        await cases.vacancy()
        rule_id = await parliament.enact("wage", "contract_term", FLOOR, begins=date(2026, 12, 1))
        await parliament.settle()
        assert len(await told("vacancy.assessed")) == 1
        rows = list(await session.execute(select(due.c.subject, due.c.at).where(due.c.kind == "reassess")))
        assert [(subject, at.isoformat()) for subject, at in rows] == [
            (f"{rule_id}:begins", "2026-12-01T00:00:00+00:00")
        ]
        await reassess(session, f"{rule_id}:begins", day(8))
        await parliament.settle(day(8))
        assert [answer["lawful"] for answer in await told("vacancy.assessed")] == [True, False]

    async def test_a_rule_that_ends_frees_it(self, parliament: Any, cases: Any, told: Any, of_member: Any) -> None:
        rule_id = await parliament.enact("wage", "contract_term", FLOOR)
        await cases.vacancy()
        await cases.vacancy(status="posted")
        await retire_rule(parliament.session, rule_id, date(2026, 11, 23), of_member(), parliament.now)
        await parliament.settle()
        assert [answer["lawful"] for answer in await told("vacancy.assessed")] == [False, True]

    async def test_a_rule_for_later_cases_spares_one_submitted_before(
        self, parliament: Any, cases: Any, told: Any, day: Any
    ) -> None:
        await parliament.enact("wage", "contract_term", FLOOR, begins=date(2026, 11, 25), transition="opened_after")
        await cases.vacancy(day(5), submitted_on="2026-11-24")
        await cases.vacancy(day(5), submitted_on="2026-11-25", revision=2)
        assert [answer["lawful"] for answer in await told("vacancy.assessed")] == [True, False]

    async def test_a_barred_corridor_is_a_breach_for_its_origin(self, parliament: Any, cases: Any, told: Any) -> None:
        bar = {"prohibits": "recruitment", "reason": "Closed"}
        scope = {"origins": ["PH"], "destinations": ["SA"], "occupations": ["53"]}
        await parliament.enact("closed", "bar", bar, scope=scope)
        await parliament.enact("young", "bar", bar, when="worker.age < 25")
        await cases.vacancy(origins=["PH", "NP"])
        [answer] = await told("vacancy.assessed")
        [breach] = answer["breaches"]
        assert (breach["term"], breach["origins"], breach["reason"]) == ("recruitment", ["PH"], "Closed")


class TestPreparations:
    async def test_it_is_answered_once_every_copy_is_there(self, parliament: Any, cases: Any, told: Any) -> None:
        await parliament.enact()
        for step in (cases.worker, cases.profile, cases.placement):
            with pytest.raises(NotYet):
                await cases.preparation()
            await step()
        assert len(await told("requirements.determined")) == 1  # the placement, last to come, found it waiting
        await cases.preparation()
        [answer] = await told("requirements.determined")
        told_event = RequirementsDetermined.model_validate(answer)
        assert (told_event.answers.revision, told_event.judged_on) == (1, date(2027, 3, 1))
        [item] = answer["items"]
        assert (item["code"], item["status"], item["validity"]) == ("medical_examination", "required", "P60D")
        assert item["governed_by"]["validity"]["code"] == "sa-medical"

    async def test_a_placement_without_terms_is_not_there_yet(self, cases: Any) -> None:
        await cases.worker()
        await cases.profile()
        await cases.placement(terms=None, status="selected")
        with pytest.raises(NotYet):
            await cases.preparation()

    async def test_age_is_that_of_the_day_of_departure(self, parliament: Any, cases: Any, told: Any) -> None:
        await parliament.enact("age", "criterion", {"criterion": "age", "min": 31})
        await cases.open()
        await cases.preparation(revision=2, departure_on="2027-04-02")
        answers = await told("requirements.determined")
        assert [answer["criteria"][0]["status"] for answer in answers] == ["not_met", "met"]
        assert answers[0]["criteria"][0]["effect"] == {"criterion": "age", "min": 31}

    async def test_an_answer_settles_what_was_unknown(self, parliament: Any, cases: Any, told: Any) -> None:
        await parliament.enact(when="worker.facts.ecr_passport")
        await cases.open()
        await cases.preparation(revision=2, facts={"worker.facts.ecr_passport": "yes"})
        await cases.preparation(revision=3, facts={"worker.facts.ecr_passport": True})
        items = [answer["items"][0] for answer in await told("requirements.determined")]
        assert [(item["status"], item["needs_fact"]) for item in items] == [
            ("unknown", "worker.facts.ecr_passport"),
            ("unknown", "worker.facts.ecr_passport"),
            ("required", None),
        ]

    async def test_a_changed_copy_is_announced_only_where_it_changes_the_answer(
        self, parliament: Any, cases: Any, told: Any
    ) -> None:
        await parliament.enact("b1", "criterion", {"criterion": "language", "language": "en", "level": "B1"})
        await cases.open()
        await cases.profile(isced=6)
        await cases.worker(sex="unspecified")
        await cases.placement(status="ready")
        assert len(await told("requirements.determined")) == 1
        await cases.profile(languages=[])
        answers = await told("requirements.determined")
        assert [answer["criteria"][0]["status"] for answer in answers] == ["met", "not_met"]
        assert {answer["answers"]["revision"] for answer in answers} == {1}
        assert len({answer["requirements_id"] for answer in answers}) == 2

    async def test_a_withdrawn_profile_leaves_its_facts_unknown(self, parliament: Any, cases: Any, told: Any) -> None:
        await parliament.enact("b1", "criterion", {"criterion": "experience", "years": 2})
        await cases.open()
        await cases.profile(status="withdrawn", occupations=[], languages=[], isced=None)
        assert [answer["criteria"][0]["status"] for answer in await told("requirements.determined")] == [
            "met",
            "unknown",
        ]

    async def test_new_law_redetermines_at_once_also_when_it_begins_later(
        self, parliament: Any, cases: Any, told: Any
    ) -> None:
        await parliament.enact()
        await cases.open()
        await parliament.enact(begins=date(2027, 2, 1), effect={**_medical(), "validity": "P30D"})
        await parliament.enact("later", begins=date(2027, 3, 2), effect=_medical("later_item"))
        await parliament.enact(
            "sparing", begins=date(2027, 2, 1), transition="opened_after", effect=_medical("sparing")
        )
        await parliament.settle()
        validities = [answer["items"][0]["validity"] for answer in await told("requirements.determined")]
        assert validities == ["P60D", "P30D"]
        await parliament.settle()
        assert len(await told("requirements.determined")) == 2

    async def test_a_departed_preparation_ignores_later_law(self, parliament: Any, cases: Any, told: Any) -> None:
        await cases.open()
        await cases.preparation(status="departed")
        await parliament.enact()
        await parliament.settle()
        assert len(await told("requirements.determined")) == 1

    async def test_only_departure_bars_bind_it(self, parliament: Any, cases: Any, told: Any) -> None:
        await parliament.enact("go", "bar", {"prohibits": "departure", "reason": "War"})
        await parliament.enact("hire", "bar", {"prohibits": "recruitment", "reason": "Closed"})
        await cases.open()
        [answer] = await told("requirements.determined")
        assert [(bar["rule"]["code"], bar["status"]) for bar in answer["bars"]] == [("go", "barred")]

    async def test_no_answer_to_an_older_revision(self, cases: Any, told: Any) -> None:
        await cases.open()
        await cases.preparation(revision=3)
        await cases.preparation(revision=2)
        assert [answer["answers"]["revision"] for answer in await told("requirements.determined")] == [1, 3]

    async def test_the_facts_of_a_person_stay_out_of_the_outcome(self, session: Any, cases: Any) -> None:
        await cases.open()
        kept = (await session.scalars(select(Determination))).one()
        assert "1996" not in str(kept.outcome)
        assert "female" not in str(kept.outcome)
        facts = (await session.scalars(select(DeterminationFacts))).one()
        assert facts.facts["worker.age"] == 30
        assert facts.worker_id == UUID(cases.worker_id)


class TestErasure:
    async def test_nothing_of_the_worker_is_left_but_hash_and_outcome(
        self, session: Any, parliament: Any, cases: Any, told: Any
    ) -> None:
        await parliament.enact()
        await cases.open()
        gone: dict[str, Any] = {"birth_date": None, "sex": None, "nationality": None, "country": None, "consents": []}
        await cases.worker(status="erasure_requested", **gone)
        for held in (Worker, Profile, Placement, Preparation, DeterminationFacts):
            assert await session.scalar(select(func.count()).select_from(held)) == 0
        assert len((await session.scalars(select(Determination))).one().input_hash) == 64
        assert await session.scalar(select(Subject.salt)) is None
        assert await told("erasure.completed") == [{"worker_id": cases.worker_id}]

    async def test_what_comes_after_is_not_kept(self, session: Any, cases: Any, told: Any) -> None:
        gone: dict[str, Any] = {"birth_date": None, "sex": None, "nationality": None, "country": None, "consents": []}
        await cases.worker(status="erasure_requested", **gone)
        await cases.worker(status="erased", **gone)
        await cases.worker()
        await cases.profile()
        await cases.placement()
        await cases.preparation()
        for held in (Worker, Profile, Placement, Preparation):
            assert await session.scalar(select(func.count()).select_from(held)) == 0
        assert len(await told("erasure.completed")) == 1


async def test_a_rule_that_fails_is_unknown_and_alarms(session: Any, parliament: Any, cases: Any, told: Any) -> None:
    rule_id = await parliament.enact(when="vacancy.monthly_wage / (worker.experience_years - 3) > 0")
    await cases.open()
    [answer] = await told("requirements.determined")
    assert (answer["items"][0]["status"], answer["items"][0]["needs_fact"]) == ("unknown", None)
    assert await session.scalar(select(RuleVersion.status).where(RuleVersion.id == rule_id)) == "active"


def _medical(code: str = "medical_examination") -> dict[str, Any]:
    return {"code": code, "category": "medical", "title": "Medical", "performed_by": "medical_provider"}
