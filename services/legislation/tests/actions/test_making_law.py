from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from imdi_common.problems import Problem
from imdi_contracts.legislation import RuleActivated, RuleRetired
from imdi_legislation.actions.activate_rule import activate_rule
from imdi_legislation.actions.draft_rule import draft_rule
from imdi_legislation.actions.enter_instrument import enter_instrument
from imdi_legislation.actions.propose_rule import propose_rule
from imdi_legislation.actions.retire_rule import retire_rule
from imdi_legislation.storage.law import read_law
from imdi_legislation.storage.tables import AnswerType

SUMMER = date(2027, 6, 1)
BAR = {"prohibits": "recruitment", "reason": "Closed"}


async def refused(deed: Any) -> Problem:
    with pytest.raises(Problem) as caught:
        await deed
    return caught.value


async def test_an_instrument_is_entered_once(session: Any, parliament: Any, of_member: Any, steward: Any) -> None:
    body = {
        "code": "C189", "title": "Domestic Workers Convention", "type": "convention", "level": "international",
        "parties": [], "status": "in_force", "confidence": "primary",
    }  # fmt: skip
    assert (await refused(enter_instrument(session, body, of_member(), parliament.now))).status == 403
    await enter_instrument(session, body, steward, parliament.now)
    assert (await refused(enter_instrument(session, body, steward, parliament.now))).slug == "code-taken"
    late = body | {"code": "X", "verified_on": "2026-11-26"}
    assert (await refused(enter_instrument(session, late, steward, parliament.now))).status == 422
    wrong = await refused(
        enter_instrument(session, body | {"type": "song", "parties": ["XX"]}, steward, parliament.now)
    )
    assert [error["field"] for error in wrong.errors or []] == ["parties", "type"]


async def test_from_draft_to_law(session: Any, parliament: Any, told: Any) -> None:
    rule_id = await parliament.enact(
        "sa-age", "criterion", {"criterion": "age", "min": 21}, when="worker.sex == 'female'"
    )
    version = await parliament.version(rule_id)
    assert (version.status, version.number, version.proposed_by, version.activated_by) == ("active", 1, "one", "two")
    [event] = await told("rule.activated")
    state = RuleActivated.model_validate(event)
    assert (state.code, state.kind, state.law_epoch) == ("sa-age", "criterion", 1)
    assert event["versions"][0]["screen"] == {"fact": "worker.sex", "op": "==", "value": "female"}
    assert event["versions"][0]["basis"][0]["title"] == "Agreement on domestic work"
    law = await read_law(session)
    assert law.epoch == 1
    assert [rule.id for rule in law.binding("PH", "SA", "5322", SUMMER, SUMMER)] == [str(rule_id)]
    assert await read_law(session) is law


async def test_the_next_version_ends_the_one_before(session: Any, parliament: Any, told: Any) -> None:
    first = await parliament.enact()
    second = await parliament.enact(begins=SUMMER, transition="opened_after")
    before, after = await parliament.version(first), await parliament.version(second)
    assert (before.status, before.effective_until) == ("active", date(2027, 5, 31))
    assert (after.number, after.effective_from, after.replaces) == (2, SUMMER, first)
    events = await told("rule.activated")
    assert [version["version"] for version in events[-1]["versions"]] == [1, 2]
    assert events[-1]["versions"][1]["replaces"] == str(first)
    law = await read_law(session)
    opened_before, opened_then = date(2027, 5, 1), SUMMER
    assert [r.version for r in law.binding("PH", "SA", "5322", SUMMER, opened_before)] == [1]
    assert [r.version for r in law.binding("PH", "SA", "5322", SUMMER, opened_then)] == [2]


async def test_a_version_cannot_begin_within_a_later_one(parliament: Any) -> None:
    await parliament.enact()
    await parliament.enact(begins=SUMMER)
    proposed = await parliament.propose()
    problem = await refused(
        activate_rule(parliament.session, proposed, date(2027, 3, 1), parliament.two, parliament.now)
    )
    assert (problem.status, problem.slug) == (409, "versions-overlap")


