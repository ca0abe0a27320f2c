from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imdi_legislation.domain.conditions import Answer, Refused, compile_condition, try_out

AGE = "worker.age"


@pytest.mark.parametrize(
    ("text", "facts", "holds", "needs"),
    [
        ("worker.age >= 18", {AGE: 18}, True, None),
        ("worker.age >= 18", {AGE: 17}, False, None),
        ("worker.age >= 18", {}, None, AGE),
        ("worker.age >= 18 || worker.sex == 'female'", {AGE: 20}, True, None),
        ("worker.age >= 18 || worker.sex == 'female'", {"worker.sex": "female"}, True, None),
        ("worker.age >= 18 || worker.sex == 'female'", {"worker.sex": "male"}, None, AGE),
        ("worker.age >= 18 && worker.sex == 'female'", {"worker.sex": "male"}, False, None),
        ("worker.age >= 18 && worker.sex == 'female'", {AGE: 20}, None, "worker.sex"),
        ("worker.sex == 'female' && worker.age >= 18", {}, None, "worker.sex"),
        ("!(worker.age >= 18)", {}, None, AGE),
        ("worker.age > 3 ? true : worker.sex == 'male'", {AGE: 4}, True, None),
        ("worker.age in [18, 19]", {AGE: 19}, True, None),
        ("worker.language.en >= 3", {"worker.language.en": 3}, True, None),
        ("placement.first_departure", {"placement.first_departure": True}, True, None),
        ("vacancy.contract.food", {}, None, "vacancy.contract.food"),
        ("placement.departure_on < '2027-06-01'", {"placement.departure_on": "2027-05-31"}, True, None),
        ("[1, 2].all(n, n < worker.age)", {AGE: 3}, True, None),
        (".worker.age > 3", {}, None, AGE),
        ("true", {}, True, None),
    ],
)
def test_an_absent_fact_is_unknown_only_where_the_outcome_hangs_on_it(
    text: str, facts: dict[str, Any], holds: bool | None, needs: str | None
) -> None:
    assert compile_condition(text).ask(facts) == Answer(holds, needs)


@pytest.mark.parametrize(
    ("text", "line", "column", "reason"),
    [
        ("worker.age >=", 1, 14, "syntax error"),
        ("worker.agee > 3", 1, 7, "there is no such fact"),
        ("worker.sex == 'f' &&\n worker.agee > 3", 2, 8, "there is no such fact"),
        ("'é😀' == worker.agee", 1, 15, "there is no such fact"),
        ("worker.age == 'x'", 1, 12, "does not take (int, string)"),
        ("worker.age", 1, 1, "true or false"),
        ("worker.facts.hasVisa", 1, 13, "there is no such fact"),
        ("has(worker.age)", 1, 4, "has is not allowed"),
        ("dyn(worker.age) == 1", 1, 4, "dyn is not allowed"),
        ("worker.facts.a == worker.facts.b", 1, 16, "is open"),
        ("worker.facts.a in []", 1, 16, "is open"),
        ("worker.facts.a + 1", 1, 16, "does not take"),
        ("size(worker.facts.a) > 0 && worker.facts.a", 1, 26, "does not take"),
        ("worker == 1", 1, 1, "there is no such fact"),
        ("", 1, 1, "syntax error"),
        ("(" * 100 + "true" + ")" * 100, 1, 1, "nested too deeply"),
        (" || ".join(f"worker.facts.f{n}" for n in range(6)), 1, 1, "more than 5"),
    ],
)
def test_what_cannot_be_law_is_refused_with_its_place(text: str, line: int, column: int, reason: str) -> None:
    with pytest.raises(Refused) as refused:
        compile_condition(text)
    assert (refused.value.line, refused.value.column) == (line, column)
    assert reason in refused.value.reason


def test_a_refusal_does_not_echo_the_text() -> None:
    for text in ("secret > 1", "worker.secret > 1", "worker.age == secret('x')", "secret secret", "worker.age ~ 3"):
        with pytest.raises(Refused) as refused:
            compile_condition(text)
        assert "secret" not in refused.value.reason


@pytest.mark.parametrize(
    ("text", "types"),
    [
        ("worker.facts.ecr_passport", {"worker.facts.ecr_passport": "bool"}),
        ("!worker.facts.x || worker.facts.y > 3", {"worker.facts.x": "bool", "worker.facts.y": "int"}),
        ("worker.facts.grade in ['A', 'B']", {"worker.facts.grade": "string"}),
        ("worker.age > 3", {}),
    ],
)
def test_an_answer_has_the_one_type_that_fits(text: str, types: dict[str, str]) -> None:
    assert compile_condition(text).answer_types == types


def test_a_type_once_fixed_binds_later_texts() -> None:
    assert compile_condition("worker.facts.a == worker.facts.b", {"worker.facts.a": "int"}).answer_types == {
        "worker.facts.a": "int",
        "worker.facts.b": "int",
    }
    with pytest.raises(Refused):
        compile_condition("worker.facts.a", {"worker.facts.a": "int"})


@pytest.mark.parametrize(
    ("text", "facts"),
    [
        ("worker.age / 0 == 1", {AGE: 3}),
        ("worker.sex.matches('(')", {"worker.sex": "male"}),
        ("int(worker.sex) > 3", {"worker.sex": "No value with name"}),
        ("worker.age == 3", {AGE: "three"}),
        ("worker.age + 9223372036854775807 > 0", {AGE: 3}),
    ],
)
def test_any_other_error_is_unknown_and_alarms(text: str, facts: dict[str, Any]) -> None:
    assert compile_condition(text).ask(facts) == Answer(None, None, failed=True)


@pytest.mark.parametrize("text", ["worker.age / 0 == 1", "worker.sex.matches('(')", "int(worker.sex) > 3"])
def test_what_fails_with_likely_facts_is_refused_before_it_is_law(text: str) -> None:
    with pytest.raises(Refused):
        try_out(compile_condition(text))


@pytest.mark.parametrize(
    "text", ["int(vacancy.occupation) > 5000", "timestamp(placement.departure_on + 'T00:00:00Z').getFullYear() > 2026"]
)
def test_what_works_with_likely_facts_passes(text: str) -> None:
    try_out(compile_condition(text))


def test_the_budget_of_iterations_alarms() -> None:
    ten = "[1,2,3,4,5,6,7,8,9,10]"
    text = f"{ten}.all(a,{ten}.all(b,{ten}.all(c,{ten}.all(d,{ten}.all(e,true)))))"
    assert compile_condition(text).ask({}).failed


@given(st.integers(0, 120) | st.none(), st.sampled_from(["female", "male"]) | st.none())
def test_more_facts_never_change_a_known_answer(age: int | None, sex: str | None) -> None:
    condition = compile_condition("worker.age < 30 && worker.sex == 'female' || worker.country == 'NP'")
    known = {name: value for name, value in {AGE: age, "worker.sex": sex}.items() if value is not None}
    before = condition.ask(known)
    full: dict[str, Any] = {AGE: 0, "worker.sex": "male", "worker.country": "PH"} | known
    after = condition.ask(full)
    assert after.holds is not None
    assert before.holds in (None, after.holds)
    assert (before.needs_fact is None) == (before.holds is not None)
    assert before.needs_fact not in known
