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


def stdin(monkeypatch: pytest.MonkeyPatch, secret: str, **changed: Any) -> None:
    client = {"name": "Steward", "client_id": "steward", "client_secret": secret, "scopes": ["steward", "ops"]}
    monkeypatch.setattr(sys, "stdin", io.StringIO(json.dumps({"clients": [client | changed]})))


async def token_status(client: AsyncClient, client_id: str, secret: str) -> int:
    form = {"grant_type": "client_credentials", "client_id": client_id, "client_secret": secret}
    return (await client.post("/oauth/token", data=form)).status_code


async def test_the_operators_clients_are_set_as_given(
    runtime: Runtime, client: AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    for secret, other in [("first", "second"), ("second", "first")]:
        stdin(monkeypatch, secret)
        await bootstrap(runtime)
        assert await token_status(client, "steward", secret) == 200
        assert await token_status(client, "steward", other) == 401


async def test_a_members_client_is_never_taken(
    desk: Any, runtime: Runtime, client: AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    member_id = await desk.join("Himal")
    made = (await desk.post(f"/v1/members/{member_id}/clients", "steward", {"name": "office"})).json()
    stdin(monkeypatch, "stolen", client_id=made["client_id"])
    await bootstrap(runtime)
    assert await token_status(client, made["client_id"], "stolen") == 401
    assert await token_status(client, made["client_id"], made["client_secret"]) == 200


async def test_bad_input_sets_nothing(runtime: Runtime, client: AsyncClient, monkeypatch: pytest.MonkeyPatch) -> None:
    stdin(monkeypatch, "first", scopes="steward")
    with pytest.raises(ValidationError):
        await bootstrap(runtime)
    assert await token_status(client, "steward", "first") == 401
