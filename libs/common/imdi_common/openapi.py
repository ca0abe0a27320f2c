"""The OpenAPI document: problem details as the one form of error, bearer tokens, examples from their files."""

from __future__ import annotations

import json
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from imdi_common.problems import MEDIA_TYPE
from imdi_common.service import Service

PROBLEM_SCHEMA: dict[str, Any] = {
    "type": "object",
    "description": "RFC 9457 problem details.",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string", "examples": ["urn:imdi:problem:invalid-request"]},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"field": {"type": "string"}, "rule": {"type": "string"}, "detail": {"type": "string"}},
            },
        },
    },
}
KEY_PARAMETER: dict[str, Any] = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": True,
    "description": "Names the command: sent again, it is done once.",
    "schema": {"type": "string", "maxLength": 255},
}


def describe(app: FastAPI, service: Service) -> dict[str, Any]:
    """The document of one service, made once."""
    if app.openapi_schema is None:
        document = get_openapi(title=app.title, version=app.version, routes=app.routes)
        schemas = document.setdefault("components", {}).setdefault("schemas", {})
        schemas["Problem"] = PROBLEM_SCHEMA
        document["components"]["securitySchemes"] = {"bearer": {"type": "http", "scheme": "bearer"}}
        examples = _examples(service)
        for path in document["paths"].values():
            for method, operation in path.items():
                _complete(method, operation, examples.get(operation["operationId"], {}))
        app.openapi_schema = document
    return app.openapi_schema


def _examples(service: Service) -> dict[str, Any]:
    """The example files beside the ``api`` modules, by the name of their operation."""
    return {file.stem: json.loads(file.read_text()) for file in (service.folder / "api/examples").glob("*.json")}


def _complete(method: str, operation: dict[str, Any], example: dict[str, Any]) -> None:
    public, keyless = operation.get("x-public"), operation.pop("x-no-idempotency-key", False)
    if not public:
        operation["security"] = [{"bearer": []}]
        if method == "post" and not keyless:
            operation.setdefault("parameters", []).append(KEY_PARAMETER)
    body = operation.get("requestBody", {}).get("content", {}).get("application/json")
    if body is not None and "request" in example:
        body["example"] = example["request"]
    success = example.get("success")
    if success:
        answer = operation["responses"].setdefault(str(success["status"]), {"description": "Done"})
        media_type = success.get("media_type", "application/json")
        answer.setdefault("content", {}).setdefault(media_type, {})["example"] = success.get("body")
    for problem in example.get("problems", []):
        answer = operation["responses"].setdefault(str(problem["status"]), {"description": problem["slug"]})
        content = answer.setdefault("content", {}).setdefault(
            MEDIA_TYPE, {"schema": {"$ref": "#/components/schemas/Problem"}}
        )
        content.setdefault("examples", {})[problem["slug"]] = {"value": problem.get("body")}
