from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imdi_matching.domain.occupations import Experience, minor_group, nearest, proximity, years_in

codes = st.from_regex(r"[0-9]{4}", fullmatch=True)


@pytest.mark.parametrize(
    ("held", "wanted", "expected"),
    [
        ("5322", "5322", 1.0),
        ("5321", "5322", 0.5),
        ("5311", "5322", 0.0),
        ("9111", "5322", 0.0),
    ],
)
def test_the_nearer_the_group_the_closer(held: str, wanted: str, expected: float) -> None:
    assert proximity(held, wanted) == expected


@given(codes, codes)
def test_proximity_is_mutual_and_positive_exactly_within_the_minor_group(held: str, wanted: str) -> None:
    assert proximity(held, wanted) == proximity(wanted, held)
    assert (proximity(held, wanted) > 0) == (minor_group(held) == minor_group(wanted))


@given(st.lists(st.builds(Experience, codes, st.integers(0, 60))), codes)
def test_the_nearest_occupation_counts(held: list[Experience], wanted: str) -> None:
    assert nearest(held, wanted) == max((proximity(one.isco, wanted) for one in held), default=0)


def test_years_count_in_the_unit_group_alone() -> None:
    held = [Experience("5322", 3), Experience("5321", 9)]
    assert years_in(held, "5322") == 3
    assert years_in(held, "5329") == 0
