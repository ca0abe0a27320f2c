"""On every corridor of the demonstrator, what its law answered is reached anew; also after other law was made."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from services.legislation.tests.api.conftest import Stage
from services.legislation.tests.conftest import Cases, Parliament
from sqlalchemy import select

from imdi_legislation.actions.retire_rule import retire_rule
from imdi_legislation.storage.tables import Determination, RuleVersion

CORRIDORS = [
    ("PH", "SA", "5322", "SAR"),
    ("NP", "MY", "8160", "MYR"),
    ("NP", "QA", "7112", "QAR"),
    ("ID", "MY", "5152", "MYR"),
    ("BD", "SA", "9111", "SAR"),
    ("PH", "DE", "2221", "EUR"),
]


async def open_on(session: Any, origin: str, destination: str, occupation: str, currency: str) -> Cases:
    """A worker from there with a place, and a vacancy for that origin and for all the others."""
    cases = Cases(session)
    cases.wage = cases.wage | {"currency": currency, "amount": "999.99"}
    await cases.worker(country=origin, nationality=origin)
    await cases.profile(occupations=[{"isco": occupation, "years": 1}])
    terms = {
        "vacancy_revision": 1,
        "occupation": occupation,
        "destination": destination,
        "wage": cases.wage,
        "contract": cases.contract,
        "employer_kind": "company",
        "owner_kind": "recruitment_agency",
    }
    await cases.placement(terms=terms)
    await cases.preparation()
    await cases.vacancy(
        origins=["PH", "NP", "ID", "BD"],
        destination={"country": destination},
        occupation=occupation,
        wage=cases.wage,
        worker_pays=[{"component": "service_fee", "amount": {"amount": "55.50", "currency": currency}}],
    )
    return cases


async def reproduced(stage: Stage, opened: list[Cases]) -> dict[str, bool]:
    """Each answer on a preparation or a vacancy by its id, and whether the same came out again."""
    found = {}
    for cases in opened:
        for subject in (cases.preparation_id, cases.vacancy_id):
            listed = await stage.send("GET", f"/v1/determinations?subject={subject}", "owner", owner=UUID(cases.owner))
            for one in listed.json()["items"]:
                path = f"/v1/determinations/{one['id']}/reproduction"
                told = (await stage.send("GET", path, "owner", owner=UUID(cases.owner))).json()
                found[one["id"]] = told["reproduced"] and told["differs"] == []
    return found


async def test_what_the_packs_answer_comes_out_again(packs_as_law: None, stage: Stage) -> None:
    async with stage.database.transaction() as session:
        opened = [await open_on(session, *corridor) for corridor in CORRIDORS]
    first = await reproduced(stage, opened)
    assert len(first) == 2 * len(CORRIDORS)
    assert all(first.values())
    async with stage.database.transaction() as session:
        asked = [len(outcome["rules"]) for outcome in await session.scalars(select(Determination.outcome))]
        assert min(asked) >= 3

        saudi = RuleVersion.destinations.contains(["SA"]) & RuleVersion.effective_until.is_(None)
        versions = await session.scalars(select(RuleVersion.id).where(saudi, RuleVersion.status == "active"))
        parliament = Parliament(session)
        for version_id in list(versions):
            await retire_rule(session, version_id, date(2027, 2, 1), parliament.one, parliament.now)
        await parliament.settle()
    later = await reproduced(stage, opened)
    assert len(later) > len(first)
    assert all(later.values())
