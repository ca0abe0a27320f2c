"""Every operation has an example of its request, its success and its own problems; each is sent and holds."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from fastapi.routing import APIRoute
from services.legislation.tests.api.conftest import Stage

import imdi_legislation
from imdi_legislation.app import SERVICE

FOLDER = Path(str(imdi_legislation.__file__)).parent / "api/examples"
ROUTES = {route.name: route for router in SERVICE.routers for route in router.routes if isinstance(route, APIRoute)}


def cases() -> list[Any]:
    """Each example's success, and each of its problems with what it does not say itself taken from there."""
    found = []
    for name in ROUTES:
        example = json.loads((FOLDER / f"{name}.json").read_text())
        problems = example.pop("problems", [])
        found.append(pytest.param(name, example | {"expected": example["success"]}, id=name))
        for problem in problems:
            case = example | problem | {"expected": problem}
            found.append(pytest.param(name, case, id=f"{name}-{problem['slug']}"))
    return found


def test_every_operation_has_its_example_and_no_example_is_left_over() -> None:
    assert {file.stem for file in FOLDER.glob("*.json")} == set(ROUTES)


@pytest.mark.parametrize(("name", "case"), cases())
async def test_the_example_holds(name: str, case: dict[str, Any], stage: Stage) -> None:
    route = ROUTES[name]
    await getattr(stage, case["given"])() if case["given"] != "nothing" else None
    real = stage.real({part: case.get(part) for part in ("path", "query", "request")})
    path = route.path.format(**(real["path"] or {}))
    query = "&".join(f"{key}={value}" for key, value in (real["query"] or {}).items())
    (method,) = route.methods or {"GET"}
    headers = case.get("headers") or {}
    answer = await stage.send(method, f"{path}?{query}", case["as"], real["request"], stage.owner, **headers)
    expected = case["expected"]
    assert answer.status_code == expected["status"], answer.text
    if "media_type" in expected:
        assert answer.headers["content-type"].startswith(expected["media_type"])
        assert expected["body"] in answer.text
        return
    body = answer.json()
    assert set(body) == set(expected["body"])
    if "slug" in expected:
        assert body["type"] == f"urn:imdi:problem:{expected['slug']}"
    else:
        _same_shape(body, expected["body"])


def _same_shape(found: Any, example: Any) -> None:
    """The same members, all the way down; a list's first element stands for the rest."""
    if isinstance(example, dict):
        assert set(found) == set(example)
        for name, value in example.items():
            _same_shape(found[name], value)
    elif isinstance(example, list) and example and found:
        _same_shape(found[0], example[0])
