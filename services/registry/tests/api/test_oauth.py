from __future__ import annotations

import base64
from datetime import timedelta
from typing import Any

import pytest
from httpx import AsyncClient, Response
from joserfc import jwt
from joserfc.jwk import KeySet

from imdi_registry.app import rotate_signing_key

FORM = {"grant_type": "client_credentials"}


async def a_client(desk: Any) -> dict[str, str]:
    member_id = await desk.join("Himal")
    made = (await desk.post(f"/v1/members/{member_id}/clients", "steward", {"name": "back office"})).json()
    return {"client_id": made["client_id"], "client_secret": made["client_secret"], "member_id": member_id}


async def ask(client: AsyncClient, form: dict[str, Any] | str, **headers: str) -> Response:
    if isinstance(form, dict):
        return await client.post("/oauth/token", data=form, headers=headers)
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    return await client.post("/oauth/token", content=form, headers=kind | headers)


def credentials(made: dict[str, str]) -> dict[str, str]:
    return {name: made[name] for name in ("client_id", "client_secret")}


def basic(client_id: str, secret: str) -> str:
    return "Basic " + base64.b64encode(f"{client_id}:{secret}".encode()).decode()


async def claims(client: AsyncClient, answer: Response) -> tuple[dict[str, Any], dict[str, Any]]:
    keys = KeySet.import_key_set((await client.get("/.well-known/jwks.json")).json())
    token = jwt.decode(answer.json()["access_token"], keys, algorithms=["ES256"])
    return dict(token.header), dict(token.claims)


async def test_a_token_says_who_acts_for_which_member_until_when(desk: Any, client: AsyncClient, clock: Any) -> None:
    made = await a_client(desk)
    answer = await ask(client, FORM | credentials(made))
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.json() | {"access_token": ""} == {
        "access_token": "",
        "token_type": "Bearer",
        "expires_in": 600,
        "scope": "partner",
    }
    header, body = await claims(client, answer)
    assert header["typ"] == "at+jwt"
    assert header["kid"]
    assert body["iss"] == "http://registry.test"
    assert body["sub"] == body["client_id"] == made["client_id"]
    assert body["aud"] == ["urn:imdi:registry", "urn:imdi:matching", "urn:imdi:legislation", "urn:imdi:worker-prep"]
    assert body["exp"] - body["iat"] == 600
    assert body["iat"] == int(clock.now().timestamp())
    assert body["member"] == {
        "id": made["member_id"],
        "kind": "recruitment_agency",
        "country": "NP",
        "status": "accredited",
        "licensed_until": "2027-01-01",
        "sequence": 2,
    }
    _, other = await claims(client, await ask(client, FORM | credentials(made)))
    assert other["jti"] != body["jti"]


async def test_basic_authentication_and_one_resource(desk: Any, client: AsyncClient) -> None:
    made = await a_client(desk)
    form = "grant_type=client_credentials&resource=urn:imdi:matching&resource=urn:imdi:legislation&scope=partner"
    answer = await ask(client, form, Authorization=basic(made["client_id"], made["client_secret"]))
    _, body = await claims(client, answer)
    assert body["aud"] == ["urn:imdi:matching", "urn:imdi:legislation"]


async def test_a_suspended_members_token_says_so(desk: Any, client: AsyncClient) -> None:
    made = await a_client(desk)
    await desk.post(f"/v1/members/{made['member_id']}/suspension", "steward", {"reason": "x"})
    _, body = await claims(client, await ask(client, FORM | credentials(made)))
    assert (body["member"]["status"], body["member"]["sequence"]) == ("suspended", 3)


@pytest.mark.parametrize(
    ("form", "status", "error"),
    [
        ("", 401, "invalid_client"),
        ("client_id={id}&client_secret={secret}", 400, "invalid_request"),
        ("grant_type=password&client_id={id}&client_secret={secret}", 400, "unsupported_grant_type"),
        ("grant_type=client_credentials&client_id={id}&client_secret=wrong", 401, "invalid_client"),
        ("grant_type=client_credentials&client_id=nobody&client_secret={secret}", 401, "invalid_client"),
        ("grant_type=client_credentials&client_id={id}", 401, "invalid_client"),
        ("grant_type=client_credentials&client_id={id}&client_id={id}&client_secret={secret}", 400, "invalid_request"),
        ("grant_type=client_credentials&client_id=%00&client_secret=x", 400, "invalid_request"),
        ("grant_type=client_credentials&client_id=%ff&client_secret=x", 400, "invalid_request"),
        ("grant_type=client_credentials&scope=steward&client_id={id}&client_secret={secret}", 400, "invalid_scope"),
        ("grant_type=client_credentials&resource=urn:x&client_id={id}&client_secret={secret}", 400, "invalid_target"),
        ("&".join(["a=b"] * 60), 400, "invalid_request"),
    ],
)
async def test_refusals_are_those_of_the_standard(
    desk: Any, client: AsyncClient, form: str, status: int, error: str
) -> None:
    made = await a_client(desk)
    answer = await ask(client, form.format(id=made["client_id"], secret=made["client_secret"]))
    assert (answer.status_code, answer.json()["error"]) == (status, error)
    assert answer.headers["Cache-Control"] == "no-store"
    assert ("WWW-Authenticate" in answer.headers) == (status == 401)
    assert made["client_secret"] not in answer.text


