"""The token endpoint against RFC 6749, 6750, 7617, 8707 and 9068, where a client could gain or lose by a slip."""

from __future__ import annotations

import base64
from datetime import timedelta
from typing import Any
from urllib.parse import quote_plus, urlencode

import pytest
from httpx import AsyncClient, Response
from joserfc import jwt
from joserfc.jwk import KeySet

from imdi_common.service import Runtime
from imdi_registry.actions.set_platform_clients import PlatformClient, set_platform_clients

SERVICES = ["urn:imdi:registry", "urn:imdi:matching", "urn:imdi:legislation", "urn:imdi:worker-prep"]
FORM = "application/x-www-form-urlencoded"
SECRET = "pass word:with+signs%and=more&ümlaut"


@pytest.fixture
async def steward(runtime: Runtime, client: AsyncClient) -> tuple[str, str]:
    """A platform client with two scopes, whose id and secret need encoding."""
    made = PlatformClient("Steward", "steward:1", SECRET, ["steward", "ops"])
    async with runtime.database.transaction() as session:
        await set_platform_clients(session, [made], runtime.clock.now())
    return made.client_id, made.client_secret


def basic(client_id: str, secret: str, scheme: str = "Basic") -> dict[str, str]:
    """As RFC 6749 §2.3.1 has it: each part form-encoded first."""
    pair = f"{quote_plus(client_id)}:{quote_plus(secret)}".encode()
    return {"Authorization": f"{scheme} {base64.b64encode(pair).decode()}"}


async def ask(
    client: AsyncClient, pairs: list[tuple[str, str]], headers: dict[str, str] | None = None, kind: str = FORM
) -> Response:
    content = urlencode([("grant_type", "client_credentials"), *pairs])
    return await client.post("/oauth/token", content=content, headers={"Content-Type": kind} | (headers or {}))


async def claims(client: AsyncClient, answer: Response) -> dict[str, Any]:
    assert answer.status_code == 200, answer.text
    keys = KeySet.import_key_set((await client.get("/.well-known/jwks.json")).json())
    return dict(jwt.decode(answer.json()["access_token"], keys, algorithms=["ES256"]).claims)


@pytest.mark.parametrize(
    ("asked", "granted"),
    [
        (None, "steward ops"),
        ("", "steward ops"),
        ("  ", "steward ops"),
        ("ops", "ops"),
        ("steward", "steward"),
        ("ops steward", "ops steward"),
        ("ops ops", "ops"),
    ],
)
async def test_scopes_are_narrowed_to_what_is_asked(
    client: AsyncClient, steward: tuple[str, str], asked: str | None, granted: str
) -> None:
    answer = await ask(client, [] if asked is None else [("scope", asked)], basic(*steward))
    body = await claims(client, answer)
    assert answer.json()["scope"] == body["scope"] == granted
    assert body["member"] is None


@pytest.mark.parametrize("asked", ["partner", "ops partner", "OPS", "steward,ops", "*"])
async def test_no_scope_is_granted_that_the_client_has_not(
    client: AsyncClient, steward: tuple[str, str], asked: str
) -> None:
    answer = await ask(client, [("scope", asked)], basic(*steward))
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_scope")
    assert "access_token" not in answer.json()


@pytest.mark.parametrize(
    ("resources", "audience"),
    [
        ([], SERVICES),
        ([""], SERVICES),
        (["urn:imdi:matching"], ["urn:imdi:matching"]),
        (["urn:imdi:matching", "urn:imdi:matching"], ["urn:imdi:matching"]),
        (["urn:imdi:worker-prep", "urn:imdi:registry"], ["urn:imdi:worker-prep", "urn:imdi:registry"]),
    ],
)
async def test_a_token_is_for_the_services_that_are_named(
    client: AsyncClient, steward: tuple[str, str], resources: list[str], audience: list[str]
) -> None:
    answer = await ask(client, [("resource", one) for one in resources], basic(*steward))
    assert (await claims(client, answer))["aud"] == audience


@pytest.mark.parametrize(
    "resources", [["urn:imdi:portal"], ["urn:imdi:matching", "https://evil.example"], ["matching"]]
)
async def test_a_token_is_for_no_other_service(
    client: AsyncClient, steward: tuple[str, str], resources: list[str]
) -> None:
    answer = await ask(client, [("resource", one) for one in resources], basic(*steward))
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_target")


@pytest.mark.parametrize("scheme", ["Basic", "basic", "BASIC"])
async def test_ids_and_secrets_with_signs_in_them_pass_through_basic(
    client: AsyncClient, steward: tuple[str, str], scheme: str
) -> None:
    answer = await ask(client, [], basic(*steward, scheme=scheme))
    assert (await claims(client, answer))["client_id"] == "steward:1"


async def test_ids_and_secrets_with_signs_in_them_pass_through_the_form(
    client: AsyncClient, steward: tuple[str, str]
) -> None:
    pairs = [("client_id", steward[0]), ("client_secret", steward[1])]
    assert (await ask(client, pairs, kind=f"{FORM}; charset=utf-8")).status_code == 200


