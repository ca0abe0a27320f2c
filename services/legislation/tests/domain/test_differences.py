from __future__ import annotations

from datetime import date
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from imdi_legislation.domain.differences import Difference, differences

RULE: dict[str, Any] = {
    "id": 1,
    "version": 1,
    "status": "active",
    "scope": {"origins": ["*"], "destinations": ["SA"], "occupations": ["*"]},
    "when": None,
    "effect": {"code": "medical_examination", "validity": "P90D", "lead_days": 3},
    "effective": {"from": date(2026, 1, 1), "until": None},
    "basis": [{"instrument": "a", "provision": "art. 3"}],
}


def test_each_attribute_that_differs_is_told_and_no_other() -> None:
    later = RULE | {
        "id": 2,
        "version": 2,
        "status": "draft",
        "effect": {"code": "medical_examination", "validity": "P60D", "lead_working_days": 2},
        "effective": {"from": date(2027, 1, 1), "until": None},
        "when": "worker.age > 3",
    }
    assert differences(RULE, later) == [
        Difference("effect.validity", "P90D", "P60D"),
        Difference("effect.lead_working_days", None, 2),
        Difference("effective.from", date(2026, 1, 1), date(2027, 1, 1)),
        Difference("when", None, "worker.age > 3"),
        Difference("effect.lead_days", 3, None),
    ]


def test_of_a_first_version_all_that_it_says_is_new() -> None:
    told = {difference.attribute: difference.after for difference in differences(None, RULE)}
    assert told["effect.validity"] == "P90D"
    assert told["scope.destinations"] == ["SA"]
    assert "when" not in told


EFFECTS = st.dictionaries(st.sampled_from("abcd"), st.none() | st.integers(0, 2))


@given(EFFECTS, EFFECTS)
def test_differences_turn_around_with_the_rules(one: dict[str, Any], other: dict[str, Any]) -> None:
    there = differences({"effect": one}, {"effect": other})
    back = differences({"effect": other}, {"effect": one})
    assert {(d.attribute, d.before, d.after) for d in there} == {(d.attribute, d.after, d.before) for d in back}
    assert differences({"effect": one}, {"effect": one}) == []
