from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imdi_legislation.domain.law import Law
from imdi_legislation.domain.rules import Rule, binding

MakeRule = Callable[..., Rule]
SPRING, SUMMER, AUTUMN = date(2027, 3, 1), date(2027, 6, 1), date(2027, 9, 1)
DAY = timedelta(days=1)
ENGLISH = {"criterion": "language", "language": "en", "level": "A2"}


@pytest.fixture(scope="session")
def versions(rule: MakeRule) -> list[Rule]:
    """Version 2 spares open cases, version 3 spares them too; version 4 binds all."""
    return [
        rule(id="v1", begins=date(2026, 1, 1), ends=SPRING - DAY),
        rule(id="v2", begins=SPRING, ends=SUMMER - DAY, opened_after=True, replaces="v1"),
        rule(id="v3", begins=SUMMER, ends=AUTUMN - DAY, opened_after=True, replaces="v2"),
        rule(id="v4", begins=AUTUMN, replaces="v3"),
    ]


@pytest.mark.parametrize(
    ("on", "opened", "bound"),
    [
        (date(2025, 12, 31), date(2025, 1, 1), None),
        (date(2026, 1, 1), date(2025, 1, 1), "v1"),
        (SPRING - DAY, SPRING - DAY, "v1"),
        (SPRING, SPRING - DAY, "v1"),
        (SPRING, SPRING, "v2"),
        (SUMMER, SPRING - DAY, "v1"),
        (SUMMER, SPRING, "v2"),
        (SUMMER, SUMMER - DAY, "v2"),
        (SUMMER, SUMMER, "v3"),
        (AUTUMN - DAY, date(2026, 1, 1), "v1"),
        (AUTUMN, date(2026, 1, 1), "v4"),
        (SPRING - DAY, AUTUMN, "v1"),
    ],
)
def test_which_version_binds_a_case(versions: list[Rule], on: date, opened: date, bound: str | None) -> None:
    found = binding(versions, on, opened)
    assert (found and found.id) == bound


def test_a_first_version_that_spares_a_case_leaves_it_unbound(rule: MakeRule) -> None:
    first = rule(begins=SPRING, opened_after=True)
    assert binding([first], SUMMER, SPRING - DAY) is None
    assert binding([first], SUMMER, SPRING) is first


def test_after_its_end_nothing_binds(versions: list[Rule], rule: MakeRule) -> None:
    ended = [*versions[:1], rule(id="v2", begins=SPRING, ends=SUMMER - DAY, opened_after=True, replaces="v1")]
    assert binding(ended, SUMMER, date(2026, 1, 1)) is None


@given(
    st.permutations(range(4)),
    st.dates(date(2025, 1, 1), date(2028, 1, 1)),
    st.dates(date(2025, 1, 1), date(2028, 1, 1)),
)
def test_the_order_of_versions_does_not_matter(versions: list[Rule], order: list[int], on: date, opened: date) -> None:
    assert binding([versions[place] for place in order], on, opened) == binding(versions, on, opened)


def test_a_version_that_leaves_a_corridor_frees_it(rule: MakeRule) -> None:
    law = Law(
        2,
        [
            rule("a", id="v1", destinations="GCC", begins=date(2026, 1, 1), ends=SPRING - DAY),
            rule("a", id="v2", destinations="QA", begins=SPRING, replaces="v1"),
            rule("b", origins="NP"),
            rule("c", ENGLISH, "criterion", occupations="53"),
            rule("d", when="worker.language.ar >= 1"),
        ],
        {},
    )  # fmt: skip

    def codes(to: str, isco: str, on: date) -> list[str]:
        return [rule.id if rule.code == "a" else rule.code for rule in law.binding("PH", to, isco, on, on)]

    assert codes("SA", "5322", SPRING - DAY) == ["v1", "c", "d"]
    assert codes("SA", "5322", SPRING) == ["c", "d"]
    assert codes("QA", "8160", SPRING) == ["v2"]
    assert codes("QA", "8160", SPRING) == ["v2"]
    assert law.languages == ["ar", "en"]
    assert len(law.rules()) == 5
