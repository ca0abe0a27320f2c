"""The slowest of several ways back."""

from __future__ import annotations

import pytest
from tests.storm.probes import Recovery, worst


@pytest.mark.parametrize(
    ("ways", "expected"),
    [
        ([Recovery(1, 5), Recovery(3, 4)], Recovery(3, 5)),
        ([Recovery(1, None), Recovery(3, 4)], Recovery(3, None)),
        ([Recovery(None, None), Recovery(3, 4)], Recovery(None, None)),
        ([Recovery(2, 2)], Recovery(2, 2)),
    ],
)
def test_the_slowest_way_counts_and_one_that_was_not_seen_is_none(ways: list[Recovery], expected: Recovery) -> None:
    assert worst(ways) == expected
