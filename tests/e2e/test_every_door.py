"""Every operation of every running service, from its own OpenAPI document: nobody gets in, nothing falls over."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import httpx
import pytest

from imdi_local.demo.partner import Partner

pytestmark = pytest.mark.xdist_group("platform")
SERVICES = ("registry", "matching", "legislation", "worker-prep")
MEDIA_TYPE = "application/problem+json"
GARBAGE = [b"", b"{", b"[]", b"null", b'"text"', b"1e400", b'{"a":NaN}', b"\xff\xfe", b'{"\\u0000":1}', b"[" * 20_000]


def operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield method.upper(), re.sub(r"\{[^}]+\}", str(uuid4()), path), operation


def is_open(operation: dict[str, Any]) -> bool:
    return bool(operation.get("x-public")) or "health" in operation.get("tags", [])


@pytest.fixture(params=SERVICES)
async def door(request: pytest.FixtureRequest, run: Any) -> Any:
    """One service: a client at its address, and what it says of itself."""
    async with httpx.AsyncClient(base_url=run.urls[request.param], timeout=30, trust_env=False) as client:
        yield client, (await client.get("/openapi.json")).json()


async def test_without_a_token_every_operation_but_the_public_ones_is_closed(door: Any) -> None:
    client, document = door
    closed = 0
    for method, path, operation in operations(document):
        if is_open(operation):
            continue
        for headers in ({}, {"Authorization": "Bearer none.of.yours"}, {"Authorization": "Basic eDp5"}):
            answer = await client.request(method, path, headers=headers)
            assert (answer.status_code, answer.headers["content-type"]) == (401, MEDIA_TYPE), (method, path)
        closed += 1
    assert closed > 5


async def test_garbage_is_a_problem_of_its_sender_on_every_operation(door: Any, steward: Partner) -> None:
    client, document = door
    token = await steward.bearer()
    for method, path, operation in operations(document):
        if "requestBody" not in operation or "/oauth/" in path:
            continue
        for body in GARBAGE:
            headers = {
                "Authorization": f"Bearer {token}",
                "Content-Type": "application/json",
                "Idempotency-Key": str(uuid4()),
                "If-Match": '"1"',
            }
            answer = await client.request(method, path, content=body, headers=headers)
            assert 400 <= answer.status_code < 500, (method, path, body[:20], answer.status_code)
            assert answer.headers["content-type"] == MEDIA_TYPE, (method, path)


async def test_every_operation_says_what_it_takes_and_gives(door: Any) -> None:
    _, document = door
    for method, path, operation in operations(document):
        assert operation.get("summary"), (method, path)
        if "health" in operation.get("tags", []) or "operations" in operation.get("tags", []):
            continue
        if "requestBody" in operation and "/oauth/" not in path:
            assert "example" in operation["requestBody"]["content"]["application/json"], (method, path)
        if method == "GET" and not path.startswith("/.well-known"):
            assert operation.get("x-consistency") in {"own", "copy"}, (method, path)


@pytest.mark.parametrize("name", [*SERVICES, "portal"])
async def test_health_and_version_are_open(name: str, run: Any) -> None:
    async with httpx.AsyncClient(base_url=run.urls[name], timeout=10, trust_env=False) as client:
        assert (await client.get("/health/live")).status_code == 200
        assert (await client.get("/health/ready")).status_code == 200
        assert (await client.get("/version")).json()["service"] == name


async def test_the_reference_works_with_the_network_off(run: Any) -> None:
    async with httpx.AsyncClient(base_url=run.urls["matching"], timeout=10, trust_env=False) as client:
        page = (await client.get("/docs")).text
        for address in re.findall(r'(?:src|href)="([^"]+)"', page):
            assert address.startswith("/")
            assert (await client.get(address)).status_code == 200
