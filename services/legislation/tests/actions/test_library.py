"""Statements and versions are recorded by whom it may be, and only added; the past is answered as it was known."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from random import Random
from typing import Any, get_args
from uuid import uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from imdi_common.problems import Problem
from imdi_legislation.actions.enter_instrument import enter_instrument
from imdi_legislation.actions.record_statement import record_statement
from imdi_legislation.actions.record_version import record_version
from imdi_legislation.domain.statements import Relation
from imdi_legislation.queries.instruments import show_instrument
from imdi_legislation.queries.law_in_force import law_in_force
from imdi_legislation.queries.library import known_instrument

CONVENTION: dict[str, Any] = {
    "code": "CONVENTION", "title": "Convention", "type": "convention", "level": "international", "parties": ["PH"],
    "adopted_on": "2000-01-01", "in_force_on": "2001-01-01", "status": "in_force", "confidence": "secondary",
}  # fmt: skip
SOURCE = {"source": "a gazette"}
DAY = date(2021, 5, 1)


def event(name: str, day: str, **other: Any) -> dict[str, Any]:
    return {"kind": "event", "event": name, "date": day} | SOURCE | other


@pytest.fixture
async def convention(session: Any, steward: Any, parliament: Any) -> Any:
    return await enter_instrument(session, CONVENTION, steward, parliament.now)


@pytest.fixture
def state(session: Any, steward: Any, parliament: Any, convention: Any) -> Any:
    async def record(body: dict[str, Any], actor: Any = steward, days: int = 0, on: Any = None) -> Any:
        now = parliament.now + timedelta(days=days)
        return await record_statement(session, on or convention, SOURCE | body, actor, now)

    return record


async def test_what_is_recorded_is_known_from_that_day_and_the_list_shows_it(
    session: Any, state: Any, convention: Any, parliament: Any
) -> None:
    wrong = await state(event("in_force", "2003-01-01"))
    assert (await show_instrument(session, convention))["in_force_on"] is None
    await state({"kind": "withdrawal", "replaces": str(wrong)}, days=2)
    assert (await show_instrument(session, convention))["in_force_on"] == date(2001, 1, 1)
    today = parliament.now.date()

    async def binds(known_on: date) -> str:
        shown = await known_instrument(session, convention, date(2002, 1, 1), known_on, None)
        return str(shown["standing"]["binds"])

    known = [await binds(today + timedelta(days=days)) for days in (0, 1, 2)]
    assert known == ["disputed", "disputed", "yes"]
    with pytest.raises(Problem, match="not-found"):
        await binds(today - timedelta(days=1))


@pytest.mark.parametrize(
    ("body", "who", "slug"),
    [
        ({"kind": "party", "party": "NP", "status": "ratified"}, "NP", None),
        ({"kind": "party", "party": "PH", "status": "ratified"}, "NP", "forbidden"),
        (event("repealed", "2020"), "NP", "forbidden"),
        (event("repealed", "2020"), "PH", "forbidden"),
        (event("repealed", "2020"), "steward", None),
        ({"kind": "party", "party": "PH", "status": "ratified"}, "steward", None),
    ],
)
async def test_a_government_states_its_own_and_the_steward_all_of_a_convention(
    state: Any, steward: Any, of_member: Any, body: Any, who: str, slug: str | None
) -> None:
    actor = steward if who == "steward" else of_member(country=who)
    if slug is None:
        assert await state(body, actor)
    else:
        with pytest.raises(Problem, match=slug):
            await state(body, actor)


async def test_nobody_makes_himself_party_to_what_two_others_agreed(
    session: Any, parliament: Any, of_member: Any, state: Any
) -> None:
    await parliament.draft()
    party = {"kind": "party", "party": "NP", "status": "signed"}
    with pytest.raises(Problem, match="forbidden"):
        await state(party, of_member(country="NP"), on=parliament.instrument)
    assert await state(event("signed", "2013"), of_member(country="PH"), on=parliament.instrument)


REGIONAL = CONVENTION | {"code": "DIRECTIVE", "type": "directive", "level": "regional", "parties": ["PH", "TH"]}
SIGNED = {"kind": "party", "party": "NP", "status": "signed"}


@pytest.fixture
def enter(session: Any, of_member: Any, steward: Any, parliament: Any) -> Any:
    async def make(who: str, **other: Any) -> Any:
        actor = steward if who == "steward" else of_member(country=who)
        body = CONVENTION | {"code": f"{who}-ACT", "type": "act", "level": "national", "parties": [who]} | other
        return await enter_instrument(session, body, actor, parliament.now)

    return make


async def test_a_claim_to_be_a_party_gives_no_right_over_what_others_agreed(
    session: Any, state: Any, enter: Any, of_member: Any, parliament: Any
) -> None:
    nepal = of_member(country="NP")
    directive = await enter("PH", **REGIONAL)
    theirs = await state(SIGNED | {"party": "TH"}, of_member(country="TH"), on=directive)
    own = await state(SIGNED, nepal, on=directive)
    assert "NP" in (await show_instrument(session, directive))["parties"]
    for body in (event("repealed", "2020"), {"kind": "parties", "parties": ["NP"]}, SIGNED | {"party": "TH"}):
        with pytest.raises(Problem, match="forbidden"):
            await state(body, nepal, on=directive)
    version = {"effective_from": "2001-01-01", "titles": [{"language": "en", "title": "Mine"}]} | SOURCE
    with pytest.raises(Problem, match="forbidden"):
        await record_version(session, directive, version, nepal, parliament.now)
    with pytest.raises(Problem) as problem:
        await state(SIGNED | {"replaces": str(theirs)}, nepal, on=directive)
    assert (problem.value.status, [each["field"] for each in problem.value.errors or []]) == (403, ["replaces"])
    reserved = SIGNED | {"status": "reservation", "text": "Not article 3."}
    assert await state(reserved | {"replaces": str(own)}, nepal, on=directive)


async def test_who_is_named_with_an_instrument_or_since_by_whose_it_is_may_record_on_it(
    state: Any, enter: Any, of_member: Any
) -> None:
    directive = await enter("PH", **REGIONAL)
    await state(SIGNED | {"party": "NP"}, of_member(country="NP"), on=directive)
    assert await state(event("signed", "2000"), of_member(country="TH"), on=directive)
    await state({"kind": "parties", "parties": ["NP"]}, of_member(country="TH"), on=directive)
    assert await state(event("published", "2000"), of_member(country="NP"), on=directive)


async def test_a_claim_takes_nothing_from_the_steward(state: Any, enter: Any, of_member: Any) -> None:
    directive = await enter("steward", **REGIONAL | {"parties": []})
    await state(SIGNED, of_member(country="NP"), on=directive)
    assert await state(event("signed", "2000"), on=directive)
    with pytest.raises(Problem, match="forbidden"):
        await state(event("repealed", "2020"), of_member(country="NP"), on=directive)


@pytest.mark.parametrize("relation", get_args(Relation))
async def test_nobody_ends_or_changes_the_law_of_another(
    session: Any, state: Any, enter: Any, of_member: Any, relation: str
) -> None:
    await enter("SA")
    act = await enter("NP")
    said = {"kind": "relation", "relation": relation, "object": "SA-ACT", "date": "2020"} | SOURCE
    deeds: tuple[Callable[[], Awaitable[Any]], ...] = (
        lambda: state(said, of_member(country="NP"), on=act),
        lambda: enter("NP", code="NP-OTHER", statements=[said]),
        lambda: state(said | {"object": "CONVENTION"}, of_member(country="NP"), on=act),
    )
    for deed in deeds:
        if relation in {"repeals", "amends", "commences"}:
            with pytest.raises(Problem) as problem:
                await deed()
            assert (problem.value.status, [each["field"] for each in problem.value.errors or []]) == (403, ["object"])
        else:
            assert await deed()
    assert [row["code"] for row in await law_in_force(session, ["SA"], DAY, None, 50, None)] == ["SA-ACT"]


@pytest.mark.parametrize(
    ("who", "target", "may"),
    [
        ("PH", {"level": "bilateral", "parties": ["PH", "SA"]}, True),
        ("SA", {"level": "bilateral", "parties": ["PH", "SA"]}, True),
        ("NP", {"level": "bilateral", "parties": ["PH", "SA"]}, False),
        ("TH", REGIONAL, True),
        ("NP", REGIONAL, False),
        ("PH", {}, True),
        ("steward", {}, True),
    ],
)
async def test_whose_instrument_it_is_and_the_steward_say_what_ends_it(
    session: Any, enter: Any, who: str, target: dict[str, Any], may: bool
) -> None:
    await enter("PH", **target | {"code": "TARGET"})
    repeal = {"kind": "relation", "relation": "repeals", "object": "TARGET", "date": "2020"} | SOURCE
    level: dict[str, Any] = {"level": "international", "parties": []} if who == "steward" else {}
    if may:
        await enter(who, statements=[repeal], **level)
    else:
        with pytest.raises(Problem, match="forbidden"):
            await enter(who, statements=[repeal], **level)
    binding = [row["code"] for row in await law_in_force(session, ["PH"], DAY, None, 50, None)]
    assert ("TARGET" in binding) is not may


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"kind": "relation", "relation": "amends", "object": "NOWHERE"}, "object"),
        ({"kind": "relation", "relation": "amends", "object": "CONVENTION"}, "object"),
        (event("in_force", "2001", replaces="no id"), "replaces"),
        (event("in_force", "2001", replaces=str(uuid4())), "replaces"),
        (event("in_force", "2001", verified_on="2999-01-01"), "verified_on"),
    ],
)
async def test_what_does_not_fit_is_refused(state: Any, body: dict[str, Any], field: str) -> None:
    with pytest.raises(Problem) as problem:
        await state(body)
    assert [error["field"] for error in problem.value.errors or []] == [field]


async def test_a_statement_is_replaced_once_by_its_like(state: Any) -> None:
    first = str(await state(event("in_force", "2002")))
    with pytest.raises(Problem, match="invalid-request"):
        await state({"kind": "status", "status": "repealed", "replaces": first})
    await state(event("in_force", "2003", replaces=first))
    with pytest.raises(Problem, match="already-replaced"):
        await state({"kind": "withdrawal", "replaces": first})


async def test_of_an_instrument_that_is_not_there_nothing_is_recorded(session: Any, state: Any, steward: Any) -> None:
    with pytest.raises(Problem, match="not-found"):
        await state(event("in_force", "2002"), on=uuid4())


async def test_a_dated_repeal_ends_the_other_and_its_withdrawal_lets_it_live(
    session: Any, state: Any, convention: Any, steward: Any, parliament: Any
) -> None:
    successor = await enter_instrument(session, CONVENTION | {"code": "SUCCESSOR"}, steward, parliament.now)
    repeal = {"kind": "relation", "relation": "repeals", "object": "CONVENTION", "date": "2020-01-01"}
    stated = await state(repeal, on=successor)

    async def binds() -> list[str]:
        rows = await law_in_force(session, ["PH"], DAY, None, 50, None)
        return [row["code"] for row in rows]

    assert await binds() == ["SUCCESSOR"]
    await state({"kind": "withdrawal", "replaces": str(stated)}, on=successor)
    assert await binds() == ["CONVENTION", "SUCCESSOR"]


async def test_the_text_of_a_day_in_the_language_asked(
    session: Any, convention: Any, steward: Any, parliament: Any, of_member: Any
) -> None:
    def version(begins: str, *texts: tuple[str, str]) -> dict[str, Any]:
        provisions = [{"number": "art. 1", "language": language, "text": said} for language, said in texts]
        return {"effective_from": begins, "provisions": provisions} | SOURCE

    old, new = version("2001-01-01", ("en", "Old"), ("fr", "Ancien")), version("2020-01-01", ("en", "New"))
    for body in (old, new):
        await record_version(session, convention, body, steward, parliament.now)
    with pytest.raises(Problem, match="forbidden"):
        await record_version(session, convention, old, of_member(country="PH"), parliament.now)

    async def read(on: str, language: str | None = None) -> Any:
        shown = (await known_instrument(session, convention, date.fromisoformat(on), None, language))["text"]
        return shown and [provision["text"] for provision in shown["provisions"]]

    assert [await read("2000-12-31"), await read("2019-12-31"), await read("2019-12-31", "fr")] == [
        None, ["Old", "Ancien"], ["Ancien"],
    ]  # fmt: skip
    assert await read("2020-01-01") == ["New"]


@pytest.mark.parametrize("table", ["instrument_statement", "instrument_version", "instrument_text"])
@pytest.mark.parametrize("change", ["delete from {}", "update {} set instrument_id = instrument_id"])
async def test_the_database_refuses_to_change_what_was_recorded(
    session: Any, convention: Any, steward: Any, parliament: Any, table: str, change: str
) -> None:
    provision = {"number": "1", "language": "en", "text": "Text"}
    version = {"effective_from": "2001-01-01", "provisions": [provision]} | SOURCE
    await record_version(session, convention, version, steward, parliament.now)
    with pytest.raises(IntegrityError, match="only added to"):
        async with session.begin_nested():
            await session.execute(text(change.format(table)))


@pytest.mark.parametrize("seed", range(3))
async def test_an_answer_for_a_past_day_never_changes(
    session: Any, convention: Any, state: Any, steward: Any, parliament: Any, seed: int
) -> None:
    """Days go by; on each something is recorded, at random, and what was known of every day before is asked again."""
    chance, answers, stated = Random(seed), dict[tuple[date, date], Any](), list[str]()
    await enter_instrument(session, CONVENTION | {"code": "OTHER", "in_force_on": None}, steward, parliament.now)
    on = [date(1999, 1, 1), date(2001, 6, 1), date(2010, 6, 1), date(2030, 1, 1)]

    async def ask(day: date, known_on: date) -> Any:
        rows = await law_in_force(session, ["PH", "NP"], day, known_on, 50, None)
        shown = await known_instrument(session, convention, day, known_on, None)
        del shown["text"]
        return rows, shown

    for days in range(8):
        year = str(chance.randint(1999, 2030))
        bodies = [
            event(chance.choice(["in_force", "repealed", "adopted"]), year),
            {"kind": "party", "party": chance.choice(["PH", "NP"]), "status": "in_force", "date": year},
            {"kind": "status", "status": chance.choice(["in_force", "repealed"]), "date": f"{year}-01-01"},
            {"kind": "relation", "relation": "repeals", "object": "OTHER", "date": year},
            {"kind": "term", "duration": "P3Y", "renewal": chance.choice(["none", "stalled", "automatic"])},
        ]
        if stated and chance.random() < 0.4:
            bodies = [{"kind": "withdrawal", "replaces": stated.pop()}]
            await state(bodies[0], days=days)
        else:
            stated.append(str(await state(chance.choice(bodies), days=days)))
        known_on = parliament.now.date() + timedelta(days=days)
        answers |= {(day, known_on): await ask(day, known_on) for day in on}
        assert {key: await ask(*key) for key in answers} == answers
    assert len({str(answer) for answer in answers.values()}) > len(on)