async def test_one_that_begins_the_same_day_takes_its_place(session: Any, parliament: Any) -> None:
    first = await parliament.enact()
    second = await parliament.enact(effective={"from": "2026-01-01"})
    assert (await parliament.version(second)).replaces == first
    law = await read_law(session)
    assert [r.version for r in law.binding("PH", "SA", "5322", SUMMER, SUMMER)] == [2]


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ({"country": "SA"}, None),
        ({"country": "PH"}, 403),
        ({"kind": "employer"}, 403),
        ({"kind": "recruitment_agency"}, 403),
    ],
)
async def test_who_makes_a_rule_for_saudi_arabia(
    session: Any, parliament: Any, of_member: Any, body: Any, who: Any, status: int | None
) -> None:
    await parliament.draft("first")
    basis = {"basis": [{"instrument": str(parliament.instrument)}]}
    deed = draft_rule(session, body("second") | basis, of_member(**who), parliament.now)
    if status is None:
        assert isinstance(await deed, UUID)
    else:
        assert (await refused(deed)).status == status


async def test_every_step_asks_who_and_in_which_state(
    session: Any, parliament: Any, of_member: Any, steward: Any
) -> None:
    now, one, two = parliament.now, of_member(client="one"), of_member(client="two")
    stranger = of_member(country="NP")
    rule_id = await parliament.draft()
    assert (await refused(activate_rule(session, rule_id, None, two, now))).slug == "wrong-state"
    assert (await refused(propose_rule(session, rule_id, stranger))).status == 403
    assert (await refused(propose_rule(session, rule_id, steward))).status == 403
    await propose_rule(session, rule_id, one)
    assert (await refused(propose_rule(session, rule_id, one))).slug == "wrong-state"
    assert (await refused(activate_rule(session, rule_id, None, one, now))).status == 403
    assert (await refused(activate_rule(session, rule_id, None, stranger, now))).status == 403
    assert (await refused(retire_rule(session, rule_id, SUMMER, one, now))).slug == "wrong-state"
    await activate_rule(session, rule_id, None, two, now)
    assert (await refused(retire_rule(session, rule_id, SUMMER, stranger, now))).status == 403
    for deed in (propose_rule(session, uuid4(), one), retire_rule(session, uuid4(), SUMMER, one, now)):
        assert (await refused(deed)).status == 404


@pytest.mark.parametrize(
    ("kind", "effect", "when", "place"),
    [
        ("bar", BAR, "vacancy.monthly_wage > 3", "column 8"),
        ("criterion", {"criterion": "age", "min": 3}, "worker.facts.x", "column 13"),
        ("requirement", None, "worker.age / 0 == 1", "column 1"),
    ],
)
async def test_a_condition_that_does_too_much_is_refused_at_proposal(
    parliament: Any, kind: str, effect: Any, when: str, place: str
) -> None:
    draft = await parliament.draft("rule", kind, effect, when=when)
    problem = await refused(propose_rule(parliament.session, draft, parliament.two))
    assert problem.status == 422
    [error] = problem.errors or []
    assert error["field"] == "when"
    assert place in error["detail"]
    assert problem.extra["position"] == {"line": 1, "column": int(place.removeprefix("column "))}


@pytest.mark.parametrize(
    ("other", "fields"),
    [
        ({"when": "worker.age >="}, ["when"]),
        ({"when": "has(worker.age)"}, ["when"]),
        ({"effect": {"code": "x"}}, ["effect.category", "effect.title", "effect.performed_by"]),
        ({"scope": {"origins": ["XX"], "destinations": ["SA"], "occupations": ["*"]}}, ["scope.origins"]),
        ({"effective": {"from": "2027-01-01", "until": "2026-01-01"}}, ["effective.until"]),
        ({"effective": {"from": "tomorrow", "to": "x"}}, ["effective.from", "effective.to"]),
        ({"basis": []}, ["basis"]),
        ({"basis": [{"provision": "art. 1"}]}, ["basis.0.instrument"]),
        ({"basis": [{"instrument": "nowhere"}]}, ["basis"]),
        ({"kind": "wish"}, ["kind"]),
        ({"transition": "never", "confidence": "sure"}, ["transition", "confidence"]),
        ({"disputed": [{"attribute": "title", "value": "x", "basis": []}]}, None),
        ({"disputed": [{"attribute": "validity", "value": "sixty days"}]}, ["disputed.0.basis", "disputed.0.value"]),
        ({"verified_on": "2026-11-26"}, ["verified_on"]),
        ({"surprise": 1}, ["surprise"]),
    ],
)
async def test_a_draft_names_each_wrong_field(parliament: Any, other: dict[str, Any], fields: list[str] | None) -> None:
    problem = await refused(parliament.draft(**other))
    assert problem.status == 422
    found = [error["field"] for error in problem.errors or []]
    if fields is not None:
        assert found == fields


