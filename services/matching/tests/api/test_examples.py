"""Every operation has an example of its request, its success and its own problems; each is sent and holds."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from fastapi.routing import APIRoute
from httpx import Response
from services.matching.tests.api.conftest import Ask, Build

import imdi_matching
from imdi_common.service import Runtime
from imdi_matching.app import SERVICE

FOLDER = Path(str(imdi_matching.__file__)).parent / "api/examples"
ROUTES = {route.name: route for router in SERVICE.routers for route in router.routes if isinstance(route, APIRoute)}


ENDLESS = {"vacancy_stream"}


def said(answer: Response) -> Any:
    """The body; of a stream the first event."""
    if answer.headers["content-type"].startswith("text/event-stream"):
        return json.loads(answer.text.partition("data: ")[2].partition("\n")[0])
    return answer.json()


def cases() -> list[Any]:
    """Each example's success, and each of its problems with what it does not say itself taken from there."""
    found = []
    for name in ROUTES:
        example = json.loads((FOLDER / f"{name}.json").read_text())
        problems = example.pop("problems", [])
        found.append(pytest.param(name, example | {"expected": example["success"]}, id=name))
        for problem in problems:
            expected = {"status": problem["status"], "slug": problem["slug"], "body": problem["body"]}
            case = example | problem | {"expected": expected}
            found.append(pytest.param(name, case, id=f"{name}-{problem['slug']}"))
    return found


def test_every_operation_has_its_example_and_no_example_is_left_over() -> None:
    assert {file.stem for file in FOLDER.glob("*.json")} == set(ROUTES)


@pytest.mark.parametrize(("name", "case"), cases())
async def test_the_example_holds(name: str, case: dict[str, Any], build: Build, ask: Ask, runtime: Runtime) -> None:
    runtime.stopping = name in ENDLESS  # it tells what there is, and ends
    route, expected = ROUTES[name], case["expected"]
    stage = await build(case["given"])
    path = route.path.format(**case.get("path", {}))
    query = "&".join(f"{key}={value}" for key, value in case.get("query", {}).items())
    (method,) = route.methods or {"GET"}
    answer = await ask(stage, case["as"], method, f"{path}?{query}", case.get("request"), case.get("headers"))
    body = said(answer)
    assert answer.status_code == expected["status"], body
    assert set(body) == set(expected["body"])
    if "slug" in expected:
        assert body["type"] == f"urn:imdi:problem:{expected['slug']}"
