from __future__ import annotations

import io
import json
import sys
from typing import Any

import pytest
from httpx import AsyncClient
from pydantic import ValidationError

from imdi_common.service import Runtime
from imdi_registry.app import bootstrap

FIRST, SECOND = "first-" * 6, "second" * 6


def stdin(monkeypatch: pytest.MonkeyPatch, secret: str, **changed: Any) -> None:
    client = {"name": "Steward", "client_id": "steward", "client_secret": secret, "scopes": ["steward", "ops"]}
    monkeypatch.setattr(sys, "stdin", io.StringIO(json.dumps({"clients": [client | changed]})))


async def token_status(client: AsyncClient, client_id: str, secret: str) -> int:
    form = {"grant_type": "client_credentials", "client_id": client_id, "client_secret": secret}
    return (await client.post("/oauth/token", data=form)).status_code


async def test_the_operators_clients_are_set_as_given(
    runtime: Runtime, client: AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    for secret, other in [(FIRST, SECOND), (SECOND, FIRST)]:
        stdin(monkeypatch, secret)
        await bootstrap(runtime)
        assert await token_status(client, "steward", secret) == 200
        assert await token_status(client, "steward", other) == 401


async def test_a_members_client_is_never_taken(
    desk: Any, runtime: Runtime, client: AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    member_id = await desk.join("Himal")
    made = (await desk.post(f"/v1/members/{member_id}/clients", "steward", {"name": "office"})).json()
    stdin(monkeypatch, SECOND, client_id=made["client_id"])
    await bootstrap(runtime)
    assert await token_status(client, made["client_id"], SECOND) == 401
    assert await token_status(client, made["client_id"], made["client_secret"]) == 200


@pytest.mark.parametrize(
    "changed", [{"scopes": "steward"}, {"scopes": None}, {"client_id": ""}, {"client_secret": FIRST[:31]}]
)
async def test_bad_input_sets_nothing_and_shows_no_secret(
    runtime: Runtime, client: AsyncClient, monkeypatch: pytest.MonkeyPatch, changed: dict[str, Any]
) -> None:
    stdin(monkeypatch, FIRST, **changed)
    with pytest.raises(ValidationError) as raised:
        await bootstrap(runtime)
    assert "first-" not in str(raised.value)
    for secret in (FIRST, FIRST[:31]):
        assert await token_status(client, "steward", secret) == 401


async def test_a_secret_that_was_not_filled_in_opens_nothing(
    runtime: Runtime, client: AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    stdin(monkeypatch, "")
    with pytest.raises(ValidationError, match="at least 32"):
        await bootstrap(runtime)
    answer = await client.post("/oauth/token", data={"grant_type": "client_credentials"}, auth=("steward", ""))
    assert answer.status_code == 401


@pytest.mark.parametrize("given", [{}, {"clients": None}, {"client": []}, []])
async def test_input_without_clients_is_told_so(
    runtime: Runtime, monkeypatch: pytest.MonkeyPatch, given: object
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(json.dumps(given)))
    with pytest.raises(ValidationError, match=r"clients|valid dictionary"):
        await bootstrap(runtime)