async def test_rules_that_cannot_stand_together_are_refused_at_activation(parliament: Any) -> None:
    await parliament.enact()
    effect = {"code": "medical_examination", "category": "documents", "title": "M", "performed_by": "medical_provider"}
    problem = await refused(parliament.enact("other", "requirement", effect))
    assert (problem.status, problem.slug, problem.extra) == (
        409,
        "conflicting-rules",
        {"rules": ["other", "sa-medical"]},
    )
    visa = {"code": "visa", "category": "permit", "title": "V", "performed_by": "government", "after": ["permit"]}
    await parliament.enact("visa", "requirement", visa)
    permit = {"code": "permit", "category": "permit", "title": "P", "performed_by": "government", "after": ["visa"]}
    assert (await refused(parliament.enact("permit", "requirement", permit))).slug == "conflicting-rules"


@pytest.mark.parametrize(
    ("retired", "begins", "conflicts"),
    [
        (SUMMER, date(2026, 1, 1), True),
        (SUMMER, date(2027, 5, 31), True),
        (SUMMER, SUMMER, False),
        (date(2026, 11, 23), date(2026, 1, 1), False),
    ],
)
async def test_a_retired_rule_still_conflicts_until_its_last_day(
    parliament: Any, retired: date, begins: date, conflicts: bool
) -> None:
    rule_id = await parliament.enact()
    await retire_rule(parliament.session, rule_id, retired, parliament.one, parliament.now)
    effect = {"code": "medical_examination", "category": "documents", "title": "M", "performed_by": "medical_provider"}
    deed = parliament.enact("other", "requirement", effect, begins=begins)
    if conflicts:
        assert (await refused(deed)).slug == "conflicting-rules"
    else:
        assert isinstance(await deed, UUID)


@pytest.mark.parametrize(("transition", "conflicts"), [("opened_after", True), ("all_open", False)])
async def test_a_version_that_spares_cases_is_refused_where_the_one_before_it_would_meet_what_came_since(
    parliament: Any, transition: str, conflicts: bool
) -> None:
    effect = {"code": "medical_examination", "category": "documents", "title": "M", "performed_by": "medical_provider"}
    await parliament.enact("first", "requirement", effect, effective={"from": "2026-01-01", "until": "2027-05-31"})
    await parliament.enact(begins=SUMMER)
    deed = parliament.enact(
        "first", "requirement", effect | {"category": "medical"}, begins=SUMMER, transition=transition
    )
    if conflicts:
        assert (await refused(deed)).extra == {"rules": ["first", "sa-medical"]}
    else:
        assert isinstance(await deed, UUID)


async def test_a_rule_keeps_its_kind(parliament: Any) -> None:
    await parliament.draft("same")
    assert (await refused(parliament.draft("same", "bar", BAR))).slug == "kind-differs"


async def test_the_first_activation_fixes_the_type_of_an_answer(session: Any, parliament: Any) -> None:
    earlier = await parliament.draft("b", when="worker.facts.ecr == 'yes'")
    await parliament.enact("a", when="worker.facts.ecr")
    assert [(row.name, row.type) for row in await session.scalars(select(AnswerType))] == [("worker.facts.ecr", "bool")]
    assert (await refused(propose_rule(session, earlier, parliament.two))).status == 422
    assert (await refused(parliament.draft("c", when="worker.facts.ecr == 'yes'"))).status == 422
    assert await parliament.draft("d", when="worker.facts.ecr == worker.facts.other")


async def test_retiring_ends_a_rule_before_its_day(session: Any, parliament: Any, told: Any) -> None:
    rule_id = await parliament.enact()
    one = parliament.one
    assert (await refused(retire_rule(session, rule_id, date(2025, 1, 1), one, parliament.now))).status == 422
    await retire_rule(session, rule_id, SUMMER, one, parliament.now)
    version = await parliament.version(rule_id)
    assert (version.status, version.effective_until) == ("retired", date(2027, 5, 31))
    law = await read_law(session)
    assert law.binding("PH", "SA", "5322", date(2027, 5, 31), SUMMER)
    assert not law.binding("PH", "SA", "5322", SUMMER, SUMMER)
    [event] = await told("rule.retired")
    assert RuleRetired.model_validate(event).versions[0].status == "retired"
    again = await parliament.enact(begins=SUMMER)
    assert (await parliament.version(again)).replaces is None
