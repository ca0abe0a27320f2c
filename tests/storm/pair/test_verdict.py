"""The verdict finds each wrong, and nothing where all is well."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.storm.pair.verdict import Seen, complaints

WELL = Seen(
    acknowledged=[("a", 1), ("a", 2), ("b", 1)],
    owned={"a": 2, "b": 1},
    announced=[("a", 1, "e1"), ("b", 1, "e3"), ("a", 2, "e2")],
    copied={"a": 2, "b": 1},
    acted=[("a", 1), ("a", 2), ("b", 1)],
)


@pytest.mark.parametrize(
    ("seen", "wrong"),
    [
        (WELL, set()),
        (replace(WELL, announced=[*WELL.announced, ("a", 1, "e1")]), set()),  # delivered again
        (replace(WELL, acknowledged=[("a", 1)]), set()),  # the others' answers never came
        (replace(WELL, acknowledged=[*WELL.acknowledged, ("c", 1)]), {"lost"}),
        (replace(WELL, announced=WELL.announced[:2]), {"lost"}),
        (replace(WELL, copied={"a": 1, "b": 1}), {"lost"}),
        (replace(WELL, acted=WELL.acted[1:]), {"lost"}),
        (replace(WELL, announced=[*WELL.announced, ("a", 2, "e9")]), {"doubled"}),
        (replace(WELL, acted=[*WELL.acted, ("a", 1)]), {"doubled"}),
        (replace(WELL, announced=[("a", 2, "e2"), ("a", 1, "e1"), ("b", 1, "e3")]), {"inverted"}),
        (replace(WELL, announced=[*WELL.announced, ("z", 1, "e4")]), {"invented"}),
    ],
)
def test_each_wrong_is_found(seen: Seen, wrong: set[str]) -> None:
    assert complaints(seen) == wrong
