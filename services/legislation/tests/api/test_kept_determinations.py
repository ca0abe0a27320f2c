"""Who reads which determination, and what of it; that it is as it was announced; that it comes out again."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest
from services.legislation.tests.api.conftest import (
    DETERMINATION_ID,
    INSTRUMENT_ID,
    PREPARATION_ID,
    REQUIREMENTS_ID,
    Stage,
)
from services.legislation.tests.conftest import Parliament
from sqlalchemy import select, text, update

from imdi_common.database import Database
from imdi_legislation.storage.copies import Vacancy
from imdi_legislation.storage.tables import Determination, DeterminationFacts, RuleVersion
from imdi_local.testing.databases import TestDatabase

URL = "/v1/determinations"
REQUIREMENTS, ASSESSMENT = f"{URL}/{REQUIREMENTS_ID}", f"{URL}/{DETERMINATION_ID}"


async def read(stage: Stage, path: str, member: UUID | None = None, role: str = "owner") -> Any:
    return await stage.send("GET", stage.real(path), role, owner=member or stage.owner)


class TestPreparations:
    async def test_facts_are_for_the_controller_and_the_rest_for_both_parties(self, stage: Stage) -> None:
        await stage.determined()
        assert stage.cases
        for member, withheld in ((stage.owner, True), (UUID(stage.cases.controller), False)):
            told = (await read(stage, REQUIREMENTS, member)).json()
            assert (told["facts"] is None, told["withheld"], told["erased"]) == (withheld, withheld, False)
            assert (told["kind"], told["revision"], told["judged_on"]) == ("preparation", 1, "2027-03-01")
            assert [item["code"] for item in told["outcome"]["items"]] == ["medical_examination"]
            assert [rule["code"] for rule in told["rules"]] == ["sa-medical"]
            assert told["offer"] is None
        assert told["facts"]["worker.age"] == 30

    async def test_it_is_the_requirements_id_of_the_preparation(self, stage: Stage) -> None:
        await stage.determined()
        requirements = (await read(stage, f"/v1/requirements/{REQUIREMENTS_ID}")).json()
        told = (await read(stage, REQUIREMENTS)).json()
        assert (told["id"], told["subject"]) == (requirements["id"], requirements["preparation_id"])
        assert told["input_hash"] == requirements["answers"]["input_hash"]
        assert told["outcome"]["items"] == requirements["items"]

    @pytest.mark.parametrize("role", ["employer", "government", "steward"])
    @pytest.mark.parametrize("path", [REQUIREMENTS, f"{REQUIREMENTS}/reproduction"])
    async def test_to_everybody_else_it_is_not_there(self, stage: Stage, role: str, path: str) -> None:
        await stage.determined()
        assert (await read(stage, path, role=role)).status_code == 404
        assert (await read(stage, path, role="anybody")).status_code == 401
        listed = await read(stage, f"{URL}?subject={PREPARATION_ID}", role=role)
        assert (listed.status_code, listed.json()) == (200, {"items": [], "next": None})

    async def test_who_performs_an_item_reads_no_determination(self, stage: Stage) -> None:
        await stage.determined()
        assert stage.cases
        clinic = uuid4()
        item = {"code": "medical_examination", "category": "medical", "status": "required", "assigned_to": str(clinic)}
        async with stage.database.transaction() as session:
            await stage.cases.on(session).preparation(items=[item])
        assert (await read(stage, f"/v1/requirements/{REQUIREMENTS_ID}", clinic)).status_code == 200
        assert (await read(stage, REQUIREMENTS, clinic)).status_code == 404

    async def test_a_worker_taken_over_takes_the_facts_along(self, stage: Stage) -> None:
        await stage.determined()
        assert stage.cases
        before, after = UUID(stage.cases.controller), uuid4()
        async with stage.database.transaction() as session:
            await stage.cases.on(session).worker(controller_id=str(after))
        told = (await read(stage, REQUIREMENTS, before)).json()
        assert (told["facts"], told["withheld"]) == (None, True)
        assert (await read(stage, REQUIREMENTS, after)).status_code == 404
        async with stage.database.transaction() as session:
            await stage.cases.on(session).preparation(controller_id=str(after))
        assert (await read(stage, REQUIREMENTS, after)).json()["facts"]["worker.age"] == 30
        assert (await read(stage, REQUIREMENTS, before)).status_code == 404

    async def test_after_the_erasure_hash_and_outcome_remain_for_whoever_read_them(self, stage: Stage) -> None:
        await stage.determined()
        assert stage.cases
        known = (await read(stage, REQUIREMENTS)).json()
        gone: dict[str, Any] = {"birth_date": None, "sex": None, "nationality": None, "country": None, "consents": []}
        async with stage.database.transaction() as session:
            await stage.cases.on(session).worker(status="erasure_requested", **gone)
        for member in (stage.owner, UUID(stage.cases.controller)):
            told = (await read(stage, REQUIREMENTS, member)).json()
            assert told == known | {"facts": None, "withheld": False, "erased": True}
            again = await read(stage, f"{REQUIREMENTS}/reproduction", member)
            assert (again.status_code, again.json()["type"]) == (410, "urn:imdi:problem:erased")
            listed = (await read(stage, f"{URL}?subject={PREPARATION_ID}", member)).json()
            assert [one["erased"] for one in listed["items"]] == [True]
        assert (await read(stage, REQUIREMENTS, uuid4())).status_code == 404

    async def test_all_answers_on_one_are_listed_the_newest_first_without_facts(self, stage: Stage) -> None:
        await stage.determined()
        assert stage.cases
        for revision in (2, 3):
            async with stage.database.transaction() as session:
                await stage.cases.on(session).preparation(revision=revision)
        seen: list[Any] = []
        cursor = ""
        while True:
            page = (await read(stage, f"{URL}?subject={PREPARATION_ID}&limit=2{cursor}")).json()
            seen += page["items"]
            if page["next"] is None:
                break
            cursor = f"&cursor={page['next']}"
        assert [one["revision"] for one in seen] == [3, 2, 1]
        assert stage.real(REQUIREMENTS).endswith(seen[-1]["id"])
        assert not any("facts" in one or "offer" in one for one in seen)
        for wrong in ("", "?subject=x", f"?subject={PREPARATION_ID}&cursor=x"):
            assert (await read(stage, f"{URL}{wrong}")).status_code == 422


class TestVacancies:
    @pytest.mark.parametrize(
        ("role", "status"), [("owner", 200), ("steward", 200), ("employer", 404), ("government", 404)]
    )
    async def test_an_assessment_is_for_the_owner_and_the_steward(self, stage: Stage, role: str, status: int) -> None:
        await stage.assessed()
        for path in (ASSESSMENT, f"{ASSESSMENT}/reproduction"):
            assert (await read(stage, path, role=role)).status_code == status
        assert stage.cases
        listed = (await read(stage, f"{URL}?subject={stage.cases.vacancy_id}", role=role)).json()
        assert len(listed["items"]) == (1 if status == 200 else 0)

    async def test_it_is_told_with_all_that_was_judged(self, stage: Stage) -> None:
        await stage.assessed()
        told = (await read(stage, ASSESSMENT)).json()
        assert (told["kind"], told["outcome"]["lawful"], told["withheld"], told["erased"]) == (
            "vacancy",
            False,
            False,
            False,
        )
        assert told["facts"]["vacancy.monthly_wage"] == 160_000
        assert told["offer"]["origins"] == ["PH"]
        assert told["offer"]["worker_pays"][0]["component"] == "service_fee"

    async def test_one_whose_owner_is_not_known_is_the_stewards_alone(self, stage: Stage) -> None:
        await stage.assessed()
        async with stage.database.transaction() as session:
            await session.execute(update(Vacancy).values(owner_id=None))
        assert (await read(stage, ASSESSMENT)).status_code == 404
        assert (await read(stage, ASSESSMENT, role="steward")).status_code == 200


class TestReproduction:
    async def test_years_of_other_law_later_it_comes_out_the_same(self, stage: Stage) -> None:
        await stage.determined()
        async with stage.database.transaction() as session:
            parliament = Parliament(session)
            parliament.instrument = UUID(stage.ids[INSTRUMENT_ID])
            await parliament.enact(begins=parliament.now.date(), when="worker.age < 20")
            await parliament.enact("new", "bar", {"prohibits": "departure", "reason": "War"})
            await parliament.settle()
        again = (await read(stage, f"{REQUIREMENTS}/reproduction")).json()
        assert (again["reproduced"], again["differs"]) == (True, [])
        listed = (await read(stage, f"{URL}?subject={PREPARATION_ID}")).json()["items"]
        assert len(listed) == 2
        for one in listed:
            told = (await read(stage, f"{URL}/{one['id']}/reproduction")).json()
            assert (told["reproduced"], told["input_hash"]) == (True, one["input_hash"])

    async def test_a_vacancy_for_several_origins_comes_out_the_same(self, stage: Stage) -> None:
        await stage.assessed()
        assert stage.cases
        async with stage.database.transaction() as session:
            parliament = Parliament(session)
            parliament.instrument = UUID(stage.ids[INSTRUMENT_ID])
            scope = {"origins": ["PH"], "destinations": ["SA"], "occupations": ["53"]}
            closed = {"prohibits": "recruitment", "reason": "Closed"}
            await parliament.enact("ph-closed", "bar", closed, scope=scope)
            await parliament.enact("asean", "bar", closed, scope=scope | {"origins": ["ASEAN", "NP"]})
            wage = {"amount": "1499.90", "currency": "SAR", "period": "month"}
            await stage.cases.on(session).vacancy(revision=2, origins=["NP", "PH", "BD"], wage=wage)
        newest, first = (await read(stage, f"{URL}?subject={stage.cases.vacancy_id}")).json()["items"]
        assert {tuple(breach["origins"]) for breach in newest["outcome"]["breaches"]} == {
            ("PH",), ("NP", "PH"), ("BD", "NP", "PH"),
        }  # fmt: skip
        for one in (newest, first):
            told = (await read(stage, f"{URL}/{one['id']}/reproduction")).json()
            assert (told["reproduced"], told["differs"]) == (True, [])

    @pytest.mark.parametrize(
        ("given", "path", "code", "more", "place", "forged"),
        [
            ("determined", REQUIREMENTS, "sa-medical", {"validity": "P10D"}, "items.0.validity", {"items": []}),
            (
                "assessed",
                ASSESSMENT,
                "sa-fee",
                {"cap": {"amount": "5", "currency": "SAR"}},
                "breaches.0.required.max.amount",
                {"lawful": True},
            ),
        ],
    )
    async def test_what_was_tampered_with_is_told(
        self,
        stage: Stage,
        test_database: TestDatabase,
        given: str,
        path: str,
        code: str,
        more: dict[str, Any],
        place: str,
        forged: dict[str, Any],
    ) -> None:
        """In the database: a fact, then a rule, then (as only its owner can) the outcome."""
        await getattr(stage, given)()

        async def differs() -> list[str]:
            told = (await read(stage, f"{path}/reproduction")).json()
            assert told["reproduced"] is (told["differs"] == [])
            assert all(one["kept"] != one["found"] for one in told["differs"])
            return [one["path"] for one in told["differs"]]

        assert await differs() == []
        changed = DeterminationFacts.facts.op("||")({"vacancy.employer_kind": "company"})
        async with stage.database.transaction() as session:
            await session.execute(update(DeterminationFacts).values(facts=changed))
        assert await differs() == ["input_hash"]
        async with stage.database.transaction() as session:
            [version] = await session.scalars(select(RuleVersion).where(RuleVersion.code == code))
            version.effect = version.effect | more
        assert await differs() == [place, "input_hash"]
        owner = Database(test_database.owner_url)
        async with owner.transaction() as session:
            await session.execute(text("alter table determination disable trigger only_added"))
            await session.execute(update(Determination).values(outcome=Determination.outcome.op("||")(forged)))
            await session.execute(text("alter table determination enable trigger only_added"))
        await owner.close()
        assert next(iter(forged)) in await differs()

    async def test_what_cannot_be_judged_anew_says_why(self, stage: Stage) -> None:
        await stage.assessed_before()
        old = await read(stage, f"{ASSESSMENT}/reproduction")
        assert (old.status_code, old.json()["type"], old.json()["why"]) == (
            409, "urn:imdi:problem:not-reproducible", "offer_not_kept",
        )  # fmt: skip
        assert (await read(stage, ASSESSMENT)).json()["offer"] is None
        async with stage.database.transaction() as session:
            await session.execute(update(RuleVersion).values(condition="worker.height > 3"))
        unread = await read(stage, f"{ASSESSMENT}/reproduction")
        assert (unread.status_code, unread.json()["why"]) == (409, "rule_not_read")
