"""Who makes law: each kind of member, each country, against each scope and level of its basis."""

from __future__ import annotations

from typing import Any, get_args
from uuid import UUID

import pytest

from imdi_common.actor import Actor
from imdi_common.problems import Problem
from imdi_contracts.codes import MemberKind
from imdi_legislation.actions.activate_rule import activate_rule
from imdi_legislation.actions.draft_rule import draft_rule
from imdi_legislation.actions.enter_instrument import enter_instrument
from imdi_legislation.actions.permission import demand_may_enter
from imdi_legislation.actions.propose_rule import propose_rule

INTERNATIONAL: dict[str, Any] = {
    "code": "C189",
    "title": "Domestic Workers Convention",
    "type": "convention",
    "level": "international",
    "parties": [],
    "status": "in_force",
    "confidence": "primary",
}
OTHERS = [kind for kind in get_args(MemberKind) if kind != "government"]


def scope(origins: str, destinations: str) -> dict[str, Any]:
    return {"origins": origins.split(), "destinations": destinations.split(), "occupations": ["*"]}


@pytest.mark.parametrize(
    ("country", "origins", "destinations", "may"),
    [
        ("SA", "*", "SA", True),
        ("SA", "SA", "*", True),
        ("SA", "PH", "SA", True),
        ("PH", "PH", "SA", True),
        ("PH", "PH NP", "*", True),
        ("NP", "PH NP", "*", True),
        ("QA", "PH", "SA", False),
        ("SA", "*", "*", False),
        ("SA", "*", "GCC", False),
        ("SA", "PH", "GCC", False),
        ("PH", "PH", "GCC", True),
        ("SA", "GCC SA", "*", True),
    ],
)
async def test_a_government_rules_where_it_is_named(
    session: Any, parliament: Any, of_member: Any, body: Any, country: str, origins: str, destinations: str, may: bool
) -> None:
    await parliament.draft("first")
    data = body("second", scope=scope(origins, destinations)) | _on(parliament)
    deed = draft_rule(session, data, of_member(country=country), parliament.now)
    if may:
        assert isinstance(await deed, UUID)
    else:
        assert await _status(deed) == 403


@pytest.mark.parametrize("kind", OTHERS)
@pytest.mark.parametrize("place", [("PH", "SA"), ("*", "*")])
async def test_no_other_kind_of_member_makes_law(
    session: Any, parliament: Any, of_member: Any, body: Any, kind: str, place: tuple[str, str]
) -> None:
    await parliament.draft("first")
    data = body("second", scope=scope(*place)) | _on(parliament)
    assert await _status(draft_rule(session, data, of_member(kind=kind), parliament.now)) == 403


@pytest.mark.parametrize(
    ("origins", "destinations", "international", "may"),
    [
        ("*", "*", False, True),
        ("*", "GCC", False, True),
        ("EU", "ASEAN", False, True),
        ("*", "SA", False, False),
        ("PH", "*", False, False),
        ("PH", "SA", True, True),
        ("*", "*", True, True),
    ],
)
async def test_the_steward_rules_where_no_country_is_named_or_by_international_law_alone(
    session: Any,
    parliament: Any,
    steward: Actor,
    body: Any,
    origins: str,
    destinations: str,
    international: bool,
    may: bool,
) -> None:
    await parliament.draft("first")
    basis = _on(parliament)
    if international:
        convention = await enter_instrument(session, INTERNATIONAL, steward, parliament.now)
        mixed = {"basis": [*basis["basis"], {"instrument": str(convention)}]}
        assert await _made(session, body, steward, parliament, scope("PH", "SA"), mixed) == 403
        basis = {"basis": [{"instrument": str(convention)}]}
    made = await _made(session, body, steward, parliament, scope(origins, destinations), basis)
    assert made == (201 if may else 403)