@pytest.mark.parametrize(
    ("header", "error"),
    [
        ("Basic", "invalid_client"),
        ("Basic !!!", "invalid_client"),
        ("Basic " + base64.b64encode(b"\xff:\xff").decode(), "invalid_client"),
        (basic("a%00b", "x"), "invalid_client"),
        (basic("nobody", "x"), "invalid_client"),
        (basic("nobody", ""), "invalid_client"),
    ],
)
async def test_a_broken_basic_header_is_no_client(client: AsyncClient, header: str, error: str) -> None:
    answer = await ask(client, FORM, Authorization=header)
    assert (answer.status_code, answer.json()["error"]) == (401, error)


async def test_two_ways_at_once_are_refused(desk: Any, client: AsyncClient) -> None:
    made = await a_client(desk)
    header = basic(made["client_id"], made["client_secret"])
    both = await ask(client, FORM | credentials(made), Authorization=header)
    assert (both.status_code, both.json()["error"]) == (400, "invalid_request")
    other = await ask(client, FORM | {"client_id": "another"}, Authorization=header)
    assert (other.status_code, other.json()["error"]) == (401, "invalid_client")


async def test_a_json_body_is_no_form(client: AsyncClient) -> None:
    answer = await client.post("/oauth/token", json=FORM)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


async def test_a_deleted_client_gets_no_token(desk: Any, client: AsyncClient) -> None:
    made = await a_client(desk)
    await desk.join("Rival")
    assert (await desk.send("DELETE", f"/v1/clients/{made['client_id']}", "Rival")).status_code == 404
    assert (await desk.send("DELETE", f"/v1/clients/{made['client_id']}", "Himal")).status_code == 204
    assert (await desk.send("DELETE", f"/v1/clients/{made['client_id']}", "Himal")).status_code == 404
    assert (await ask(client, FORM | credentials(made))).status_code == 401


async def test_a_secret_is_shown_once(desk: Any) -> None:
    member_id = await desk.join("Himal")
    path = f"/v1/members/{member_id}/clients"
    first = await desk.post(path, "Himal", {"name": "office"}, key="one")
    again = await desk.post(path, "Himal", {"name": "office"}, key="one")
    assert first.status_code == again.status_code == 201
    assert len(first.json()["client_secret"]) == 43
    assert again.json() == first.json() | {"client_secret": None}
    listed = (await desk.get(path, "Himal")).json()["items"]
    assert [item["client_id"] for item in listed] == [first.json()["client_id"]]
    assert "client_secret" not in listed[0]
    await desk.send("DELETE", f"/v1/clients/{first.json()['client_id']}", "steward")
    assert (await desk.post(path, "Himal", {"name": "office"}, key="one")).status_code == 404


async def test_clients_do_not_exist_for_strangers(desk: Any) -> None:
    member_id = await desk.join("Himal")
    await desk.join("Rival")
    path = f"/v1/members/{member_id}/clients"
    assert (await desk.post(path, "Rival", {"name": "office"})).status_code == 404
    assert (await desk.get(path, "Rival")).status_code == 404


async def test_the_issuer_describes_itself(client: AsyncClient) -> None:
    body = (await client.get("/.well-known/oauth-authorization-server")).json()
    assert body["token_endpoint"] == "http://registry.test/oauth/token"
    assert body["jwks_uri"] == "http://registry.test/.well-known/jwks.json"


async def test_keys_rotated_elsewhere_are_noticed(desk: Any, client: AsyncClient, clock: Any, runtime: Any) -> None:
    made = await a_client(desk)
    header, _ = await claims(client, await ask(client, FORM | credentials(made)))
    await rotate_signing_key(runtime)
    clock.advance(timedelta(minutes=1))
    assert len((await client.get("/.well-known/jwks.json")).json()["keys"]) == 2
    clock.advance(timedelta(minutes=5))
    later, _ = await claims(client, await ask(client, FORM | credentials(made)))
    assert later["kid"] != header["kid"]
