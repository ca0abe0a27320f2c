from __future__ import annotations

from hypothesis import given
from services.legislation.tests.domain.procedure_steps import SIX, a_step, procedures

from imdi_legislation.domain.findings import Finding, find
from imdi_legislation.domain.observed_times import Measured, compare
from imdi_legislation.domain.procedures import Step
from imdi_legislation.domain.streamlining import analyse


def found(steps: tuple[Step, ...], **measured: Measured) -> list[Finding]:
    return find(steps, analyse(steps), compare(steps, measured))


def test_what_six_steps_tell_a_government() -> None:
    told = found(SIX, exit_permit=Measured(40, 20, 45, 50, 20))
    assert [(one.kind, one.steps) for one in told] == [
        ("ask_once", ("medical", "permit")),
        ("ask_once", ("approve", "permit")),
        ("ask_once", ("certify", "permit")),
        ("side_by_side", ("demand", "passport", "certify", "medical")),
        ("over_limit", ("permit",)),
        ("failed_results", ("permit",)),
        ("no_document_passes", ("approve", "permit")),
        ("worker_cost", ("medical", "permit")),
        ("without_limit", ("demand", "passport")),
        ("unsourced", ("demand", "certify", "approve", "passport", "medical", "permit")),
    ]
    texts = {one.kind: one.text for one in told}
    assert "asked 2 times, by government (2 ×). It comes from the step demand." in texts["ask_once"]
    assert (
        "that saves 3 days: one after another they add up to 53 days, on the longest path to 50 days."
        in (texts["side_by_side"])
    )
    assert (
        "allows 31 days; observed are 20 days at the median and 45 at the ninetieth percentile" in texts["over_limit"]
    )
    assert "40 % of the cases failed" in texts["failed_results"]
    assert texts["worker_cost"] == "The worker pays NPR 3500.00."
    assert texts["without_limit"].startswith("2 of 6 steps")


def test_a_limit_that_is_kept_and_groups_that_are_small_tell_nothing() -> None:
    kinds = {one.kind for one in found(SIX, exit_permit=Measured(40, 20, 31, 40, 9))}
    assert {"over_limit", "failed_results"}.isdisjoint(kinds)
    kinds = {one.kind for one in found(SIX, exit_permit=Measured(9, 200, 310, 9, 9))}
    assert {"over_limit", "failed_results"}.isdisjoint(kinds)


def test_of_one_sourced_step_within_its_limit_there_is_nothing_to_find() -> None:
    assert found((a_step("a", days=3, confidence="primary"),)) == []


@given(procedures())
def test_every_finding_names_its_steps_and_its_basis(steps: tuple[Step, ...]) -> None:
    codes = {step.code for step in steps}
    for one in found(steps):
        assert one.text
        assert one.basis
        assert set(one.steps) <= codes
        assert one.steps
