"""A drafted rule: every field of it checked, every error under the field's own name."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imdi_legislation.domain.conditions import Refused, compile_condition
from imdi_legislation.domain.drafts import answers_fixed, check_proposal, read_draft, screens
from imdi_legislation.domain.effects import KINDS, Criterion, Effect, kind_of, read_effect
from imdi_legislation.domain.fields import Invalid
from imdi_legislation.domain.instruments import read_instrument
from imdi_legislation.domain.plain import plain_effect

ITEM = {"code": "visa", "category": "permit", "title": "Visa", "performed_by": "government"}
EFFECTS: dict[str, dict[str, Any]] = {
    "bar": {"prohibits": "recruitment", "reason": "Closed"},
    "criterion": {"criterion": "age", "min": 21},
    "requirement": ITEM,
    "contract_term": {"term": "hours_per_week", "max": 48},
    "fee": {"component": "service_fee", "payer": "worker", "cap": {"amount": "0"}},
    "protection": {"measure": "A bank account"},
}
ACT: dict[str, Any] = {
    "code": "SA-ACT",
    "title": "Act",
    "type": "act",
    "level": "national",
    "parties": ["SA"],
    "status": "in_force",
    "confidence": "primary",
}


def body(kind: str = "requirement", **other: Any) -> dict[str, Any]:
    return {
        "code": "sa-rule",
        "kind": kind,
        "scope": {"origins": ["*"], "destinations": ["SA"], "occupations": ["*"]},
        "effect": EFFECTS[kind],
        "basis": [{"instrument": "SA-ACT"}],
        "effective": {"from": "2026-01-01"},
        "confidence": "secondary",
    } | other


def errors_of(data: dict[str, Any]) -> list[tuple[str, str]]:
    with pytest.raises(Invalid) as invalid:
        read_draft(data)
    assert all(error.detail for error in invalid.value.errors)
    return [(error.field, error.rule) for error in invalid.value.errors]


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_drafted(kind: str) -> None:
    draft = read_draft(body(kind))
    assert (draft.kind, kind_of(draft.effect), draft.transition) == (kind, kind, "all_open")
    assert (draft.begins, draft.ends, draft.when) == (date(2026, 1, 1), None, None)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("effect", [{}, None, [], "x", 3, {"surprise": 1}])
def test_no_effect_of_any_kind_may_be_empty_or_foreign(kind: str, effect: Any) -> None:
    found = errors_of(body(kind, effect=effect))
    assert found
    assert {field.partition(".")[0] for field, _ in found} == {"effect"}


@pytest.mark.parametrize(
    ("kind", "other"), [(kind, other) for kind in KINDS for other in KINDS if kind != other], ids="-".join
)
def test_no_kind_takes_the_effect_of_another(kind: str, other: str) -> None:
    assert all(field.startswith("effect.") for field, _ in errors_of(body(kind, effect=EFFECTS[other])))


@pytest.mark.parametrize(
    ("missing", "rule"),
    [
        ("code", "required"),
        ("kind", "required"),
        ("scope", "required"),
        ("effect", "required"),
        ("basis", "required"),
        ("effective", "required"),
        ("confidence", "required"),
    ],
)
@pytest.mark.parametrize("absent", ["left out", "null"])
def test_what_a_rule_cannot_be_without(missing: str, rule: str, absent: str) -> None:
    data = body() | {missing: None}
    if absent == "left out":
        del data[missing]
    assert (missing, rule) in errors_of(data)


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        ({"code": "-rule"}, [("code", "code")]),
        ({"code": "a b"}, [("code", "code")]),
        ({"code": "x" * 81}, [("code", "code")]),
        ({"code": 3}, [("code", "code")]),
        ({"when": ""}, [("when", "text")]),
        ({"when": "   "}, [("when", "text")]),
        ({"when": "worker.age > 3\x00"}, [("when", "text")]),
        ({"when": True}, [("when", "text")]),
        ({"when": "worker.agee > 3"}, [("when", "condition")]),
        ({"when": "worker.age"}, [("when", "condition")]),
        ({"confidence": "certain"}, [("confidence", "one_of")]),
        ({"transition": "sometimes"}, [("transition", "one_of")]),
        ({"transition": ["all_open"]}, [("transition", "one_of")]),
        ({"verified_on": "23 November"}, [("verified_on", "date")]),
        ({"verified_on": "2026-02-30"}, [("verified_on", "date")]),
        ({"verified_by": ""}, [("verified_by", "text")]),
        ({"verified_by": "x" * 201}, [("verified_by", "text")]),
        ({"note": "x" * 2001}, [("note", "text")]),
        ({"source": "\ud800"}, [("source", "text")]),
        ({"effective": {}}, [("effective.from", "required")]),
        ({"effective": {"from": "2026-1-1"}}, [("effective.from", "date")]),
        ({"effective": {"from": 20260101}}, [("effective.from", "date")]),
        ({"effective": {"from": "2026-01-02", "until": "2026-01-01"}}, [("effective.until", "order")]),
        ({"effective": {"from": "2026-01-01", "till": "x"}}, [("effective.till", "unknown_field")]),
        ({"basis": {}}, [("basis", "objects")]),
        ({"basis": ["SA-ACT"]}, [("basis", "objects")]),
        ({"basis": [{"instrument": ""}]}, [("basis.0.instrument", "text")]),
        ({"basis": [{"instrument": "a"}, {"instrument": 3}]}, [("basis.1.instrument", "text")]),
        ({"basis": [{"instrument": "a", "page": 3}]}, [("basis.0.page", "unknown_field")]),
        ({"basis": [{"instrument": "a", "provision": "x" * 201}]}, [("basis.0.provision", "text")]),
        ({"disputed": "yes"}, [("disputed", "objects")]),
        ({"extra": None}, [("extra", "unknown_field")]),
    ],
)
def test_each_wrong_field_is_named_with_its_rule(other: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    assert errors_of(body(**other)) == expected


@pytest.mark.parametrize("until", ["2026-01-01", "2026-12-31", None])
def test_a_rule_may_bind_for_one_day_or_without_end(until: str | None) -> None:
    draft = read_draft(body(effective={"from": "2026-01-01", "until": until}))
    assert draft.ends == (date.fromisoformat(until) if until else None)


@pytest.mark.parametrize(
    ("end", "places", "rule"),
    [
        ("origins", [], "required"),
        ("origins", ["Saudi Arabia"], "country"),
        ("origins", ["sa"], "country"),
        ("origins", ["XX", "SA"], "country"),
        ("origins", "SA", "text"),
        ("destinations", ["NATO"], "country"),
        ("destinations", [3], "text"),
        ("occupations", [], "isco"),
        ("occupations", ["53221"], "isco"),
        ("occupations", ["5x"], "isco"),
        ("occupations", ["٥٣"], "isco"),
        ("occupations", [5322], "text"),
    ],
)
def test_a_wrong_scope_is_named(end: str, places: Any, rule: str) -> None:
    scope = body()["scope"] | {end: places}
    assert (f"scope.{end}", rule) in errors_of(body(scope=scope))


@pytest.mark.parametrize(
    ("attribute", "value", "wrong"),
    [
        ("validity", "P90D", None),
        ("validity", None, None),
        ("lead_days", 9, None),
        ("lead_working_days", 9, None),
        ("payer", "worker", None),
        ("counted_from", "issued_on", None),
        ("beyond", "P6M", None),
        ("validity", "sixty days", "value"),
        ("validity", 60, "value"),
        ("lead_days", -1, "value"),
        ("lead_days", "3", "value"),
        ("payer", "The employer", "value"),
        ("counted_from", "birth", "value"),
        ("counted_from", None, "value"),
        ("lead_days", None, "value"),
        ("category", "medical", "attribute"),
        ("title", "Other", "attribute"),
        ("colour", "red", "attribute"),
    ],
)
def test_a_disputed_attribute_has_a_value_that_it_could_have(attribute: str, value: Any, wrong: str | None) -> None:
    dispute = {"attribute": attribute, "value": value, "basis": [{"instrument": "SA-ACT"}]}
    data = body(disputed=[dispute])
    if wrong is None:
        [read] = read_draft(data).disputed
        assert (read.attribute, read.value) == (attribute, value)
    else:
        assert [field for field, _ in errors_of(data)] == [f"disputed.0.{wrong}"]


def test_all_instruments_named_are_those_of_the_disputes_too() -> None:
    dispute = {"attribute": "validity", "value": "P90D", "basis": [{"instrument": "X"}, {"instrument": "SA-ACT"}]}
    assert read_draft(body(disputed=[dispute])).instruments() == ["SA-ACT", "X"]


@pytest.mark.parametrize(
    ("kind", "effect", "does"),
    [
        ("criterion", EFFECTS["criterion"], True),
        ("bar", EFFECTS["bar"], True),
        ("bar", {"prohibits": "departure", "reason": "War"}, False),
        *((kind, EFFECTS[kind], False) for kind in ("requirement", "contract_term", "fee", "protection")),
    ],
)
def test_what_screens_may_only_compare_screening_facts(kind: str, effect: dict[str, Any], does: bool) -> None:
    read = read_effect(kind, effect)
    assert screens(read) is does
    for text in ("vacancy.monthly_wage > 3", "worker.age + 1 > 3", "worker.sex == worker.country"):
        if does:
            with pytest.raises(Refused):
                check_proposal(read, text, {})
        else:
            assert check_proposal(read, text, {}) is not None
    assert check_proposal(read, "worker.age > 3 && worker.sex in ['female']", {}) is not None
    assert check_proposal(read, None, {}) is None


def test_the_types_that_a_rule_fixes() -> None:
    nurse: Effect = Criterion("recognition", profession="Nurse")
    assert answers_fixed(None, nurse) == {"worker.facts.recognised_nurse": "bool"}
    condition = compile_condition("worker.facts.ecr && worker.facts.grade == 'A' && worker.age > 3")
    assert answers_fixed(condition, read_effect("requirement", ITEM)) == {
        "worker.facts.ecr": "bool",
        "worker.facts.grade": "string",
    }


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


def wrong_fields(data: dict[str, Any]) -> list[str]:
    try:
        read_draft(data)
    except Invalid as invalid:
        return [error.field for error in invalid.errors]
    return []


@given(st.sampled_from(sorted(body())), JSON)
def test_whatever_stands_in_a_field_it_is_read_or_that_field_refused(field: str, value: Any) -> None:
    about = (field, "effect") if field == "kind" else (field,)
    assert all(wrong.startswith(about) for wrong in wrong_fields(body() | {field: value}))


@given(st.sampled_from(KINDS), st.data())
def test_whatever_stands_in_an_effect_it_is_read_back_the_same_or_refused(kind: str, data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(sorted(EFFECTS[kind])))
    effect = EFFECTS[kind] | {name: data.draw(JSON)}
    wrong = wrong_fields(body(kind, effect=effect))
    assert all(field.startswith("effect.") for field in wrong)
    if not wrong:
        read = read_effect(kind, effect)
        assert read_effect(kind, plain_effect(read)) == read


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        ({"code": ""}, [("code", "code")]),
        ({"title": ""}, [("title", "text")]),
        ({"title": "x" * 501}, [("title", "text")]),
        ({"type": "song"}, [("type", "one_of")]),
        ({"level": "village"}, [("level", "one_of")]),
        ({"parties": ["XX"]}, [("parties", "country")]),
        ({"parties": ["GCC"]}, [("parties", "country")]),
        ({"status": "dead"}, [("status", "one_of")]),
        ({"topics": ["weather"]}, [("topics", "one_of")]),
        ({"confidence": None}, [("confidence", "required")]),
        ({"adopted_on": "2013"}, [("adopted_on", "date")]),
        ({"in_force_on": 2013}, [("in_force_on", "date")]),
        ({"official_url": "ftp://x"}, [("official_url", "url")]),
        ({"official_url": "javascript:alert(1)"}, [("official_url", "url")]),
        ({"nr": 3}, [("nr", "unknown_field")]),
    ],
)
def test_an_instrument_names_each_wrong_field(other: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    with pytest.raises(Invalid) as invalid:
        read_instrument(ACT | other)
    assert [(error.field, error.rule) for error in invalid.value.errors] == expected
    assert read_instrument(ACT).parties == ("SA",)
