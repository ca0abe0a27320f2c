from __future__ import annotations

import itertools
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imdi_matching.domain.screening import AnyOf, Compare, Fact, Not, Screen, judge, needs_fact, read

FACTS: dict[str, Fact] = {"worker.age": 20, "worker.sex": "female", "worker.facts.ecr_passport": True}


def compare(fact: str, op: str, value: Any) -> dict[str, Any]:
    return {"fact": fact, "op": op, "value": value}


@pytest.mark.parametrize(
    ("tree", "expected"),
    [
        (compare("worker.age", "==", 20), True),
        (compare("worker.age", "!=", 20), False),
        (compare("worker.age", "<", 20), False),
        (compare("worker.age", "<=", 20), True),
        (compare("worker.age", ">", 19), True),
        (compare("worker.age", ">=", 21), False),
        (compare("worker.sex", "in", ["female", "unspecified"]), True),
        (compare("worker.sex", "in", []), False),
        (compare("worker.nationality", "==", "NP"), None),
        (compare("worker.nationality", "!=", "NP"), None),
        (compare("worker.language.en", ">=", 2), False),
        (compare("worker.language.en", "==", 0), True),
        (compare("worker.facts.ecr_passport", "==", True), True),
        (compare("worker.facts.ecr_passport", "==", 1), None),
        (compare("worker.age", "==", "20"), None),
        ({"negated": compare("worker.age", "==", 20)}, False),
        ({"negated": compare("worker.nationality", "==", "NP")}, None),
        ({"all": [compare("worker.age", ">", 18), compare("worker.sex", "==", "female")]}, True),
        ({"all": [compare("worker.nationality", "==", "NP"), compare("worker.age", ">", 30)]}, False),
        ({"all": [compare("worker.nationality", "==", "NP"), compare("worker.age", ">", 18)]}, None),
        ({"any": [compare("worker.nationality", "==", "NP"), compare("worker.age", ">", 18)]}, True),
        ({"any": [compare("worker.nationality", "==", "NP"), compare("worker.age", ">", 30)]}, None),
        ({"any": [compare("worker.age", "<", 18), compare("worker.age", ">", 30)]}, False),
    ],
)
def test_a_condition_is_true_false_or_unknown(tree: dict[str, Any], expected: bool | None) -> None:
    assert judge(read(tree), FACTS) is expected


def test_the_first_unknown_fact_in_the_text_is_needed() -> None:
    tree = {
        "any": [
            compare("worker.age", "<", 18),
            {"negated": compare("worker.facts.trained", "==", True)},
            compare("worker.isced", ">=", 3),
        ]
    }
    assert needs_fact(read(tree), FACTS) == "worker.facts.trained"
    assert needs_fact(read(compare("worker.age", "<", 18)), FACTS) is None
    assert needs_fact(read(compare("worker.language.ar", ">", 2)), FACTS) is None


NAMES = ("a", "b", "c")
leaves = st.builds(Compare, st.sampled_from(NAMES), st.just("=="), st.booleans()).map(
    lambda leaf: {"fact": leaf.fact, "op": leaf.op, "value": leaf.value}
)
trees = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: {"all": parts}),
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: {"any": parts}),
        inner.map(lambda part: {"negated": part}),
    ),
    max_leaves=6,
)


@given(trees, st.dictionaries(st.sampled_from(NAMES), st.booleans()))
def test_what_is_decided_stays_so_whatever_the_unknown_turn_out_to_be(
    tree: dict[str, Any], facts: dict[str, Fact]
) -> None:
    decided = judge(read(tree), facts)
    if decided is None:
        assert needs_fact(read(tree), facts) not in (None, *facts)
        return
    missing = [name for name in NAMES if name not in facts]
    for values in itertools.product([True, False], repeat=len(missing)):
        assert judge(read(tree), facts | dict(zip(missing, values, strict=True))) is decided


@given(trees, trees, st.dictionaries(st.sampled_from(NAMES), st.booleans()))
def test_de_morgan_holds_also_for_the_unknown(
    one: dict[str, Any], other: dict[str, Any], facts: dict[str, Fact]
) -> None:
    parts: tuple[Screen, ...] = (read(one), read(other))
    both = read({"all": [one, other]})
    assert judge(Not(both), facts) is judge(AnyOf(tuple(Not(part) for part in parts)), facts)
