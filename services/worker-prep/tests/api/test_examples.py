"""Every example beside the operations is sent, and answered as it says; an operation without one fails."""

from __future__ import annotations

import json
from typing import Any

import pytest
from fastapi.routing import APIRoute

from imdi_worker_prep.app import SERVICE

FOLDER = SERVICE.folder / "api/examples"
EXAMPLES = {file.stem: json.loads(file.read_text()) for file in sorted(FOLDER.glob("*.json"))}
ROUTES = {route.name: route for router in SERVICE.routers for route in router.routes if isinstance(route, APIRoute)}
SHOWN = {
    "preparation": "019396f1-2a00-7c1e-8a53-1d2f3a4b5c61",
    "placement": "019396f1-2a00-7c1e-8a53-1d2f3a4b5c62",
    "worker": "019396f1-2a00-7c1e-8a53-1d2f3a4b5c63",
    "clinic": "019396f1-2a00-7c1e-8a53-1d2f3a4b5c71",
}


def cases() -> list[tuple[str, dict[str, Any], dict[str, Any]]]:
    """Each operation with its success, and with each of its problems."""
    return [
        (name, example, expected)
        for name, example in EXAMPLES.items()
        for expected in [example["success"], *example.get("problems", [])]
    ]


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
    desk: Any, name: str, example: dict[str, Any], expected: dict[str, Any]
) -> None:
    asked = example | expected
    state = await desk.begin(asked["given"])
    text = json.dumps(asked)
    for key, shown in SHOWN.items():
        text = text.replace(shown, state[key])
    asked = json.loads(text)
    route = ROUTES[name]
    more = {"params": asked.get("query", {}), "headers": asked.get("headers", {})}
    answer = await desk.send(
        min(route.methods or {"GET"}),
        route.path.format(**asked.get("path", {})),
        asked.get("as"),
        asked.get("request"),
        **more,
    )
    assert answer.status_code == expected["status"], answer.text
    assert names_in(answer.json()) == names_in(expected.get("body"))
    if "slug" in expected:
        assert answer.json()["type"] == f"urn:imdi:problem:{expected['slug']}"
