"""A procedure of six steps, counted by hand; and what holds of any."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from services.legislation.tests.domain.procedure_steps import SIX, a_step, procedures

from imdi_legislation.domain.money import Money
from imdi_legislation.domain.procedures import Step
from imdi_legislation.domain.streamlining import Cost, Pair, analyse
from imdi_legislation.domain.time_limits import calendar_days


def test_six_steps_counted_by_hand() -> None:
    found = analyse(SIX)
    assert found.steps == 6
    assert found.actors == {"employer": 1, "government": 3, "medical_provider": 1, "worker": 1}
    assert found.hand_overs == (
        Pair("demand", "certify"),
        Pair("passport", "medical"),
        Pair("medical", "permit"),
    )
    assert (found.time.sequential_days, found.time.longest_path_days) == (15 + 4 + 3 + 31, 15 + 4 + 31)
    assert found.time.longest_path == ("demand", "certify", "approve", "permit")
    assert found.time.without_days == ("demand", "passport")
    assert found.time.side_by_side_saves_days == 3
    assert found.stages == (("demand", "passport"), ("certify", "medical"), ("approve",), ("permit",))
    assert found.side_by_side == (("demand", "passport"), ("certify", "medical"))
    assert found.worker_cost == (Money(Decimal("3500.00"), "NPR"),)
    assert found.costs == (
        Cost("employer", Money(Decimal(400), "MYR")),
        Cost("worker", Money(Decimal("3500.00"), "NPR")),
    )


def test_documents_asked_again_are_told_with_who_asks_and_who_makes_them() -> None:
    found = analyse(SIX).documents
    assert (found.distinct, found.asked) == (4, 7)
    told = {
        one.document: (one.again, one.produced_by, [asking.step for asking in one.asked_by])
        for one in found.asked_again
    }
    assert told == {
        "Passport": (1, ("passport",), ["medical", "permit"]),
        "demand letter": (1, ("demand",), ["certify", "permit"]),
        "certified demand letter": (1, ("certify",), ["approve", "permit"]),
    }


@pytest.mark.parametrize(
    ("out", "asked", "told"),
    [(["Visa"], ["visa"], []), (["visa"], ["passport"], [Pair("a", "b")]), ([], [], [Pair("a", "b")])],
)
def test_an_order_without_a_document_is_told(out: list[str], asked: list[str], told: list[Pair]) -> None:
    steps = (a_step("a", documents_out=out), a_step("b", documents_in=asked, after=["a"]))
    assert list(analyse(steps).no_document_passes) == told


def _all_days(steps: tuple[Step, ...]) -> list[int]:
    return [calendar_days(step.time_limit) or 0 for step in steps]


@given(procedures())
def test_the_longest_path_lies_between_the_longest_step_and_the_sum(steps: tuple[Step, ...]) -> None:
    time, days = analyse(steps).time, _all_days(steps)
    assert max(days) <= time.longest_path_days <= time.sequential_days == sum(days)
    by_code = {step.code: step for step in steps}
    assert sum(calendar_days(by_code[code].time_limit) or 0 for code in time.longest_path) == time.longest_path_days
    for before, then in zip(time.longest_path, time.longest_path[1:], strict=False):
        assert before in by_code[then].after


@given(procedures())
def test_nobody_of_a_stage_waits_for_another_of_it(steps: tuple[Step, ...]) -> None:
    found = analyse(steps)
    before: dict[str, set[str]] = {}
    for stage in found.stages:
        for code in stage:
            own = next(step for step in steps if step.code == code).after
            before[code] = set(own).union(*(before[one] for one in own))
        assert all(before[code].isdisjoint(stage) for code in stage)
    assert sorted(code for stage in found.stages for code in stage) == sorted(step.code for step in steps)


@given(procedures())
def test_counts_add_up(steps: tuple[Step, ...]) -> None:
    found = analyse(steps)
    assert sum(found.actors.values()) == found.steps == len(steps)
    assert found.documents.asked - found.documents.distinct == sum(one.again for one in found.documents.asked_again)
    paid = sum((fee.amount.amount for step in steps for fee in step.fees), start=Decimal(0))
    assert sum((cost.amount.amount for cost in found.costs), start=Decimal(0)) == paid


@given(procedures())
def test_listing_unrelated_steps_otherwise_changes_no_day(steps: tuple[Step, ...]) -> None:
    def days(of: Any) -> tuple[int, int]:
        return of.time.sequential_days, of.time.longest_path_days

    assert days(analyse(steps)) == days(analyse(tuple(reversed(steps))))
