from __future__ import annotations

import json

import pytest
from tests.bench.figures import Ratio, quantile


@pytest.mark.parametrize(
    ("values", "share", "found"),
    [([3, 1, 2], 0.5, 2), ([1, 2, 3, 4], 0.5, 2), (list(range(1, 101)), 0.99, 99), ([7], 0.99, 7), ([1, 9], 1.0, 9)],
)
def test_a_quantile_is_the_smallest_value_that_enough_do_not_exceed(
    values: list[float], share: float, found: float
) -> None:
    assert quantile(values, share) == found


def test_a_ratio_is_the_median_of_the_rounds() -> None:
    ratio = Ratio("x", 8, 3, ours=[2, 8, 30], floor=[1, 2, 10], unit="ms")
    assert ratio.ratio == 3


@pytest.mark.parametrize(
    ("ours", "floor", "more", "holds"),
    [
        ([7, 7, 7], [1, 1, 1], False, True),
        ([9, 9, 9], [1, 1, 1], False, False),
        ([9, 9, 9], [9, 9, 9], True, True),
        ([7, 7, 7], [9, 9, 9], True, False),
        ([90, 90, 90], [1, 2, 3], False, True),
    ],
)
def test_a_must_is_held_or_missed_or_the_run_is_unstable(
    ours: list[float], floor: list[float], more: bool, holds: bool
) -> None:
    must = 0.8 if more else 8
    assert Ratio("x", must, 3, ours, floor, "ms", more_is_better=more).holds is holds


def test_a_line_is_as_partners_read_it() -> None:
    line = json.loads(Ratio("relay_rate", 0.4, 0.7, [5], [10], "events/s", more_is_better=True).line(events=9))
    assert {"benchmark", "ratio", "must", "goal", "ours", "floor", "unit"} <= line.keys()
    assert (line["ratio"], line["events"], line["stable"]) == (0.5, 9, True)