@pytest.mark.parametrize("kind", get_args(MemberKind))
@pytest.mark.parametrize(
    ("level", "parties", "government_may"),
    [
        ("national", ["SA"], True),
        ("national", ["PH"], False),
        ("bilateral", ["PH", "SA"], True),
        ("bilateral", ["PH", "QA"], False),
        ("regional", ["SA", "QA"], True),
        ("regional", [], False),
        ("international", ["SA"], False),
        ("international", [], False),
    ],
)
def test_who_enters_an_instrument(
    of_member: Any, steward: Actor, kind: str, level: str, parties: list[str], government_may: bool
) -> None:
    assert _enters(of_member(kind=kind), level, parties) is (kind == "government" and government_may)
    assert _enters(steward, level, parties) is (level == "international" or not parties)


@pytest.mark.parametrize(
    ("country", "before", "after", "may"),
    [
        ("NP", ("PH", "SA"), ("NP", "*"), False),
        ("QA", ("*", "SA"), ("*", "QA"), False),
        ("PH", ("PH", "SA"), ("PH", "*"), True),
        ("SA", ("PH", "SA"), ("*", "SA"), True),
    ],
)
async def test_nobody_puts_a_version_in_the_place_of_law_that_is_not_theirs(
    session: Any, parliament: Any, of_member: Any, body: Any, country: str, before: Any, after: Any, may: bool
) -> None:
    other = of_member(country=country)
    early = await draft_rule(
        session,
        body("law", scope=scope(*after)) | {"basis": [{"instrument": str(await _act(parliament))}]},
        other,
        parliament.now,
    )
    await propose_rule(session, early, other)
    first = await parliament.enact("law", scope=scope(*before))
    late = draft_rule(session, body("law", scope=scope(*after)) | _on(parliament), other, parliament.now)
    activation = _activate(parliament, early, of_member(country=country, client="two"))
    if may:
        assert isinstance(await late, UUID)
        assert await activation == early
        assert (await parliament.version(early)).replaces == first
    else:
        assert [await _status(deed) for deed in (late, activation)] == [403, 403]
        assert (await parliament.version(first)).effective_until is None


async def test_four_eyes_are_two_clients_and_may_be_two_governments(
    session: Any, parliament: Any, of_member: Any
) -> None:
    both = scope("PH", "SA")
    mine = await parliament.propose("joint", scope=both)
    parliament.two = of_member(country="SA", client="one")
    assert await _status(_activate(parliament, mine, parliament.two)) == 403
    assert await _activate(parliament, mine, of_member(country="PH", client="manila")) == mine
    version = await parliament.version(mine)
    assert (version.drafted_by, version.proposed_by, version.activated_by) == ("one", "one", "manila")


async def test_who_did_not_propose_may_activate_even_what_they_drafted(parliament: Any, of_member: Any) -> None:
    draft = await parliament.draft("mine")
    await propose_rule(parliament.session, draft, of_member(client="two"))
    assert await _activate(parliament, draft, of_member(client="one")) == draft


async def _act(parliament: Any) -> UUID:
    await parliament.draft("any")
    return UUID(str(parliament.instrument))


async def _activate(parliament: Any, rule_id: Any, actor: Actor) -> Any:
    return await activate_rule(parliament.session, rule_id, None, actor, parliament.now)


def _on(parliament: Any) -> dict[str, Any]:
    return {"basis": [{"instrument": str(parliament.instrument)}]}


async def _made(session: Any, body: Any, actor: Actor, parliament: Any, where: Any, basis: Any) -> int:
    try:
        await draft_rule(session, body("second", scope=where) | basis, actor, parliament.now)
    except Problem as problem:
        return problem.status
    return 201


async def _status(deed: Any) -> int:
    with pytest.raises(Problem) as caught:
        await deed
    return caught.value.status


def _enters(actor: Actor, level: str, parties: list[str]) -> bool:
    try:
        demand_may_enter(actor, level, parties)
    except Problem as problem:
        return problem.status != 403
    return True
