from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from services.legislation.tests.domain.procedure_steps import SIX, a_step

from imdi_legislation.domain.observed_times import FEWEST, Measured, compare, observed_time


def test_each_step_with_an_item_is_told_in_its_order() -> None:
    assert [(one.step, one.item, one.suppressed) for one in compare(SIX, {})] == [
        ("medical", "medical_examination", True),
        ("permit", "exit_permit", True),
    ]


@pytest.mark.parametrize(
    ("limit", "p50", "p90", "over"),
    [
        (4, 4, 4, (False, False)),
        (4, 4, 5, (False, True)),
        (4, 5, 9, (True, True)),
        (None, 5, 9, (None, None)),
    ],
)
def test_a_limit_is_kept_on_its_last_day(limit: int | None, p50: int, p90: int, over: tuple[bool, bool]) -> None:
    [found] = compare((a_step("a", days=limit, item="visa"),), {"visa": Measured(10, p50, p90, 10, 0)})
    assert (found.median_over_limit, found.p90_over_limit) == over
    assert (found.cases, found.p50_days, found.p90_days, found.failed_share) == (10, p50, p90, None)


@given(st.integers(0, 30), st.integers(0, 30))
def test_of_fewer_than_ten_nothing_is_told(cases: int, failed: int) -> None:
    judged = cases + failed
    [found] = compare((a_step("a", days=4, item="visa"),), {"visa": Measured(cases, 3, 8, judged, failed)})
    assert found.suppressed == (cases < FEWEST)
    assert {found.cases is None, found.p50_days is None, found.p90_days is None} == {cases < FEWEST}
    assert (found.failed_share is None) == (failed < FEWEST)


def test_the_share_that_failed_has_two_decimals() -> None:
    [found] = compare((a_step("a", item="visa"),), {"visa": Measured(20, 3, 8, 30, 10)})
    assert found.failed_share == Decimal("0.33")


def test_the_medians_add_up_along_the_longest_path() -> None:
    measured = {"medical_examination": Measured(12, 5, 8, 12, 0), "exit_permit": Measured(10, 7, 9, 10, 0)}
    found = observed_time(SIX, compare(SIX, measured))
    assert found is not None
    assert (found.sequential_days, found.longest_path_days) == (12, 12)
    assert found.longest_path == ("passport", "medical", "permit")
    assert found.without_days == ("demand", "passport", "certify", "approve")
    assert observed_time(SIX, compare(SIX, {"exit_permit": Measured(9, 7, 9, 10, 0)})) is None