async def test_the_same_id_may_stand_in_the_form_too(client: AsyncClient, steward: tuple[str, str]) -> None:
    assert (await ask(client, [("client_id", steward[0])], basic(*steward))).status_code == 200


@pytest.mark.parametrize(
    ("client_id", "secret"), [("steward:1", SECRET + " "), ("steward:1", ""), ("Steward:1", SECRET), ("", SECRET)]
)
async def test_nearly_right_is_wrong_and_both_wrongs_sound_alike(
    client: AsyncClient, steward: tuple[str, str], client_id: str, secret: str
) -> None:
    wrong = await ask(client, [], basic(client_id, secret))
    unknown = await ask(client, [], basic("nobody", "nothing"))
    assert (wrong.status_code, wrong.json()) == (401, unknown.json())
    assert wrong.headers["WWW-Authenticate"].startswith("Basic ")


@pytest.mark.parametrize("name", ["grant_type", "scope", "client_id", "client_secret"])
async def test_a_parameter_said_twice_is_refused_even_when_it_says_the_same(
    client: AsyncClient, steward: tuple[str, str], name: str
) -> None:
    said = {"client_id": steward[0], "client_secret": steward[1], "scope": "ops", "grant_type": "client_credentials"}
    pairs = [pair for pair in said.items() if pair[0] != "grant_type"] + [(name, said[name])]
    answer = await ask(client, pairs)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


async def test_unknown_parameters_are_passed_over(client: AsyncClient, steward: tuple[str, str]) -> None:
    """RFC 6749 §3.2: the server must ignore what it does not know."""
    assert (await ask(client, [("audience", "x"), ("member", "y")], basic(*steward))).status_code == 200


async def test_a_token_is_asked_for_by_post_alone(client: AsyncClient) -> None:
    assert (await client.get("/oauth/token?grant_type=client_credentials")).status_code == 405


async def test_a_new_secret_does_not_wait_for_the_old_token(
    client: AsyncClient, runtime: Runtime, steward: tuple[str, str]
) -> None:
    async with runtime.database.transaction() as session:
        renewed = PlatformClient("Steward", steward[0], "renewed", ["ops"])
        await set_platform_clients(session, [renewed], runtime.clock.now())
    assert (await ask(client, [], basic(*steward))).status_code == 401
    assert (await ask(client, [("scope", "steward")], basic(steward[0], "renewed"))).status_code == 400
    assert (await ask(client, [], basic(steward[0], "renewed"))).json()["scope"] == "ops"


async def test_the_member_in_the_token_is_as_it_stands_now(desk: Any, client: AsyncClient) -> None:
    member_id = await desk.join("Himal")
    made = (await desk.post(f"/v1/members/{member_id}/clients", "Himal", {"name": "office"})).json()
    told = []
    for move in (None, "suspension", "reinstatement", "withdrawal"):
        if move:
            await desk.post(
                f"/v1/members/{member_id}/{move}", "steward", {"reason": "x"} if move != "reinstatement" else {}
            )
        member = (await claims(client, await ask(client, [], basic(made["client_id"], made["client_secret"]))))[
            "member"
        ]
        told.append((member["status"], member["sequence"]))
    assert told == [("accredited", 2), ("suspended", 3), ("accredited", 4), ("withdrawn", 5)]


@pytest.mark.parametrize(
    ("claim", "status"),
    [
        ({}, 200),
        ({"aud": ["urn:imdi:matching"]}, 401),
        ({"aud": []}, 401),
        ({"iss": "https://elsewhere.example"}, 401),
        ({"exp": 0}, 401),
    ],
)
async def test_registry_takes_no_token_meant_for_another(
    client: AsyncClient, token: Any, claim: dict[str, Any], status: int
) -> None:
    header = token(scopes="steward", **claim)
    assert (await client.get("/v1/members", headers=header)).status_code == status


async def test_an_old_token_opens_nothing(client: AsyncClient, token: Any, clock: Any) -> None:
    header = token(scopes="steward")
    assert (await client.get("/v1/members", headers=header)).status_code == 200
    clock.advance(timedelta(minutes=30))
    assert (await client.get("/v1/members", headers=header)).status_code == 401


async def test_a_token_without_the_stewards_scope_is_no_steward(desk: Any, client: AsyncClient, token: Any) -> None:
    member_id = await desk.join("Himal")
    for scopes in ("ops", "partner", "stewards", ""):
        headers = token(scopes=scopes) | {"Idempotency-Key": f"key-{scopes}"}
        answer = await client.post(f"/v1/members/{member_id}/suspension", json={"reason": "x"}, headers=headers)
        assert (scopes, answer.status_code) == (scopes, 403)
    assert (await desk.get(f"/v1/members/{member_id}", "steward")).json()["status"] == "accredited"
