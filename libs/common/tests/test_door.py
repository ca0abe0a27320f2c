"""The HTTP door on a sample service: who calls, idempotency, ETags, errors as problem details."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from httpx import AsyncClient
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey
from sqlalchemy import text

from imdi_common.database import Database
from imdi_local.testing.plugin import FixedClock
from imdi_local.testing.tokens import Mint

Token = Callable[..., dict[str, str]]


def problem(response: Any) -> str:
    assert response.headers["content-type"] == "application/problem+json"
    body = response.json()
    assert body["status"] == response.status_code
    return str(body["type"]).removeprefix("urn:imdi:problem:")


async def things_made(database: Database) -> int:
    async with database.transaction() as session:
        return int(await session.scalar(text("select count(*) from thing")) or 0)


async def test_the_same_key_again_makes_nothing_and_is_answered_the_same(
    client: AsyncClient, token: Token, database: Database
) -> None:
    headers = token() | {"Idempotency-Key": "k1"}
    first = await client.post("/v1/things", json={"label": "a"}, headers=headers)
    again = await client.post("/v1/things", json={"label": "a"}, headers=headers)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert "Idempotency-Replayed" not in first.headers
    assert again.headers["Idempotency-Replayed"] == "true"
    assert await things_made(database) == 1


async def test_a_key_is_refused_for_another_body_and_is_anothers_own(client: AsyncClient, token: Token) -> None:
    key = {"Idempotency-Key": "k1"}
    await client.post("/v1/things", json={"label": "a"}, headers=token() | key)
    other_body = await client.post("/v1/things", json={"label": "b"}, headers=token() | key)
    assert (other_body.status_code, problem(other_body)) == (422, "idempotency-key-reused")
    other_client = await client.post("/v1/things", json={"label": "a"}, headers=token(client_id="other") | key)
    assert other_client.status_code == 201
    assert "Idempotency-Replayed" not in other_client.headers


async def test_fifty_at_once_with_one_key_do_it_once(client: AsyncClient, token: Token, database: Database) -> None:
    headers = token() | {"Idempotency-Key": "race"}
    answers = await asyncio.gather(
        *(client.post("/v1/things", json={"label": "a"}, headers=headers) for _ in range(50))
    )
    assert {answer.status_code for answer in answers} <= {201, 409}
    assert len({answer.json()["id"] for answer in answers if answer.status_code == 201}) == 1
    assert {problem(answer) for answer in answers if answer.status_code == 409} <= {"idempotency-in-flight"}
    assert await things_made(database) == 1


@pytest.mark.parametrize("key", [None, "", "x" * 256, "naïve".encode()])
async def test_a_post_needs_a_key(key: Any, client: AsyncClient, token: Token) -> None:
    headers: Any = token() | ({} if key is None else {"Idempotency-Key": key})
    answer = await client.post("/v1/things", json={"label": "a"}, headers=headers)
    assert (answer.status_code, problem(answer)) == (400, "idempotency-key-missing")


@pytest.mark.parametrize("body", [b"x", b"\xff\xfe", b"1" * 5000, b"[]", b'{"extra": 1}'])
async def test_a_deed_without_a_body_takes_none(body: bytes, client: AsyncClient, token: Token) -> None:
    address = "/v1/things/touch"
    answer = await client.post(address, content=body, headers=token() | {"Idempotency-Key": "k"})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "body")
    for empty in (b"", b" ", b"{}", b"null"):
        answer = await client.post(address, content=empty, headers=token() | {"Idempotency-Key": f"k{empty!r}"})
        assert answer.status_code == 200


async def test_a_failed_command_leaves_its_key_free(client: AsyncClient, token: Token) -> None:
    headers = token() | {"Idempotency-Key": "k1"}
    assert (await client.post("/v1/things", json={"label": ""}, headers=headers)).status_code == 422
    assert (await client.post("/v1/things", json={"label": "a"}, headers=headers)).status_code == 201


async def test_a_change_needs_the_etag_last_read(client: AsyncClient, token: Token) -> None:
    made = await client.post("/v1/things", json={"label": "a"}, headers=token() | {"Idempotency-Key": "k"})
    address, etag = f"/v1/things/{made.json()['id']}", made.headers["ETag"]
    assert (await client.get(address, headers=token())).headers["ETag"] == etag
    without = await client.put(address, json={"label": "b"}, headers=token())
    assert (without.status_code, problem(without)) == (428, "precondition-required")
    good = await client.put(address, json={"label": "b"}, headers=token() | {"If-Match": etag})
    assert (good.status_code, good.json()["label"]) == (200, "b")
    assert good.headers["ETag"] != etag
    stale = await client.put(address, json={"label": "c"}, headers=token() | {"If-Match": etag})
    assert (stale.status_code, problem(stale)) == (412, "precondition-failed")


async def test_of_many_changes_with_one_etag_one_wins(client: AsyncClient, token: Token) -> None:
    made = await client.post("/v1/things", json={"label": "a"}, headers=token() | {"Idempotency-Key": "k"})
    headers = token() | {"If-Match": made.headers["ETag"]}
    address = f"/v1/things/{made.json()['id']}"
    answers = await asyncio.gather(*(client.put(address, json={"label": str(n)}, headers=headers) for n in range(100)))
    assert sorted(answer.status_code for answer in answers) == [200] + [412] * 99


BAD_INPUT = [
    ('{"label": "a", "extra": 1}', "extra", "extra_forbidden"),
    ("{}", "label", "missing"),
    ('{"label": 7}', "label", "string_type"),
    ('{"label": "' + "x" * 201 + '"}', "label", "string_too_long"),
    ('{"label": "a\\u0007"}', "label", "value_error"),
    ('{"label": "\\ud800"}', "label", None),
    ("[]", "body", None),
    ("{", None, "json_invalid"),
]


@pytest.mark.parametrize(("body", "field", "rule"), BAD_INPUT)
async def test_bad_input_is_told_by_field_and_rule_and_never_echoed(
    body: str, field: str | None, rule: str | None, client: AsyncClient, token: Token, database: Database
) -> None:
    headers = token() | {"Idempotency-Key": "k", "Content-Type": "application/json"}
    answer = await client.post("/v1/things", content=body.encode(), headers=headers)
    assert (answer.status_code, problem(answer)) == (422, "invalid-request")
    error = answer.json()["errors"][0]
    assert field is None or error["field"] == field
    assert rule is None or error["rule"] == rule
    assert "x" * 100 not in answer.text
    assert await things_made(database) == 0


@pytest.mark.parametrize(
    "body",
    [b'{"label": "a\\u0000b"}', b'{"label": NaN}', b"[" * 50_000, b'{"label": 1e999}', b"\xff\xfe", b"1" * 5000],
)
async def test_what_no_database_or_parser_can_hold_is_a_4xx(body: bytes, client: AsyncClient, token: Token) -> None:
    headers = token() | {"Idempotency-Key": "k", "Content-Type": "application/json"}
    answer = await client.post("/v1/things", content=body, headers=headers)
    assert 400 <= answer.status_code < 500
    assert problem(answer)


async def test_a_body_too_large_is_refused(client: AsyncClient, token: Token) -> None:
    answer = await client.post("/v1/things", json={"label": "x" * 300_000}, headers=token() | {"Idempotency-Key": "k"})
    assert (answer.status_code, problem(answer)) == (413, "body-too-large")


async def test_absent_and_unknown_addresses_are_404(client: AsyncClient, token: Token) -> None:
    for address in (f"/v1/things/{uuid4()}", "/v1/nothing"):
        answer = await client.get(address, headers=token())
        assert (answer.status_code, problem(answer)) == (404, "not-found")


async def test_who_calls_is_settled_before_anything_is_read(client: AsyncClient, token: Token) -> None:
    member = {"id": uuid4(), "kind": "employer", "country": "SA", "status": "suspended"}
    for method, address in (("GET", f"/v1/things/{uuid4()}"), ("POST", "/v1/things"), ("GET", "/v1/things/none")):
        bare = await client.request(method, address, content=b"{")
        assert (bare.status_code, problem(bare)) == (401, "unauthorized")
        fallen = await client.request(method, address, content=b"{", headers=token(member=member))
        assert (fallen.status_code, problem(fallen)) == (403, "forbidden")


def forged(mint: Mint, clock: FixedClock) -> dict[str, str]:
    now = clock.now()
    good: Any = {"audience": ["urn:imdi:sample"], "scopes": "partner", "member": None, "now": now}
    own, claims = ECKey.generate_key("P-256", {"kid": "test"}), {"iss": "http://registry.test", "client_id": "x"}
    times = {"iat": int(now.timestamp()), "exp": int(now.timestamp()) + 60, "aud": ["urn:imdi:sample"]}
    header = {"typ": "at+jwt", "kid": "test"}
    public = OctKey.import_key(b"0" * 64)
    return {
        "nothing": "",
        "garbage": "a.b.c",
        "other audience": mint.token(**(good | {"audience": ["urn:imdi:registry"]})),
        "expired": mint.token(**(good | {"now": now - timedelta(minutes=12)})),
        "from the future": mint.token(**(good | {"now": now + timedelta(minutes=5)})),
        "other issuer": mint.token(**good, iss="http://elsewhere"),
        "no client": mint.token(**good, client_id=None),
        "another's key": jwt.encode(header | {"alg": "ES256"}, claims | times, own),
        "symmetric": jwt.encode(header | {"alg": "HS256"}, claims | times, public),
        "times as text": mint.token(**good, exp="tomorrow"),
        "truncated": mint.token(**good)[:-4],
    }


async def test_forged_tokens_are_refused(client: AsyncClient, mint: Mint, clock: FixedClock) -> None:
    for name, bad in forged(mint, clock).items():
        answer = await client.get(f"/v1/things/{uuid4()}", headers={"Authorization": f"Bearer {bad}"})
        assert (name, answer.status_code) == (name, 401)


async def test_operators_see_and_decide_on_what_is_held(
    client: AsyncClient, token: Token, database: Database, clock: FixedClock
) -> None:
    async with database.transaction() as session:
        await session.execute(
            text(
                'insert into held_record (status, reaction, topic, partition, "offset", key, headers, value, '
                "error_class, attempts, first_at, last_at, next_at) values ('parked', 'act', 't', 0, 1, 'a', '[]', "
                "'secret', 'ValueError', 1, :now, :now, :now)"
            ),
            {"now": clock.now()},
        )
    assert (await client.get("/ops/held", headers=token())).status_code == 403
    listed = await client.get("/ops/held?status=parked", headers=token("ops"))
    record = listed.json()["items"][0]
    assert (record["key"], record["error_class"]) == ("a", "ValueError")
    assert "secret" not in listed.text
    ops = token("ops")
    retried = await client.post(f"/ops/held/{record['id']}/retry", headers=ops | {"Idempotency-Key": "1"})
    assert (retried.status_code, retried.json()["status"]) == (200, "waiting")
    gone = await client.post(
        f"/ops/held/{record['id']}/discard", json={"reason": "a test"}, headers=ops | {"Idempotency-Key": "2"}
    )
    assert (gone.json()["status"], gone.json()["reason"]) == ("discarded", "a test")
    late = await client.post(f"/ops/held/{record['id']}/retry", headers=ops | {"Idempotency-Key": "3"})
    assert (late.status_code, problem(late)) == (409, "wrong-state")
    assert (await client.get("/ops/flow", headers=ops)).json()["held"] == {"discarded": 1}


async def test_health_version_metrics_and_docs_are_open_and_need_no_network(
    client: AsyncClient, clock: FixedClock
) -> None:
    clock.set(datetime.now(UTC))
    assert (await client.get("/health/live")).json() == {"status": "live"}
    assert (await client.get("/health/ready")).json() == {"status": "degraded", "degraded": ["kafka"]}
    assert (await client.get("/version")).json()["service"] == "sample"
    assert "imdi_outbox_unpublished" in (await client.get("/metrics")).text
    page = await client.get("/docs")
    assert "http" not in page.text.replace("<!doctype html>", "")
    assert "default-src 'self'" in page.headers["content-security-policy"]
    for name in ("swagger-ui-bundle.js", "swagger-ui.css", "docs.js"):
        assert (await client.get(f"/docs/{name}")).status_code == 200
    document = (await client.get("/openapi.json")).json()
    post = document["paths"]["/v1/things"]["post"]
    assert post["security"] == [{"bearer": []}]
    assert "Idempotency-Key" in {parameter["name"] for parameter in post["parameters"]}
    assert set(post["responses"]["422"]["content"]) == {"application/problem+json"}
