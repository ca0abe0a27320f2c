"""Every example beside the operations is sent, and answered as it says; an operation without one fails."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from fastapi.routing import APIRoute
from httpx import Response

from imdi_registry.app import SERVICE

FOLDER = SERVICE.folder / "api/examples"
EXAMPLES = {file.stem: json.loads(file.read_text()) for file in sorted(FOLDER.glob("*.json"))}
ROUTES = {route.name: route for router in SERVICE.routers for route in router.routes if isinstance(route, APIRoute)}
Begin = Callable[[str], Awaitable[dict[str, str]]]


def cases() -> list[tuple[str, dict[str, Any], dict[str, Any]]]:
    """Each operation with its success, and with each of its problems."""
    return [
        (name, example, expected)
        for name, example in EXAMPLES.items()
        for expected in [example["success"], *example.get("problems", [])]
    ]


def replaced(value: Any, ids: dict[str, str]) -> Any:
    """The value with the ids of the state for those that the example shows."""
    text = json.dumps(value)
    for shown, real in ids.items():
        text = text.replace(shown, real)
    return json.loads(text)


async def send(desk: Any, name: str, asked: dict[str, Any]) -> Response:
    route = ROUTES[name]
    path = route.path.format(**asked.get("path", {}))
    more: dict[str, Any] = {"params": asked.get("query", {}), "headers": asked.get("headers", {})}
    if "form" in asked:
        more["data"] = asked["form"]
    method = next(iter(route.methods or ()))
    answer: Response = await desk.send(method, path, asked.get("as"), asked.get("request"), **more)
    return answer


def names_in(value: Any, at: str = "") -> set[str]:
    """Every field name of a body, with where it stands."""
    if isinstance(value, dict):
        return {f"{at}.{key}" for key in value} | {
            name for key, each in value.items() for name in names_in(each, f"{at}.{key}")
        }
    if isinstance(value, list):
        return {name for each in value for name in names_in(each, f"{at}[]")}
    return set()


def test_every_operation_has_its_example() -> None:
    assert set(EXAMPLES) == set(ROUTES)


@pytest.mark.parametrize(
    ("name", "example", "expected"), cases(), ids=lambda value: value if isinstance(value, str) else ""
)
async def test_an_example_is_answered_as_it_says(
    desk: Any, begin: Begin, name: str, example: dict[str, Any], expected: dict[str, Any]
) -> None:
    asked = example | expected
    ids = await begin(asked["given"])
    answer = await send(desk, name, replaced(asked, ids))
    assert answer.status_code == expected["status"], answer.text
    body: Any = answer.json() if answer.content else None
    assert names_in(body) == names_in(expected.get("body"))
    if "slug" in expected:
        assert body["type"] == f"urn:imdi:problem:{expected['slug']}"
        assert [error["field"] for error in body.get("errors", [])] == [
            error["field"] for error in expected["body"].get("errors", [])
        ]
