"""A condition is true, false or unknown, and unknown is never taken for false: the tables of Kleene's logic."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imdi_legislation.domain.conditions import Answer, compile_condition

Truth = bool | None
VALUES: list[Truth] = [True, False, None]
A, B = "worker.facts.a", "worker.facts.b"


def facts(a: Truth, b: Truth = None) -> dict[str, Any]:
    return {name: value for name, value in {A: a, B: b}.items() if value is not None}


def first_absent(*values: Truth) -> str:
    return [A, B][values.index(None)]


@pytest.mark.parametrize(("a", "b"), list(itertools.product(VALUES, VALUES)))
def test_and(a: Truth, b: Truth) -> None:
    holds = False if False in (a, b) else None if None in (a, b) else True
    needs = None if holds is not None else first_absent(a, b)
    assert compile_condition(f"{A} && {B}").ask(facts(a, b)) == Answer(holds, needs)


@pytest.mark.parametrize(("a", "b"), list(itertools.product(VALUES, VALUES)))
def test_or(a: Truth, b: Truth) -> None:
    holds = True if True in (a, b) else None if None in (a, b) else False
    needs = None if holds is not None else first_absent(a, b)
    assert compile_condition(f"{A} || {B}").ask(facts(a, b)) == Answer(holds, needs)


@pytest.mark.parametrize("a", VALUES)
def test_not(a: Truth) -> None:
    assert compile_condition(f"!{A}").ask(facts(a)) == Answer(None if a is None else not a, A if a is None else None)


@pytest.mark.parametrize(("a", "b"), list(itertools.product(VALUES, VALUES)))
def test_a_choice_hangs_on_what_it_asks_and_on_the_branch_taken(a: Truth, b: Truth) -> None:
    answer = compile_condition(f"{A} ? {B} : false").ask(facts(a, b))
    assert answer.holds == (None if a is None else b if a else False)


def test_a_contradiction_and_a_tautology_of_an_absent_fact_are_unknown() -> None:
    for text in (f"{A} && !{A}", f"{A} || !{A}"):
        assert compile_condition(text).ask({}) == Answer(None, A)


@pytest.mark.parametrize("operator", ["==", "!=", "<", "<=", ">", ">="])
def test_each_comparison_of_an_absent_fact_is_unknown(operator: str) -> None:
    condition = compile_condition(f"worker.age {operator} 18")
    assert condition.ask({}) == Answer(None, "worker.age")
    verdicts = [condition.ask({"worker.age": age}).holds for age in (17, 18, 19)]
    assert (
        verdicts
        == {
            "==": [False, True, False],
            "!=": [True, False, True],
            "<": [True, False, False],
            "<=": [True, True, False],
            ">": [False, False, True],
            ">=": [False, True, True],
        }[operator]
    )


@pytest.mark.parametrize(
    ("text", "known", "needs"),
    [
        ("worker.age > 3 && worker.isced > 3", {}, "worker.age"),
        ("worker.isced > 3 && worker.age > 3", {}, "worker.isced"),
        ("worker.age > 3 && worker.isced > 3", {"worker.age": 4}, "worker.isced"),
        ("worker.isced > 3 && worker.age > 3", {"worker.isced": 4}, "worker.age"),
        ("worker.age > 3\n || worker.sex == 'male'", {"worker.age": 1}, "worker.sex"),
        ("(worker.sex == 'male' || worker.age > 3) && worker.isced > 1", {"worker.sex": "male"}, "worker.age"),
        ("worker.sex in ['male'] && worker.sex in ['female']", {}, "worker.sex"),
    ],
)
def test_the_first_absent_fact_of_the_text_is_the_one_needed(text: str, known: dict[str, Any], needs: str) -> None:
    assert compile_condition(text).ask(known) == Answer(None, needs)


Formula = tuple[Any, ...]
LEAVES = st.sampled_from([("a",), ("b",)])
FORMULAS: st.SearchStrategy[Formula] = st.recursive(
    LEAVES,
    lambda inner: st.tuples(st.just("!"), inner) | st.tuples(st.sampled_from(["&&", "||"]), inner, inner),
    max_leaves=8,
)


def text_of(formula: Formula) -> str:
    if len(formula) == 1:
        return f"worker.facts.{formula[0]}"
    if len(formula) == 2:
        return f"!({text_of(formula[1])})"
    return f"({text_of(formula[1])} {formula[0]} {text_of(formula[2])})"


def truth_of(formula: Formula, given_facts: dict[str, Truth]) -> Truth:
    """Kleene's strong logic, written down once more."""
    if len(formula) == 1:
        return given_facts[formula[0]]
    parts = [truth_of(part, given_facts) for part in formula[1:]]
    if formula[0] == "!":
        return None if parts[0] is None else not parts[0]
    wins = formula[0] == "||"
    return wins if wins in parts else None if None in parts else not wins


@given(FORMULAS, st.sampled_from(VALUES), st.sampled_from(VALUES))
def test_every_formula_is_judged_by_that_logic(formula: Formula, a: Truth, b: Truth) -> None:
    answer = compile_condition(text_of(formula)).ask(facts(a, b))
    assert answer.holds is truth_of(formula, {"a": a, "b": b})
    assert not answer.failed
    assert (answer.needs_fact is None) is (answer.holds is not None)


@given(FORMULAS, st.booleans(), st.booleans())
def test_learning_a_fact_never_turns_an_answer(formula: Formula, a: bool, b: bool) -> None:
    condition = compile_condition(text_of(formula))
    last = condition.ask(facts(a, b)).holds
    for less in (facts(None), facts(a), facts(None, b)):
        assert condition.ask(less).holds in (None, last)
