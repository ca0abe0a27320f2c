from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, reject
from hypothesis import strategies as st
from services.legislation.tests.domain.procedure_steps import SIX, a_step, procedures

from imdi_legislation.domain.fields import Invalid
from imdi_legislation.domain.money import Money
from imdi_legislation.domain.procedures import Step, order_error
from imdi_legislation.domain.streamlining import analyse
from imdi_legislation.domain.what_if import Saving, apply_changes, no_longer_produced, saving

Steps = tuple[Step, ...]
NOTHING = Saving(0, 0, 0, 0, 0, ())


def saved(*changes: dict[str, Any]) -> Saving:
    return saving(analyse(SIX), analyse(apply_changes(SIX, list(changes))))


def by_code(steps: Steps) -> dict[str, Step]:
    return {step.code: step for step in steps}


@given(procedures())
def test_without_a_change_nothing_changes(steps: Steps) -> None:
    after = apply_changes(steps, [])
    assert after == steps
    assert analyse(after) == analyse(steps)
    assert saving(analyse(steps), analyse(after)) == NOTHING
    assert no_longer_produced(steps, after) == []


@given(procedures().filter(lambda steps: len(steps) > 1), st.data())
def test_removing_a_step_never_lengthens_anything(steps: Steps, data: st.DataObject) -> None:
    code = data.draw(st.sampled_from(sorted(by_code(steps))))
    after = apply_changes(steps, [{"change": "remove", "step": code}])
    found = saving(analyse(steps), analyse(after))
    assert order_error(after) is None
    assert found.steps == 1
    assert min(found.documents_asked, found.sequential_days, found.longest_path_days) >= 0
    assert all(money.amount > 0 for money in found.worker_cost)


@given(procedures().filter(lambda steps: len(steps) > 1), st.data())
def test_merging_keeps_every_fee_and_asks_for_no_more(steps: Steps, data: st.DataObject) -> None:
    codes = data.draw(st.lists(st.sampled_from(sorted(by_code(steps))), min_size=2, max_size=3, unique=True))
    try:
        after = apply_changes(steps, [{"change": "merge", "steps": codes}])
    except Invalid:
        reject()  # another step lies between them
    before_it, after_it = analyse(steps), analyse(after)
    found = saving(before_it, after_it)
    assert found.steps == len(codes) - 1
    assert found.documents_asked >= 0
    assert found.sequential_days >= 0
    assert before_it.costs == after_it.costs
    assert found.worker_cost == ()


@given(procedures(), st.data())
def test_dropping_a_prerequisite_never_lengthens_the_path(steps: Steps, data: st.DataObject) -> None:
    waiting = [step for step in steps if step.after]
    if not waiting:
        return
    step = data.draw(st.sampled_from(waiting))
    change = {"change": "reorder", "step": step.code, "drop": [step.after[0]]}
    dropped = apply_changes(steps, [change])
    assert saving(analyse(steps), analyse(dropped)).longest_path_days >= 0
    again = apply_changes(dropped, [{"change": "reorder", "step": step.code, "add": [step.after[0]]}])
    assert analyse(again).time.longest_path_days == analyse(steps).time.longest_path_days


def test_what_waited_for_a_removed_step_waits_for_what_it_waited_for() -> None:
    after = apply_changes(SIX, [{"change": "remove", "step": "approve"}])
    assert by_code(after)["permit"].after == ("medical", "certify")
    assert saved({"change": "remove", "step": "approve"}) == Saving(1, 0, 1, 4, 4, ())
    assert saved({"change": "remove", "step": "medical"}) == Saving(1, 1, 1, 3, 0, (Money(Decimal("2000.00"), "NPR"),))
    without = apply_changes(SIX, [{"change": "remove", "step": "medical"}])
    assert no_longer_produced(SIX, without) == ["fitness report"]


def test_one_counter_in_the_place_of_two() -> None:
    [one] = [
        step
        for step in apply_changes(SIX, [{"change": "merge", "steps": ["certify", "approve"], "title": "One stop"}])
        if step.code == "certify"
    ]
    assert (one.title, one.documents_in, one.documents_out) == (
        "One stop",
        ("demand letter",),
        ("certified demand letter",),
    )
    assert one.time_limit == by_code(SIX)["certify"].time_limit
    assert one.after == ("demand",)
    assert saved({"change": "merge", "steps": ["certify", "approve"]}) == Saving(1, 0, 1, 4, 4, ())


def test_changes_are_made_in_turn() -> None:
    changes: list[Any] = [
        {"change": "merge", "steps": ["certify", "approve"], "actor": "employer"},
        {"change": "reorder", "step": "permit", "drop": ["certify"]},
        {"change": "remove", "step": "demand"},
    ]
    after = by_code(apply_changes(SIX, changes))
    assert list(after) == ["certify", "passport", "medical", "permit"]
    assert after["certify"].actor == "employer"
    assert after["permit"].after == ("medical",)


def test_a_merged_step_is_observed_by_an_item_only_where_one_is_left() -> None:
    steps = (a_step("a", item="visa"), a_step("b"), a_step("c", item="passport"))
    assert apply_changes(steps, [{"change": "merge", "steps": ["a", "b"]}])[0].item == "visa"
    assert apply_changes(steps, [{"change": "merge", "steps": ["a", "c"]}])[0].item is None


@pytest.mark.parametrize(
    ("change", "field", "rule"),
    [
        ({"change": "paint"}, "changes.0.change", "one_of"),
        ({"change": "remove", "step": "nothing"}, "changes.0.step", "steps"),
        ({"change": "remove"}, "changes.0.step", "required"),
        ({"change": "remove", "step": "demand", "x": 1}, "changes.0.x", "unknown_field"),
        ({"change": "merge", "steps": ["demand"]}, "changes.0.steps", "steps"),
        ({"change": "merge", "steps": ["demand", "nothing"]}, "changes.0.steps", "steps"),
        ({"change": "merge", "steps": ["demand", "approve"]}, "changes.0", "order"),
        ({"change": "merge", "steps": ["demand", "certify"], "actor": "king"}, "changes.0.actor", "one_of"),
        ({"change": "reorder", "step": "demand", "add": ["permit"]}, "changes.0", "order"),
        ({"change": "reorder", "step": "demand", "add": ["nothing"]}, "changes.0.add", "steps"),
        ({"change": "reorder", "step": "permit", "drop": ["demand"]}, "changes.0.drop", "steps"),
    ],
)
def test_a_change_that_cannot_be_made_is_named(change: dict[str, Any], field: str, rule: str) -> None:
    with pytest.raises(Invalid) as refused:
        apply_changes(SIX, [change])
    assert (field, rule) in [(error.field, error.rule) for error in refused.value.errors]


def test_the_last_step_stays_and_changes_are_bounded() -> None:
    with pytest.raises(Invalid, match="at least one"):
        apply_changes((a_step("a"),), [{"change": "remove", "step": "a"}])
    with pytest.raises(Invalid, match="100"):
        apply_changes(SIX, [{"change": "reorder", "step": "permit"}] * 101)
