"""An answer is reproduced from its facts and rule versions, as kept; a preview on the same facts says the same."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

import pytest
from services.legislation.tests.conftest import MEDICAL, WAGE_FLOOR
from sqlalchemy import select

from imdi_legislation.domain.determination import determine, input_hash
from imdi_legislation.queries.preview import Question, preview
from imdi_legislation.storage import rules
from imdi_legislation.storage.law import read_law
from imdi_legislation.storage.tables import Determination, DeterminationFacts, RuleVersion, Subject

BAR = {"prohibits": "departure", "reason": "War"}


async def enact_all(parliament: Any) -> None:
    await parliament.enact(when="worker.age >= 18 && worker.facts.kin")
    await parliament.enact("b-medical", effect=MEDICAL | {"validity": "P2M", "lead_days": 9})
    await parliament.enact("age", "criterion", {"criterion": "age", "min": 31})
    await parliament.enact("english", "criterion", {"criterion": "language", "language": "en", "level": "B2"})
    await parliament.enact("war", "bar", BAR, when="placement.departure_on >= '2027-03-01'")
    await parliament.enact("wage", "contract_term", WAGE_FLOOR)


async def kept(session: Any) -> tuple[Determination, dict[str, Any]]:
    row = (await session.scalars(select(Determination).order_by(Determination.revision.desc()).limit(1))).one()
    facts = await session.scalar(select(DeterminationFacts.facts).where(DeterminationFacts.determination_id == row.id))
    return row, facts


@pytest.mark.parametrize("facts", [{}, {"worker.facts.kin": True}, {"worker.facts.kin": False}])
async def test_a_preview_on_the_facts_of_a_case_says_what_was_determined(
    session: Any, parliament: Any, cases: Any, facts: dict[str, Any]
) -> None:
    await enact_all(parliament)
    await cases.open()
    await cases.preparation(revision=2, facts=facts)
    answer, known = await kept(session)
    told = preview(await read_law(session), Question("PH", "SA", "5322", answer.judged_on, known))
    assert told["items"] == answer.outcome["items"]
    assert told["rules"] == answer.outcome["rules"]
    assert told["bars"] == answer.outcome["bars"]
    assert [one["status"] for one in told["criteria"]] == [one["status"] for one in answer.outcome["criteria"]]


async def test_years_later_the_facts_and_versions_kept_give_the_same_outcome_and_hash(
    session: Any, parliament: Any, cases: Any
) -> None:
    await enact_all(parliament)
    await cases.open()
    answer, known = await kept(session)
    await parliament.enact(effect=MEDICAL | {"validity": "P10D"}, begins=date(2026, 12, 1))
    await parliament.enact("age", "criterion", {"criterion": "age", "min": 50}, begins=date(2026, 12, 1))
    ids = [UUID(reference["id"]) for reference in answer.outcome["rules"]]
    versions = list(await session.scalars(select(RuleVersion).where(RuleVersion.id.in_(ids))))
    titles, types = await rules.titles_of(session, versions), await rules.answer_types(session)
    salt = await session.scalar(select(Subject.salt).where(Subject.id == answer.subject_id))
    again = determine([rules.as_rule(version, titles, types) for version in versions], known, salt)
    assert again.told == answer.outcome
    assert again.input_hash == answer.input_hash


async def test_nobody_finds_out_facts_by_trying_what_gives_their_hash(
    session: Any, parliament: Any, cases: Any
) -> None:
    await parliament.enact()
    await cases.open()
    answer, known = await kept(session)
    [version] = await session.scalars(select(RuleVersion))
    bound = [rules.as_rule(version, await rules.titles_of(session, [version]), await rules.answer_types(session))]
    salt = await session.scalar(select(Subject.salt).where(Subject.id == answer.subject_id))
    assert input_hash(bound, known, salt) == answer.input_hash
    assert input_hash(bound, known, None) != answer.input_hash
