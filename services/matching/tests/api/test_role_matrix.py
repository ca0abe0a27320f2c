"""Every operation × every kind of member: a foreign thing is absent, and who is not accredited meets nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, get_args
from uuid import uuid4

import pytest
from httpx import AsyncClient, Response
from services.matching.tests.api.conftest import PLACEMENT, VACANCY, WORKER, Ask, Build
from services.matching.tests.conftest import ENTRY, TERMS
from sqlalchemy import select

from imdi_common.database import Database
from imdi_common.mechanics import outbox
from imdi_contracts.codes import MemberKind

KINDS: tuple[str, ...] = get_args(MemberKind)
ABSENT = "01936000-0000-7000-8000-0000000000ff"
EVIDENCE = {"evidence": {"kind": "portal", "reference": "1"}}
OFFER = {"wage": {"amount": "1600.00", "currency": "SAR"}, "departure_on": "2027-02-20"}
Cell = tuple[str, str, Any]

ON_A_VACANCY: dict[str, Cell] = {
    "amend": ("PUT", "/v1/vacancies/{id}", TERMS),
    "pause": ("POST", "/v1/vacancies/{id}/pause", None),
    "resume": ("POST", "/v1/vacancies/{id}/resumption", None),
    "close": ("POST", "/v1/vacancies/{id}/closure", {"reason": "x"}),
    "shortlist": ("GET", "/v1/vacancies/{id}/shortlist", None),
}
ON_A_PLACEMENT: dict[str, Cell] = {
    "read": ("GET", "/v1/placements/{id}", None),
    "accept": ("POST", "/v1/placements/{id}/acceptance", EVIDENCE),
    "select": ("POST", "/v1/placements/{id}/selection", None),
    "offer": ("POST", "/v1/placements/{id}/offer", OFFER),
    "agree": ("POST", "/v1/placements/{id}/agreement", EVIDENCE),
    "withdraw": ("POST", "/v1/placements/{id}/withdrawal", {"reason": "x"}),
}
ON_A_PROFILE: dict[str, Cell] = {
    "read": ("GET", "/v1/profiles/{id}", None),
    "vacancies": ("GET", "/v1/profiles/{id}/vacancies", None),
}
OTHERS: dict[str, Cell] = {
    "claim": ("PUT", "/v1/profiles/{id}", ENTRY),
    "submit": ("POST", "/v1/vacancies", TERMS),
    "propose": ("POST", "/v1/placements", {"vacancy_id": VACANCY, "worker_id": WORKER}),
    "vacancies": ("GET", "/v1/vacancies", None),
    "read": ("GET", "/v1/vacancies/{id}", None),
    "placements": ("GET", "/v1/placements", None),
    "changes": ("GET", "/v1/vacancies/changes", None),
    "placement changes": ("GET", "/v1/placements/changes", None),
    "snapshot": ("GET", "/v1/vacancies/snapshot", None),
}
EVERY = [*ON_A_VACANCY.values(), *ON_A_PLACEMENT.values(), *ON_A_PROFILE.values(), *OTHERS.values()]
Send = Callable[..., Any]


@pytest.fixture
def send(client: AsyncClient, token: Callable[..., dict[str, str]]) -> Send:
    """``await send(kind, cell, subject)``: a new member of that kind asks."""

    async def sent(kind: str, cell: Cell, subject: object, **standing: Any) -> Response:
        method, path, body = cell
        claim = {"id": uuid4(), "kind": kind, "country": "PH"} | standing
        headers = token(member=claim) | {"If-Match": "*", "Idempotency-Key": str(uuid4())}
        return await client.request(method, path.format(id=subject), json=body, headers=headers)

    return sent


async def events(database: Database) -> int:
    async with database.transaction() as session:
        return len(list(await session.scalars(select(outbox.c.position))))


@pytest.mark.parametrize("kind", KINDS)
async def test_to_a_stranger_of_any_kind_nothing_of_others_is_there(
    kind: str, build: Build, send: Send, database: Database
) -> None:
    stage = await build("offered")
    before = await events(database)
    for cells, subject in (
        (ON_A_VACANCY, stage.made[VACANCY]),
        (ON_A_PLACEMENT, stage.made[PLACEMENT]),
        (ON_A_PROFILE, stage.made[WORKER]),
    ):
        for operation, cell in cells.items():
            foreign, absent = await send(kind, cell, subject), await send(kind, cell, ABSENT)
            assert (operation, foreign.status_code, absent.status_code) == (operation, 404, 404)
            assert foreign.content == absent.content
    assert await events(database) == before


async def test_to_the_platforms_own_client_others_things_are_absent_too(
    build: Build, client: AsyncClient, token: Callable[..., dict[str, str]]
) -> None:
    stage = await build("offered")
    for cells, subject in (
        (ON_A_VACANCY, stage.made[VACANCY]),
        (ON_A_PLACEMENT, stage.made[PLACEMENT]),
        (ON_A_PROFILE, stage.made[WORKER]),
    ):
        for operation, (method, path, body) in cells.items():
            headers = token("steward") | {"If-Match": "*", "Idempotency-Key": operation}
            asked = [
                client.request(method, path.format(id=one), json=body, headers=headers) for one in (subject, ABSENT)
            ]
            foreign, absent = [await one for one in asked]
            assert (operation, foreign.status_code, absent.status_code) == (operation, 404, 404)
            assert foreign.content == absent.content
    for path in ("/v1/placements", "/v1/placements/changes"):
        assert (await client.get(path, headers=token("steward"))).json()["items"] == []


@pytest.mark.parametrize("kind", KINDS)
async def test_employers_and_licensed_agencies_alone_recruit(kind: str, send: Send) -> None:
    recruits = kind in ("employer", "recruitment_agency")
    assert (await send(kind, OTHERS["submit"], "")).status_code == (201 if recruits else 403)
    lapsed = await send(kind, OTHERS["submit"], "", licensed_until="2026-11-22")
    assert lapsed.status_code == (201 if kind == "employer" else 403)
    unlicensed = await send(kind, OTHERS["submit"], "", licensed_until=None)
    assert unlicensed.status_code == (201 if kind == "employer" else 403)


@pytest.mark.parametrize("kind", KINDS)
async def test_a_stranger_of_any_kind_proposes_nobody_and_lists_nothing(kind: str, build: Build, send: Send) -> None:
    stage = await build("listed")
    vacancy_id, worker_id = str(stage.made[VACANCY]), str(stage.made[WORKER])
    pairs = [(vacancy_id, worker_id), (vacancy_id, ABSENT), (ABSENT, worker_id)]
    told = [
        await send(kind, ("POST", "/v1/placements", {"vacancy_id": one, "worker_id": other}), "")
        for one, other in pairs
    ]
    assert [answer.status_code for answer in told] == [404] * 3
    assert len({answer.content for answer in told}) == 1
    for listing in ("placements", "placement changes"):
        assert (await send(kind, OTHERS[listing], "")).json() == {"items": [], "next": None}


@pytest.mark.parametrize("status", ["applied", "suspended", "withdrawn"])
async def test_who_is_not_accredited_is_refused_before_anything_is_looked_at(
    status: str, build: Build, send: Send
) -> None:
    stage = await build("offered")
    owner = stage.market.owner.member
    for cell in EVERY:
        for subject in (*stage.made.values(), ABSENT, "no-uuid"):
            answer = await send(owner.kind, cell, subject, id=owner.id, status=status)
            assert (cell[:2], answer.status_code) == (cell[:2], 403)


@pytest.mark.parametrize(
    ("state", "operation", "owner", "agency"),
    [
        ("offered", "read", 200, 200),
        ("proposed", "accept", 403, 200),
        ("accepted", "select", 200, 403),
        ("selected", "offer", 200, 403),
        ("offered", "offer", 200, 403),
        ("offered", "agree", 403, 200),
        ("agreed", "withdraw", 200, 200),
    ],
)
async def test_each_step_is_one_partys(
    state: str, operation: str, owner: int, agency: int, build: Build, ask: Ask
) -> None:
    method, path, body = ON_A_PLACEMENT[operation]
    for who, expected in (("owner", owner), ("agency", agency)):
        stage = await build(state)
        answer = await ask(stage, who, method, path.format(id=PLACEMENT), body)
        assert (who, answer.status_code) == (who, expected)


@pytest.mark.parametrize(
    "name", ["id", "status", "owner_id", "owner_kind", "revision", "agreed", "breaches", "held_by", "listed", "version"]
)
async def test_what_the_server_owns_of_a_vacancy_cannot_be_sent(name: str, build: Build, ask: Ask) -> None:
    stage = await build("posted")
    for method, path in (("POST", "/v1/vacancies"), ("PUT", f"/v1/vacancies/{VACANCY}")):
        answer = await ask(stage, "owner", method, path, TERMS | {name: "posted"}, {"If-Match": "*"})
        assert answer.status_code == 422
        assert {error["field"] for error in answer.json()["errors"]} == {name}


@pytest.mark.parametrize("name", ["worker_id", "status", "made_by", "claimed_at", "controller_id", "version"])
async def test_what_the_server_owns_of_a_profile_cannot_be_sent(name: str, build: Build, ask: Ask) -> None:
    stage = await build("claimed")
    answer = await ask(stage, "agency", "PUT", f"/v1/profiles/{WORKER}", ENTRY | {name: "x"}, {"If-Match": "*"})
    assert answer.status_code == 422
    assert {error["field"] for error in answer.json()["errors"]} == {name}


async def test_a_household_is_named_in_no_answer_to_others_and_in_no_event(
    build: Build, ask: Ask, database: Database
) -> None:
    stage = await build("published")
    for who in ("stranger", "agency"):
        for path in (f"/v1/vacancies/{VACANCY}", "/v1/vacancies", "/v1/vacancies/changes", "/v1/vacancies/snapshot"):
            answer = await ask(stage, who, "GET", path)
            assert (answer.status_code, TERMS["title"] in answer.text) == (200, True)
            assert "Riyadh" not in answer.text
    for path in ("/v1/vacancies/changes", "/v1/vacancies/snapshot"):
        assert "Riyadh" not in (await ask(stage, "owner", "GET", path)).text
    assert "Household of Riyadh" in (await ask(stage, "owner", "GET", f"/v1/vacancies/{VACANCY}")).text
    closed = await ask(stage, "owner", "POST", f"/v1/vacancies/{VACANCY}/closure", {"reason": "found in Riyadh"})
    assert closed.status_code == 200
    async with database.transaction() as session:
        bodies = list(await session.scalars(select(outbox.c.body)))
    assert len(bodies) >= 5
    assert not [body for body in bodies if "Riyadh" in body]
