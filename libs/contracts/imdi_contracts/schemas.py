"""The JSON Schema of each event, as it is on the wire."""

from __future__ import annotations

from typing import Any

from imdi_contracts import catalogue
from imdi_contracts.event import Event

Schema = dict[str, Any]


def types() -> dict[str, type[Event]]:
    """Every event by its type. The three erasure receipts share one, and look alike."""
    return {event.type(): event for event in catalogue.events()}


def schema_id(type_name: str) -> str:
    """The ``$id`` of a type's schema, which events carry as ``dataschema``."""
    return f"urn:imdi:schema:{type_name}"


def schema(event: type[Event]) -> Schema:
    """JSON Schema (2020-12) of the event's ``data``.

    Unknown fields are allowed, as readers ignore them; only a field without a default is required.
    """
    made = event.model_json_schema(mode="serialization")
    made.pop("title", None)
    head = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": schema_id(event.type()),
        "title": event.type(),
    }
    return {**head, **_untitled(made)}


def _untitled(node: Any) -> Any:
    """Without the titles that repeat each field's name."""
    if isinstance(node, list):
        return [_untitled(item) for item in node]
    if not isinstance(node, dict):
        return node
    return {
        key: {name: _untitled(part) for name, part in value.items()}
        if key in ("properties", "$defs")
        else _untitled(value)
        for key, value in node.items()
        if key != "title" or not isinstance(value, str)
    }
