from __future__ import annotations

import pytest

from imdi_worker_prep.domain.facts import fault, not_of_type, other_type, shown_name


@pytest.mark.parametrize(
    ("name", "value", "rule"),
    [
        ("worker.facts.ecr_passport", True, None),
        ("worker.facts.children", 2, None),
        ("worker.facts.religion", "none", None),
        ("placement.first_departure", False, None),
        ("placement.first_departure", "no", "type"),
        ("placement.departure_on", "2027-03-01", None),
        ("placement.departure_on", "2027-02-29", "day"),
        ("placement.departure_on", "20270301", "day"),
        ("placement.departure_on", "2027-03-01T00:00:00Z", "day"),
        ("placement.departure_on", "9999-12-31", "day"),
        ("placement.departure_on", 0, "day"),
        ("placement.departure_on", None, "day"),
        ("worker.age", 30, "answerable"),
        ("worker.facts.", True, "answerable"),
        ("worker.facts.UPPER", True, "answerable"),
        ("worker.facts.a\n", True, "answerable"),
        ("worker.facts.a", 1.5, "type"),
        ("worker.facts.a", None, "type"),
        ("worker.facts.a", [1], "type"),
        ("worker.facts.a", 2**60, "range"),
        ("worker.facts.a", "", "length"),
        ("worker.facts.a", "\ud800", "text"),
        ("worker.facts.a", "a\nb", "text"),
        ("worker.facts.a", "x" * 201, "length"),
    ],
)
def test_answers(name: str, value: object, rule: str | None) -> None:
    found = fault(name, value)
    assert (found and found[0]) == rule


@pytest.mark.parametrize(
    ("known", "value", "other"), [({}, 1, False), ({"f": 1}, 2, False), ({"f": True}, 1, True), ({"f": "a"}, 1, True)]
)
def test_the_type_of_a_fact_stays(known: dict[str, bool | int | str], value: bool | int | str, other: bool) -> None:
    assert other_type(known, "f", value) is other


@pytest.mark.parametrize(
    ("name", "shown"), [("worker.age", "worker.age"), ("a\ud800", "body"), ("<b>", "body"), ("", "body")]
)
def test_what_cannot_be_a_name_is_not_repeated(name: str, shown: str) -> None:
    assert shown_name(name) == shown


@pytest.mark.parametrize("kind", ["bool", "int", "string"])
@pytest.mark.parametrize(("value", "own"), [(True, "bool"), (0, "int"), (1, "int"), ("1", "string")])
def test_an_answer_is_of_the_type_that_the_law_has_fixed(value: bool | int | str, own: str, kind: str) -> None:
    assert not_of_type(value, kind) is (own != kind)
