from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imdi_legislation.domain.breaches import Offer
from imdi_legislation.domain.determination import assess, determine
from imdi_legislation.domain.facts import Facts
from imdi_legislation.domain.law import Law
from imdi_legislation.domain.money import Money
from imdi_legislation.domain.reproduction import Difference, assessed_anew, determined_anew, differences
from imdi_legislation.domain.rules import Rule

MakeRule = Callable[..., Rule]
JOINED = date(2025, 10, 26)
"""The day on which TL became a member of ASEAN."""
VACANCY: Facts = {"vacancy.destination": "SA", "vacancy.occupation": "5322", "vacancy.monthly_wage": 120_000}
FLOOR = {"term": "monthly_wage", "min": {"amount": "1500.00", "currency": "SAR"}}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 3) | st.text("ab", max_size=2),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("xyz"), inner, max_size=3),
    max_leaves=12,
)


@pytest.fixture(scope="session")
def rules(rule: MakeRule) -> list[Rule]:
    return [
        rule("b", when="worker.age >= 18 && worker.facts.kin"),
        rule("a", {"criterion": "age", "min": 21}, "criterion"),
        rule("c", {"prohibits": "departure", "reason": "War"}, "bar", when="worker.sex == 'female'"),
    ]


@given(
    st.permutations(range(3)),
    st.fixed_dictionaries(
        {},
        optional={
            "worker.age": st.integers(16, 30),
            "worker.sex": st.sampled_from(["female", "male"]),
            "worker.facts.kin": st.booleans(),
        },
    ),
)
def test_the_same_facts_and_versions_give_the_same_answer_in_whatever_order_they_are_read(
    rules: list[Rule], order: list[int], facts: Any
) -> None:
    kept = determine(rules, facts)
    assert (
        differences(
            kept.told | {"input_hash": kept.input_hash}, determined_anew([rules[place] for place in order], facts)
        )
        == []
    )


@given(
    st.lists(st.sampled_from(["*", "PH", "TL", "ASEAN", "PH NP"]), max_size=5),
    st.sets(st.sampled_from(["PH", "TL", "NP"]), min_size=1),
    st.dates(date(2025, 10, 24), date(2025, 10, 28)),
    st.sampled_from([None, "worker.country == 'TL'", "vacancy.monthly_wage < 150000"]),
)
def test_an_assessment_is_reached_anew_from_all_the_versions_that_bound_for_any_origin(
    rule: MakeRule, scopes: list[str], origins: set[str], on: date, when: str | None
) -> None:
    law = Law(1, [rule(f"r{n}", FLOOR, "contract_term", origins=of, when=when) for n, of in enumerate(scopes)], {})
    offer = Offer(Money(Decimal("1200.00"), "SAR"))
    kept = assess({origin: law.binding(origin, "SA", "5322", on, on) for origin in sorted(origins)}, VACANCY, offer)
    named = {reference.id for reference in kept.rules}
    found = assessed_anew([one for one in law.rules() if one.id in named], VACANCY, offer, origins, on)
    assert found == kept.told | {"input_hash": kept.input_hash}


def test_another_rule_fact_or_offer_is_told(rule: MakeRule, rules: list[Rule]) -> None:
    facts: Facts = {"worker.age": 20, "worker.sex": "male", "worker.facts.kin": True}
    kept = determined_anew(rules, facts)
    assert [one.path for one in differences(kept, determined_anew(rules, facts | {"worker.age": 21}))] == [
        "criteria.0.status",
        "input_hash",
    ]
    assert [one.path for one in differences(kept, determined_anew(rules[:2], facts))] == ["bars", "rules", "input_hash"]
    floor = [rule("wage", FLOOR, "contract_term", id="w")]
    offers = [Offer(Money(Decimal(wage), "SAR")) for wage in ("1200.00", "1200.0")]
    one, other = (assessed_anew(floor, VACANCY, offer, ["PH"], JOINED) for offer in offers)
    assert [each.path for each in differences(one, other)] == ["breaches.0.found", "input_hash"]


@given(JSON)
def test_nothing_differs_from_itself(value: Any) -> None:
    assert differences(value, deepcopy(value)) == []


@given(JSON, JSON)
def test_what_is_told_to_differ_is_all_that_differs(kept: Any, found: Any) -> None:
    """Put in their places in the kept answer, the differences make it the one found; null is as good as unsaid."""
    mended = deepcopy(kept)
    for difference in differences(kept, found):
        mended = _put(mended, difference.path.split(".") if difference.path else [], difference.found)
    assert _said(mended) == _said(found)


@pytest.mark.parametrize(
    ("kept", "found", "differing"),
    [
        ({"a": [1, {"b": 2}]}, {"a": [1, {"b": 3}]}, [Difference("a.1.b", 2, 3)]),
        ({"a": [1]}, {"a": [1, 2]}, [Difference("a", [1], [1, 2])]),
        ({"a": True}, {"a": 1}, [Difference("a", True, 1)]),
        ({"a": None}, {"b": 1}, [Difference("b", None, 1)]),
        ({"bars": [{}]}, {"bars": [{"disputed": []}], "protections": []}, []),
        ({"protections": [1]}, {"protections": []}, [Difference("protections", [1], [])]),
        ({"protections": [1]}, {}, [Difference("protections", [1], None)]),
    ],
)
def test_differences_are_told_at_their_places(kept: Any, found: Any, differing: list[Difference]) -> None:
    assert differences(kept, found) == differing


def _put(value: Any, path: list[str], found: Any) -> Any:
    if not path:
        return found
    if isinstance(value, list):
        place = int(path[0])
        return [_put(one, path[1:], found) if n == place else one for n, one in enumerate(value)]
    return value | {path[0]: _put(value.get(path[0]), path[1:], found)}


def _said(value: Any) -> Any:
    """Equal only for equal JSON of which nulls are left out: 1 is not true."""
    if isinstance(value, dict):
        return {name: _said(inner) for name, inner in value.items() if inner is not None}
    if isinstance(value, list):
        return [_said(inner) for inner in value]
    return repr(value)
