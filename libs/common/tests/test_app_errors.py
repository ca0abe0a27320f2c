"""What each kind of error becomes at the HTTP door: the status, the slug, and that nothing of its text goes out."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
import pytest_asyncio
from asyncpg.exceptions import DeadlockDetectedError, InternalClientError
from fastapi import Response
from httpx import ASGITransport, AsyncClient
from pydantic import SecretStr
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError, InterfaceError, OperationalError, ProgrammingError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from imdi_common.app import create_app
from imdi_common.database import Database, is_environment, sqlstate
from imdi_common.door import NO_KEY, OWN, PUBLIC, Caller, door_router
from imdi_common.problems import Problem, conflict, forbidden, invalid, not_found, unauthorized, unavailable
from imdi_common.service import Runtime, Service
from imdi_local.testing.plugin import FixedClock
from imdi_local.testing.tokens import ISSUER, Mint

SECRET = "Maria Santos P1234567"
Token = Callable[..., dict[str, str]]

router = door_router(prefix="/v1/faults", tags=["faults"])
PYTHON: dict[str, Exception] = {
    "runtime": RuntimeError(SECRET),
    "key": KeyError(SECRET),
    "refused": ConnectionRefusedError(SECRET),
    "late": TimeoutError(SECRET),
    "pool": PoolTimeout(SECRET),
    "own": Problem("too-late", 409, "It has closed.", headers={"X-Told": "yes"}, closed_on="2026-11-01"),
}


@router.get("/sql/{state}", openapi_extra=OWN)
async def fail_in_database(state: str, door: Caller) -> Response:
    async with door.reading() as session:
        raising = f"do $$ begin raise exception '{SECRET}' using errcode = '{state}'; end $$"
        await session.execute(text(raising))
    raise AssertionError("unreachable")


@router.get("/python/{kind}", openapi_extra=OWN)
async def fail_in_python(kind: str, door: Caller) -> Response:
    raise PYTHON[kind]


@router.get("/cut", openapi_extra=OWN)
async def be_cut_off(door: Caller) -> Response:
    async with door.reading() as session:
        await session.execute(text("select pg_terminate_backend(pg_backend_pid())"))
    raise AssertionError("unreachable")


@router.post("/preview", openapi_extra=PUBLIC)
async def preview(door: Caller) -> Response:
    return Response(door.actor.client_id)


@router.post("/keyless", openapi_extra=NO_KEY)
async def keyless(door: Caller) -> Response:
    door.scope("ops", "steward")
    return Response(door.actor.client_id)


@pytest.fixture(scope="session")
def faulty(service: Service) -> Service:
    return replace(service, routers=[*service.routers, router])


@pytest_asyncio.fixture
async def client(runtime: Runtime, faulty: Service) -> AsyncIterator[AsyncClient]:
    app = create_app(replace(runtime, service=faulty))
    async with AsyncClient(transport=ASGITransport(app, raise_app_exceptions=False), base_url="http://imdi") as opened:
        yield opened


def slug(answer: Any) -> str:
    assert answer.headers["content-type"] == "application/problem+json"
    return str(answer.json()["type"]).removeprefix("urn:imdi:problem:")


@pytest.mark.parametrize(
    ("state", "status", "told"),
    [
        ("40001", 503, "unavailable"),
        ("40P01", 503, "unavailable"),
        ("53300", 503, "unavailable"),
        ("53100", 503, "unavailable"),
        ("55P03", 503, "unavailable"),
        ("57014", 503, "unavailable"),
        ("57P01", 503, "unavailable"),
        ("08006", 503, "unavailable"),
        ("23505", 409, "conflict"),
        ("23503", 409, "conflict"),
        ("22001", 422, "invalid-request"),
        ("22003", 422, "invalid-request"),
        ("22P05", 422, "invalid-request"),
        ("42P01", 500, "internal-error"),
        ("42501", 500, "internal-error"),
        ("P0001", 500, "internal-error"),
        ("55000", 500, "internal-error"),
    ],
)
async def test_a_database_error_is_told_by_its_class_and_never_by_its_text(
    state: str, status: int, told: str, client: AsyncClient, token: Token
) -> None:
    answer = await client.get(f"/v1/faults/sql/{state}", headers=token())
    assert (answer.status_code, slug(answer)) == (status, told)
    assert answer.headers.get("Retry-After") == ("1" if status == 503 else None)
    assert SECRET not in answer.text
    assert state not in answer.text


@pytest.mark.parametrize(
    ("kind", "status", "told"),
    [
        ("runtime", 500, "internal-error"),
        ("key", 500, "internal-error"),
        ("refused", 503, "unavailable"),
        ("late", 503, "unavailable"),
        ("pool", 503, "unavailable"),
    ],
)
async def test_any_other_error_is_told_without_its_text(
    kind: str, status: int, told: str, client: AsyncClient, token: Token
) -> None:
    answer = await client.get(f"/v1/faults/python/{kind}", headers=token())
    assert (answer.status_code, slug(answer)) == (status, told)
    assert SECRET not in answer.text


async def test_a_problem_keeps_its_further_members_and_headers(client: AsyncClient, token: Token) -> None:
    answer = await client.get("/v1/faults/python/own", headers=token())
    assert answer.headers["X-Told"] == "yes"
    assert answer.json() == {
        "type": "urn:imdi:problem:too-late",
        "title": "Too late",
        "status": 409,
        "detail": "It has closed.",
        "closed_on": "2026-11-01",
    }


async def test_a_connection_that_is_cut_is_a_503_and_the_next_request_is_served(
    client: AsyncClient, token: Token
) -> None:
    assert (await client.get("/v1/faults/cut", headers=token())).status_code == 503
    made = await client.post("/v1/things", json={"label": "a"}, headers=token() | {"Idempotency-Key": "after"})
    assert made.status_code == 201


async def test_a_wrong_method_names_the_right_ones(client: AsyncClient, token: Token) -> None:
    answer = await client.delete("/v1/faults/keyless", headers=token())
    assert (answer.status_code, slug(answer)) == (405, "method-not-allowed")
    assert answer.headers["Allow"] == "POST"


async def test_a_public_door_has_no_caller_and_a_keyless_one_needs_no_key(client: AsyncClient, token: Token) -> None:
    nobody = await client.post("/v1/faults/preview")
    assert (nobody.status_code, slug(nobody)) == (403, "forbidden")
    other = await client.post("/v1/faults/keyless", headers=token("partner"))
    assert (other.status_code, slug(other)) == (403, "forbidden")
    assert other.json()["detail"] == "This needs the scope ops or steward."
    assert (await client.post("/v1/faults/keyless", headers=token("partner steward"))).status_code == 200


@pytest.mark.parametrize("address", ["/v1/things/%00", "/v1/faults/python/runtime?x=%00"])
async def test_nul_in_an_address_is_refused(address: str, client: AsyncClient, token: Token) -> None:
    answer = await client.get(address, headers=token())
    assert (answer.status_code, slug(answer)) == (422, "invalid-request")


async def test_with_the_database_away_the_service_lives_and_says_that_it_is_not_ready(
    service: Service, clock: FixedClock, mint: Mint, token: Token
) -> None:
    url = "postgresql+asyncpg://nobody@127.0.0.1:1/none"
    settings = service.settings(
        port=0, database_url=SecretStr(url), kafka_bootstrap="127.0.0.1:1", issuer=ISSUER, jwks_url=ISSUER
    )
    database = Database(url, pool_size=1)
    app = create_app(Runtime.of(service, settings, clock=clock, database=database, trusted=lambda: mint.public))
    transport = ASGITransport(app, raise_app_exceptions=False)
    async with AsyncClient(transport=transport, base_url="http://imdi") as opened:
        assert (await opened.get("/health/live")).status_code == 200
        ready = await opened.get("/health/ready")
        assert (ready.status_code, ready.headers["Retry-After"], ready.json()["status"]) == (503, "1", "not_ready")
        posted = await opened.post("/v1/things", json={"label": "a"}, headers=token() | {"Idempotency-Key": "k"})
        assert (posted.status_code, slug(posted), posted.headers["Retry-After"]) == (503, "unavailable", "1")
        assert (await opened.get("/metrics")).status_code == 503
        assert (await opened.get("/openapi.json")).status_code == 200
    await database.close()


async def test_a_stopping_or_keyless_service_is_not_ready(runtime: Runtime) -> None:
    transport = ASGITransport(create_app(runtime))
    async with AsyncClient(transport=transport, base_url="http://imdi") as opened:
        assert (await opened.get("/health/ready")).status_code == 200
        runtime.stopping = True
        assert (await opened.get("/health/ready")).status_code == 503
    unknowing = Runtime.of(runtime.service, runtime.settings, database=runtime.database, trusted=lambda: None)
    async with AsyncClient(transport=ASGITransport(create_app(unknowing)), base_url="http://imdi") as opened:
        assert (await opened.get("/health/ready")).status_code == 503


@pytest.mark.parametrize(
    ("ahead_s", "degraded"), [(0, []), (50, []), (-50, []), (70, ["clock"]), (-70, ["clock"]), (700, ["clock"])]
)
async def test_a_clock_that_is_farther_off_than_tokens_allow_is_told_and_the_service_stays_ready(
    ahead_s: int, degraded: list[str], runtime: Runtime, clock: FixedClock, token: Token, mint: Mint
) -> None:
    clock.set(datetime.now(UTC) + timedelta(seconds=ahead_s))
    async with AsyncClient(transport=ASGITransport(create_app(runtime)), base_url="http://imdi") as opened:
        ready = await opened.get("/health/ready")
        theirs = mint.token(["urn:imdi:sample"], "partner", None, datetime.now(UTC))  # by the issuer's own, good clock
        read = await opened.get(f"/v1/things/{uuid4()}", headers={"Authorization": f"Bearer {theirs}"})
    told = [each for each in ready.json()["degraded"] if each != "kafka"]
    assert (ready.status_code, told) == (200, degraded)
    assert read.status_code == (401 if ahead_s < -60 or ahead_s > 660 else 404)


async def test_all_who_ask_for_readiness_at_once_share_one_look(runtime: Runtime) -> None:
    looks = await asyncio.gather(*(runtime.readiness.look() for _ in range(20)))
    assert len({id(found) for found in looks}) == 1
    assert await runtime.readiness.look() is not looks[0]


async def test_a_shifted_clock_is_shown_as_unsafe(runtime: Runtime, tmp_path: Any) -> None:
    shifted = runtime.settings.model_copy(update={"clock_offset_file": tmp_path / "offset"})
    app = create_app(replace(runtime, settings=shifted))
    async with AsyncClient(transport=ASGITransport(app), base_url="http://imdi") as opened:
        assert (await opened.get("/version")).json()["unsafe"] == ["clock_offset_file"]


class _Original(Exception):
    def __init__(self, state: str | None) -> None:
        super().__init__(SECRET)
        self.sqlstate = state


def wrapped(kind: type[DBAPIError], state: str | None, *, invalidated: bool = False) -> DBAPIError:
    return kind("select", {}, _Original(state), connection_invalidated=invalidated)


@pytest.mark.parametrize(
    ("error", "environment"),
    [
        (wrapped(DBAPIError, "08001"), True),
        (wrapped(DBAPIError, "40P01"), True),
        (wrapped(DBAPIError, "53300"), True),
        (wrapped(DBAPIError, "57P03"), True),
        (wrapped(DBAPIError, "55P03"), True),
        (wrapped(DBAPIError, "55000"), False),
        (wrapped(DBAPIError, "22001"), False),
        (wrapped(IntegrityError, "23505"), False),
        (wrapped(ProgrammingError, "42P01"), False),
        (wrapped(InterfaceError, None), True),
        (wrapped(OperationalError, None), True),
        (wrapped(DBAPIError, None), False),
        (wrapped(ProgrammingError, "42P01", invalidated=True), True),
        (PoolTimeout(), True),
        (ConnectionResetError(), True),
        (InternalClientError(), True),
        (TimeoutError(), True),
        (ValueError(), False),
        (conflict("wrong-state", "no"), False),
        (DeadlockDetectedError(), False),
    ],
)
def test_what_is_the_surroundings_fault(error: Exception, environment: bool) -> None:
    assert is_environment(error) is environment


def test_an_error_without_a_state_has_an_empty_one() -> None:
    assert (sqlstate(ValueError()), sqlstate(wrapped(DBAPIError, None)), sqlstate(wrapped(DBAPIError, "22001"))) == (
        "",
        "",
        "22001",
    )


@pytest.mark.parametrize(
    ("problem", "status", "kind"),
    [
        (not_found(), 404, "not-found"),
        (forbidden("no"), 403, "forbidden"),
        (unauthorized(), 401, "unauthorized"),
        (conflict("no-position-left", "no"), 409, "no-position-left"),
        (invalid("start_on", "past", "lies in the past"), 422, "invalid-request"),
        (invalid("amount", "floor", "is too low", slug="below-posted-terms"), 422, "below-posted-terms"),
        (unavailable(), 503, "unavailable"),
    ],
)
def test_problems_have_one_form(problem: Problem, status: int, kind: str) -> None:
    document = problem.document()
    assert (document["type"], document["status"]) == (f"urn:imdi:problem:{kind}", status)
    assert document["title"]
    assert document["detail"]
    assert ("errors" in document) is (status == 422)
