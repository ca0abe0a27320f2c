"""Within ``v1`` a schema only grows."""

from __future__ import annotations

from typing import ClassVar, Literal

import pytest

from imdi_contracts import legislation, publish, schemas
from imdi_contracts.compatibility import Shape, breaks, shape
from imdi_contracts.event import Data, Event


def test_the_contracts_keep_what_was_released() -> None:
    assert publish.broken() == []


def test_something_was_released() -> None:
    assert set(publish.released()) <= set(schemas.types())
    assert publish.released()


@pytest.mark.parametrize(
    ("before", "after", "broken"),
    [
        ({"a": "string"}, {"a": "string"}, []),
        ({"a": "string"}, {"a": "string", "b": "integer?"}, []),
        ({"a": "string"}, {"a": "string", "b": "integer"}, ["b is new and required"]),
        ({"a": "string", "b": "date"}, {"a": "string"}, ["b is gone"]),
        ({"a": "string"}, {"a": "integer"}, ["a was string, is integer"]),
        ({"a": "string"}, {"a": "string?"}, ["a was string, is string?"]),
        ({"a": "one of x, y"}, {"a": "one of x, y, z"}, ["a was one of x, y, is one of x, y, z"]),
        (
            {"a": "array", "a[]": "object"},
            {"a": "array", "a[]": "object", "a[].b": "string"},
            ["a[].b is new and required"],
        ),
        ({"a": "string"}, {"a": "string", "b": "object?", "b.c": "string"}, []),
        ({"a": "string"}, {"a": "string", "b": "array?", "b[]": "object", "b[].c": "string"}, []),
    ],
)
def test_what_breaks(before: Shape, after: Shape, broken: list[str]) -> None:
    assert breaks(before, after) == broken


class Part(Data):
    size: int
    note: str | None = None


class Thing(Event):
    subject_field: ClassVar = "thing_id"
    happened: ClassVar = "thing.happened"

    thing_id: str
    state: Literal["b", "a"]
    parts: list[Part]
    facts: dict[str, bool | int]
    best: Part | None = None


def test_a_shape_names_every_field_and_its_kind() -> None:
    assert shape(schemas.schema(Thing)) == {
        "thing_id": "string",
        "state": "one of a, b",
        "parts": "array",
        "parts[]": "object",
        "parts[].size": "integer",
        "parts[].note": "null or string?",
        "facts": "object",
        "facts.*": "boolean or integer",
        "best": "null or object?",
        "best.size": "integer",
        "best.note": "null or string?",
    }


def test_a_shape_of_a_recursive_part_ends() -> None:
    fields = shape(schemas.schema(legislation.RuleActivated))
    assert fields["versions[].screen.all[].fact"] == "string"


def test_a_break_is_refused_before_anything_is_written(monkeypatch: pytest.MonkeyPatch) -> None:
    gone = {"org.imdi.thing.happened.v1": {"a": "string"}}
    monkeypatch.setattr(publish, "released", lambda: gone)
    assert publish.broken() == ["org.imdi.thing.happened.v1: is gone"]
    assert publish.main([]) == 1
