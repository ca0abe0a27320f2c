"""Bad input of every kind: a 4xx that names the field, and nothing changed."""

from __future__ import annotations

from typing import Any

import pytest
from httpx import AsyncClient
from services.matching.tests.api.conftest import PLACEMENT, VACANCY, WORKER, Ask, Build
from services.matching.tests.conftest import ENTRY, TERMS
from sqlalchemy import func, select

from imdi_common.database import Database
from imdi_common.mechanics import outbox

NC_II = {"title": "Caregiving NC II", "isced": 3, "country": "PH", "year": 2021}
ABSENT = "01936000-0000-7000-8000-0000000000ff"


def without(body: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in body.items() if key != name}


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (TERMS | {"occupation": "5399"}, "occupation"),
        (TERMS | {"occupation": "532"}, "occupation"),
        (TERMS | {"title": ""}, "title"),
        (TERMS | {"title": 3}, "title"),
        (TERMS | {"title": "x" * 201}, "title"),
        (TERMS | {"employer": {"name": None, "kind": "company"}}, "employer"),
        (TERMS | {"destination": {"country": "XX", "place": None}}, "destination.country"),
        (TERMS | {"origins": []}, "origins"),
        (TERMS | {"origins": ["PH", "PH"]}, "origins"),
        (TERMS | {"origins": ["PH", "ph"]}, "origins.1"),
        (TERMS | {"positions": 0}, "positions"),
        (TERMS | {"positions": "2"}, "positions"),
        (TERMS | {"positions": True}, "positions"),
        (TERMS | {"wage": {"amount": 1600, "currency": "SAR"}}, "wage.amount"),
        (TERMS | {"wage": {"amount": "-1", "currency": "SAR"}}, "wage.amount"),
        (TERMS | {"wage": {"amount": "1_600", "currency": "SAR"}}, "wage.amount"),
        (TERMS | {"wage": {"amount": "NaN", "currency": "SAR"}}, "wage.amount"),
        (TERMS | {"wage": {"amount": "1600", "currency": "RIY"}}, "wage.currency"),
        (TERMS | {"wage": {"amount": "1600", "currency": "SAR", "period": "year"}}, "wage.period"),
        (TERMS | {"contract": {"months": -1}}, "contract.months"),
        (TERMS | {"contract": {"food": "yes"}}, "contract.food"),
        (TERMS | {"contract": {"sauna": True}}, "contract.sauna"),
        (TERMS | {"languages": [{"language": "en", "level": "B9"}]}, "languages.0.level"),
        (TERMS | {"languages": [{"language": "en", "level": "A1"}, {"language": "en", "level": "A2"}]}, "languages"),
        (TERMS | {"skills": {"essential": ["cooking"]}}, "skills.essential.0"),
        (TERMS | {"start_on": "2027-02-30"}, "start_on"),
        (TERMS | {"start_on": 1}, "start_on"),
        (TERMS | {"closes_on": "9999-12-31"}, "closes_on"),
        (TERMS | {"closes_on": "2026-11-22"}, "closes_on"),
        (TERMS | {"status": "posted"}, "status"),
        (without(TERMS, "wage"), "wage"),
        ([], "body"),
        (None, "body"),
    ],
)
async def test_a_bad_vacancy_is_refused_by_the_name_of_its_field(
    body: Any, field: str, build: Build, ask: Ask, database: Database
) -> None:
    answer = await ask(await build("empty"), "owner", "POST", "/v1/vacancies", body)
    assert answer.status_code == 422
    assert field in {error["field"] for error in answer.json()["errors"]}
    async with database.transaction() as session:
        assert await session.scalar(select(func.count()).select_from(outbox)) == 0


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (ENTRY | {"occupations": []}, "occupations"),
        (ENTRY | {"occupations": [{"isco": "9999", "years": 1}]}, "occupations.0.isco"),
        (ENTRY | {"occupations": [{"isco": "5322", "years": 99}]}, "occupations.0.years"),
        (ENTRY | {"occupations": [{"isco": "5322", "years": 1}] * 2}, "occupations"),
        (
            ENTRY | {"qualifications": [{"title": "x", "isced": 9, "country": "PH", "year": 2020}]},
            "qualifications.0.isced",
        ),
        (ENTRY | {"available_from": "soon"}, "available_from"),
        (ENTRY | {"available_from": "0"}, "available_from"),
        (ENTRY | {"facts": {"Ecr": True}}, "facts.Ecr.[key]"),
        (ENTRY | {"facts": {"height": 1.5}}, "facts.height"),
        (ENTRY | {"facts": {"height": None}}, "facts.height"),
        (ENTRY | {"facts": {"note": "her name is Maria"}}, "facts.note"),
        (ENTRY | {"name": "Maria"}, "name"),
    ],
)
async def test_a_bad_profile_is_refused_by_the_name_of_its_field(body: Any, field: str, build: Build, ask: Ask) -> None:
    answer = await ask(await build("registered"), "agency", "PUT", f"/v1/profiles/{WORKER}", body)
    assert answer.status_code == 422
    assert field in {error["field"] for error in answer.json()["errors"]}
    assert "Maria" not in answer.text


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=201", "limit=x", "cursor=x", "status=draft", "occupation=abc", "q=1"]
)
async def test_a_bad_query_is_refused(query: str, build: Build, ask: Ask) -> None:
    answer = await ask(await build("posted"), "agency", "GET", f"/v1/vacancies?{query}")
    assert answer.status_code == 422


