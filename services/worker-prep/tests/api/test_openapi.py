"""The reference tells of every operation what it needs, answers and refuses."""

from __future__ import annotations

from typing import Any

import pytest

OPERATIONS = {
    ("/v1/preparations", "get"),
    ("/v1/preparations/changes", "get"),
    ("/v1/preparations/{preparation_id}", "get"),
    ("/v1/preparations/{preparation_id}/facts", "put"),
    ("/v1/preparations/{preparation_id}/departure-date", "put"),
    ("/v1/preparations/{preparation_id}/departure", "post"),
    ("/v1/preparations/{preparation_id}/arrival", "post"),
    ("/v1/preparations/{preparation_id}/items/{code}/bookings", "post"),
    ("/v1/preparations/{preparation_id}/items/{code}/results", "post"),
    ("/v1/items", "get"),
    ("/v1/results", "get"),
}


async def reference(desk: Any) -> dict[str, Any]:
    answer = await desk.send("GET", "/openapi.json", None)
    document: dict[str, Any] = answer.json()
    return document


async def test_every_operation_of_the_interface_is_there(desk: Any) -> None:
    paths = (await reference(desk))["paths"]
    assert {(path, way) for path in paths for way in paths[path] if path.startswith("/v1")} == OPERATIONS


@pytest.mark.parametrize(("path", "way"), sorted(OPERATIONS))
async def test_each_says_what_it_needs(desk: Any, path: str, way: str) -> None:
    operation = (await reference(desk))["paths"][path][way]
    assert operation["summary"]
    assert operation["security"] == [{"bearer": []}]
    headers = {one["name"] for one in operation.get("parameters", []) if one["in"] == "header"}
    assert ("Idempotency-Key" in headers) == (way == "post")
    assert ("x-consistency" in operation) == (way == "get")
    assert "example" in operation["responses"]["200"]["content"]["application/json"]
    if way != "get":
        assert "example" in operation["requestBody"]["content"]["application/json"]


async def test_a_departure_refused_is_shown(desk: Any) -> None:
    operation = (await reference(desk))["paths"]["/v1/preparations/{preparation_id}/departure"]["post"]
    shown = operation["responses"]["409"]["content"]["application/problem+json"]["examples"]["not-cleared"]["value"]
    assert {"items", "bars", "criteria", "requirements_id"} <= shown.keys()
