from __future__ import annotations

from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imdi_matching.domain.placements import BINDING, LIVE, OPEN, STEPS, Deed, Status, course

STATUSES: tuple[Status, ...] = get_args(Status)
PREPARATIONS = ("opened", "planned", "in_progress", "cleared", "revoked", "departed", "arrived", "checked", "closed")


@pytest.mark.parametrize(
    ("deed", "since", "to"),
    [
        ("accept", {"proposed"}, "accepted"),
        ("select", {"accepted"}, "selected"),
        ("offer", {"selected", "offered"}, "offered"),
        ("agree", {"offered"}, "agreed"),
        ("withdraw", {"proposed", "accepted", "selected", "offered", "agreed", "ready"}, "withdrawn"),
    ],
)
def test_each_deed_has_its_way(deed: Deed, since: set[Status], to: Status) -> None:
    assert STEPS[deed].since == since
    assert STEPS[deed].to == to


@pytest.mark.parametrize(
    ("status", "preparation", "expected"),
    [
        ("agreed", "opened", ()),
        ("agreed", "planned", ()),
        ("agreed", "cleared", ("ready",)),
        ("ready", "cleared", ()),
        ("ready", "revoked", ("agreed",)),
        ("ready", "in_progress", ("agreed",)),
        ("ready", "closed", ("agreed",)),
        ("withdrawn", "cleared", ()),
        ("agreed", "departed", ("deployed",)),
        ("ready", "departed", ("deployed",)),
        ("withdrawn", "departed", ("deployed",)),
        ("deployed", "departed", ()),
        ("deployed", "arrived", ("completed",)),
        ("ready", "arrived", ("deployed", "completed")),
        ("completed", "arrived", ()),
        ("completed", "checked", ()),
        ("completed", "departed", ()),
    ],
)
def test_a_placement_follows_its_preparation(status: Status, preparation: str, expected: tuple[Status, ...]) -> None:
    assert course(status, preparation) == expected


@given(st.sampled_from(STATUSES), st.sampled_from(PREPARATIONS))
def test_following_twice_changes_nothing_more(status: Status, preparation: str) -> None:
    path = course(status, preparation)
    assert course(path[-1] if path else status, preparation) == ()


@given(st.sampled_from(sorted(BINDING)), st.sampled_from(PREPARATIONS))
def test_a_binding_placement_is_ready_exactly_while_cleared(status: Status, preparation: str) -> None:
    path = course(status, preparation)
    after = path[-1] if path else status
    if after in ("agreed", "ready"):
        assert (after == "ready") == (preparation == "cleared")


def test_the_departed_cannot_be_withdrawn() -> None:
    assert not STEPS["withdraw"].since & {"deployed", "completed", "withdrawn"}
    assert OPEN | BINDING == LIVE
