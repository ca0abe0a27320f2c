"""What needs no token has a share of each minute for each address."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from httpx import AsyncClient, Response

from imdi_common.rate_limit import RateLimit
from imdi_common.service import Runtime
from imdi_registry.settings import Settings


def demand_patience(answer: Response) -> None:
    assert (answer.status_code, answer.json()["type"]) == (429, "urn:imdi:problem:too-many-requests")
    assert 0 < int(answer.headers["Retry-After"]) <= 60


async def test_one_address_may_not_apply_without_end(desk: Any, applying: Any, runtime: Runtime, clock: Any) -> None:
    runtime.resources = replace(runtime.resources, applications=RateLimit(2))
    sent = [await desk.post("/v1/members", None, applying()) for _ in range(3)]
    assert [answer.status_code for answer in sent[:2]] == [201, 201]
    demand_patience(sent[2])
    assert len((await desk.get("/v1/members", "steward")).json()["items"]) == 2, "what was refused was done"
    clock.advance(timedelta(minutes=1))
    assert (await desk.post("/v1/members", None, applying())).status_code == 201


async def test_one_address_may_not_guess_secrets_without_end(client: AsyncClient, runtime: Runtime) -> None:
    runtime.resources = replace(runtime.resources, tokens=RateLimit(2))
    form = {"grant_type": "client_credentials", "client_id": "imdi-none", "client_secret": "wrong"}
    asked = [await client.post("/oauth/token", data=form) for _ in range(3)]
    assert [answer.status_code for answer in asked[:2]] == [401, 401]
    demand_patience(asked[2])


def test_a_share_is_large_unless_set() -> None:
    given = {name: field.default for name, field in Settings.model_fields.items()}
    assert given["applications_per_minute"] >= 120
    assert given["tokens_per_minute"] >= 1200
