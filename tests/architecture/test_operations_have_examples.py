"""Every operation of every service has its example file, and every file its operation."""

from __future__ import annotations

import json
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from fastapi.routing import APIRoute

from imdi_common.service import Service
from imdi_contracts import catalogue


@pytest.fixture(params=sorted(catalogue.PRODUCERS))
def service(request: pytest.FixtureRequest) -> Service:
    module = import_module(f"imdi_{request.param.replace('-', '_')}.app")
    found: Service = module.SERVICE
    return found


def operations(service: Service) -> set[str]:
    return {route.name for router in service.routers for route in router.routes if isinstance(route, APIRoute)}


def examples(service: Service) -> dict[str, Any]:
    return {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in _folder(service).glob("*.json")}


def _folder(service: Service) -> Path:
    return service.folder / "api" / "examples"


def test_operations_and_examples_are_the_same(service: Service) -> None:
    assert operations(service)
    assert operations(service) == set(examples(service))


def test_each_example_tells_a_success(service: Service) -> None:
    for name, example in examples(service).items():
        assert 200 <= example["success"]["status"] < 400, name


def test_each_problem_is_told_with_its_status_and_slug(service: Service) -> None:
    for name, example in examples(service).items():
        for problem in example.get("problems", []):
            assert 400 <= problem["status"] < 500, name
            assert problem["slug"] == problem["slug"].lower().replace("_", "-"), name
