"""The shared vocabularies: money travels as text, codes have a form, and readers are told who reads."""

from __future__ import annotations

import copy
import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from imdi_contracts import catalogue, codes, events_page, examples, publish, schemas
from imdi_contracts.compatibility import breaks, shape
from imdi_contracts.event import Event

EVENTS = sorted(schemas.types().items())


@given(st.decimals(min_value=0, max_value=Decimal(99999999999999), places=4))
def test_money_travels_as_text_and_comes_back_exact(amount: Decimal) -> None:
    sent = codes.Money(amount=amount, currency="PHP").model_dump_json()
    assert isinstance(json.loads(sent)["amount"], str)
    assert "E" not in json.loads(sent)["amount"]
    assert codes.Money.model_validate_json(sent).amount == amount


@pytest.mark.parametrize("amount", ["-1", "1.00001", "NaN", "Infinity", "x", "", None, "9" * 19])
def test_what_is_no_amount(amount: Any) -> None:
    with pytest.raises(ValidationError):
        codes.Money(amount=amount, currency="PHP")


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        (codes.Country, ["NP", "SA"], ["np", "N", "NPL", "N1", "NP\n", ""]),
        (codes.Currency, ["NPR", "SAR"], ["npr", "NP", "NPRR", "N1R", "NPR\n", ""]),
        (codes.Language, ["en", "fil", "zh-Hans"], ["EN", "e", "english", "en-", "en_US", ""]),
        (codes.Occupation, ["5322", "0110"], ["532", "53222", "532a", "5322\n", ""]),
    ],
)
def test_codes_have_a_form(kind: Any, good: list[str], bad: list[str]) -> None:
    adapter = TypeAdapter(kind)
    assert [adapter.validate_python(code) for code in good] == good
    for code in bad:
        with pytest.raises(ValidationError):
            adapter.validate_python(code)


def test_levels_of_language_rise() -> None:
    assert list(codes.CEFR_LEVELS) == sorted(codes.CEFR_LEVELS)


@pytest.mark.parametrize(("name", "event"), EVENTS)
def test_an_event_keeps_its_own_shape_and_no_field_may_go(name: str, event: type[Event]) -> None:
    whole = schemas.schema(event)
    assert breaks(shape(whole), shape(whole)) == []
    for field in whole["properties"]:
        less = copy.deepcopy(whole)
        del less["properties"][field]
        assert f"{field} is gone" in breaks(shape(whole), shape(less)), name


@pytest.mark.parametrize(("name", "event"), EVENTS)
def test_a_new_field_must_be_optional(name: str, event: type[Event]) -> None:
    whole = schemas.schema(event)
    more = copy.deepcopy(whole)
    more["properties"]["from_the_future"] = {"type": "string"}
    assert breaks(shape(whole), shape(more)) == []
    more["required"] = [*more.get("required", []), "from_the_future"]
    assert breaks(shape(whole), shape(more)) == ["from_the_future is new and required"], name


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"type": "string"}, {"type": "integer"}),
        ({"type": "string"}, {"type": "string", "format": "date"}),
        ({"type": "string", "enum": ["a"]}, {"type": "string", "enum": ["a", "b"]}),
        ({"type": "string", "enum": ["a", "b"]}, {"type": "string", "enum": ["a"]}),
        ({"type": "string"}, {"anyOf": [{"type": "string"}, {"type": "null"}]}),
        ({"type": "string", "pattern": "^a$"}, {"type": "string", "pattern": "^b$"}),
        ({"type": "array", "items": {"type": "string"}}, {"type": "array", "items": {"type": "integer"}}),
    ],
)
def test_another_kind_is_a_break(before: dict[str, Any], after: dict[str, Any]) -> None:
    old, new = ({"properties": {"f": kind}, "required": ["f"]} for kind in (before, after))
    assert len(breaks(shape(old), shape(new))) == 1


def test_the_order_of_a_vocabulary_is_no_promise() -> None:
    old, new = ({"properties": {"f": {"enum": order}}} for order in (["a", "b"], ["b", "a"]))
    assert breaks(shape(old), shape(new)) == []


def test_the_page_names_every_topic_and_every_event_once() -> None:
    page = events_page.page()
    for topic in catalogue.topics():
        assert page.count(f"\n## {topic.name}\n") == 1
        assert f"Announced by **{topic.service}** · keyed by {topic.key}" in page
    for name in schemas.types():
        assert (publish.PUBLISHED / "schemas" / f"{name}.json").is_file()
        assert f"schemas/{name}.json)" in page


def test_the_page_tells_of_each_topic_who_reads_it(monkeypatch: pytest.MonkeyPatch) -> None:
    first, *others = catalogue.topics()
    monkeypatch.setattr(events_page, "readers", lambda: {first.name: ["sample: policy `act`"]})
    page = events_page.page()
    assert page.count("- sample: policy `act`") == 1
    assert page.count("- nobody within the platform") == len(others)


@pytest.mark.parametrize(("name", "event"), EVENTS)
def test_an_event_cannot_be_changed_and_lacks_nothing_required(name: str, event: type[Event]) -> None:
    made = event.model_validate(examples.full(event))
    with pytest.raises(ValidationError):
        setattr(made, event.subject_field, "another")
    for field in schemas.schema(event).get("required", []):
        with pytest.raises(ValidationError):
            event.model_validate({key: value for key, value in examples.full(event).items() if key != field})
    assert name.startswith("org.imdi.")
    assert name.endswith(".v1")