@pytest.mark.parametrize(
    "deed",
    [f"/v1/vacancies/{VACANCY}/pause", f"/v1/vacancies/{VACANCY}/resumption", f"/v1/placements/{PLACEMENT}/selection"],
)
@pytest.mark.parametrize("body", [{"status": "posted"}, [1], "x"])
async def test_a_deed_takes_no_more_than_it_says(deed: str, body: Any, build: Build, ask: Ask) -> None:
    answer = await ask(await build("accepted"), "owner", "POST", deed, body)
    assert (answer.status_code, answer.json()["type"]) == (422, "urn:imdi:problem:invalid-request")


async def test_an_owner_may_say_why_it_pauses_and_resumes(build: Build, ask: Ask) -> None:
    stage = await build("posted")
    path = f"/v1/vacancies/{VACANCY}"
    told = {"pause": "renovation", "resumption": "done"}
    for deed, reason in told.items():
        answer = await ask(stage, "owner", "POST", f"{path}/{deed}", {"reason": reason})
        assert (answer.status_code, answer.json()["reason"]) == (200, reason)
    assert (await ask(stage, "stranger", "GET", path)).json()["reason"] is None


@pytest.mark.parametrize(
    "path",
    [
        f"/v1/vacancies/{VACANCY}/shortlist",
        f"/v1/profiles/{WORKER}/vacancies",
        "/v1/placements",
        "/v1/vacancies/snapshot",
        "/v1/vacancies/changes",
        "/v1/placements/changes",
    ],
)
@pytest.mark.parametrize("query", ["limit=0", "limit=201", "limit=x", "page=2", "cursor=x&after=x"])
async def test_every_list_refuses_a_bad_query(path: str, query: str, build: Build, ask: Ask) -> None:
    answer = await ask(await build("listed"), "owner", "GET", f"{path}?{query}")
    assert answer.status_code == 422


@pytest.mark.parametrize("limit", [0, 201])
async def test_a_shortlists_page_is_of_1_to_200(limit: int, build: Build, ask: Ask) -> None:
    path = f"/v1/vacancies/{VACANCY}/shortlist?limit={limit}"
    answer = await ask(await build("listed"), "owner", "GET", path)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "query.limit"


@pytest.mark.parametrize(
    ("who", "method", "path", "body"),
    [
        ("stranger", "GET", "/v1/vacancies/{id}/shortlist", None),
        ("stranger", "PUT", "/v1/vacancies/{id}", TERMS),
        ("stranger", "POST", "/v1/vacancies/{id}/pause", None),
        ("stranger", "POST", "/v1/vacancies/{id}/closure", {"reason": "x"}),
    ],
)
async def test_anothers_vacancy_and_an_absent_one_look_alike(
    who: str, method: str, path: str, body: Any, build: Build, ask: Ask
) -> None:
    stage = await build("posted")
    answers = [await ask(stage, who, method, path.format(id=one), body, {"If-Match": "*"}) for one in (VACANCY, ABSENT)]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert answers[0].content == answers[1].content


@pytest.mark.parametrize(
    ("deed", "body"),
    [
        ("", None),
        ("/acceptance", {"evidence": {"kind": "portal", "reference": "1"}}),
        ("/selection", None),
        ("/offer", {"wage": {"amount": "1", "currency": "SAR"}, "departure_on": "2027-01-01"}),
        ("/agreement", {"evidence": {"kind": "portal", "reference": "1"}}),
        ("/withdrawal", {"reason": "x"}),
    ],
)
async def test_anothers_placement_and_an_absent_one_look_alike(deed: str, body: Any, build: Build, ask: Ask) -> None:
    stage = await build("offered")
    method = "POST" if deed else "GET"
    answers = [await ask(stage, "stranger", method, f"/v1/placements/{one}{deed}", body) for one in (PLACEMENT, ABSENT)]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert answers[0].content == answers[1].content


async def test_without_a_token_nothing_is_said(client: AsyncClient) -> None:
    for path in ("/v1/vacancies", "/v1/vacancies/changes", "/v1/placements", f"/v1/profiles/{WORKER}"):
        assert (await client.get(path)).status_code == 401


async def test_a_change_needs_the_version_last_read(build: Build, ask: Ask) -> None:
    stage = await build("posted")
    path = f"/v1/vacancies/{VACANCY}"
    assert (await ask(stage, "owner", "PUT", path, TERMS)).status_code == 428
    etag = (await ask(stage, "owner", "GET", path)).headers["etag"]
    changed = await ask(stage, "owner", "PUT", path, TERMS | {"title": "Caregiver"}, {"If-Match": etag})
    assert changed.status_code == 200
    again = await ask(stage, "owner", "PUT", path, TERMS | {"title": "Carer"}, {"If-Match": etag})
    assert again.status_code == 412


async def test_a_command_sent_twice_is_done_once(build: Build, ask: Ask) -> None:
    stage = await build("empty")
    key = {"Idempotency-Key": "one"}
    first = await ask(stage, "owner", "POST", "/v1/vacancies", TERMS, key)
    second = await ask(stage, "owner", "POST", "/v1/vacancies", TERMS, key)
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json()["id"] == second.json()["id"]
    assert second.headers["idempotency-replayed"] == "true"
