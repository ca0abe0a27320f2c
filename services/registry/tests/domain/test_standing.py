from __future__ import annotations

from uuid import UUID

import pytest

from imdi_registry.domain.disclosure import OPEN_PREPARATIONS, PLACEMENT_STAGES
from imdi_registry.domain.standing import Placement, Preparation, Viewer, relations, rows

CONTROLLER, OWNER, CLINIC, OTHER = (UUID(int=number) for number in range(1, 5))


def seen_by(viewer: Viewer, placement: str = "offered", preparation: str = "planned") -> set[tuple[str, str]]:
    placements = [Placement(OWNER, placement)]
    preparations = [Preparation(preparation, frozenset({CLINIC}))]
    return set(rows(viewer, CONTROLLER, "NP", placements, preparations))


@pytest.mark.parametrize(
    ("viewer", "expected"),
    [
        (Viewer(CONTROLLER, "recruitment_agency", "NP"), {("controller", "always")}),
        (Viewer(OWNER, "employer", "SA"), {("employer", "offered")}),
        (Viewer(CLINIC, "medical_provider", "NP"), {("medical_provider", "assigned")}),
        (Viewer(OTHER, "government", "NP"), {("origin_government", "always")}),
        (Viewer(OTHER, "government", "IN"), set()),
        (Viewer(OTHER, "employer", "NP"), set()),
        (Viewer(None, None, None, steward=True), {("steward", "always")}),
        (Viewer(None, None, None), set()),
    ],
)
def test_what_each_is_to_the_worker(viewer: Viewer, expected: set[tuple[str, str]]) -> None:
    assert seen_by(viewer) == expected


@pytest.mark.parametrize(
    "status",
    ["proposed", "accepted", "selected", "offered", "agreed", "ready", "deployed", "completed", "withdrawn"],
)
def test_an_owner_is_a_stranger_once_the_placement_is_over(status: str) -> None:
    seen = seen_by(Viewer(OWNER, "employer", "SA"), placement=status)
    assert seen == ({("employer", PLACEMENT_STAGES[status])} if status not in ("completed", "withdrawn") else set())


@pytest.mark.parametrize(
    "status",
    ["opened", "planned", "in_progress", "cleared", "revoked", "departed", "arrived", "checked", "closed"],
)
def test_a_performer_is_a_stranger_once_the_preparation_is_over(status: str) -> None:
    seen = seen_by(Viewer(CLINIC, "medical_provider", "NP"), preparation=status)
    assert bool(seen) == (status in OPEN_PREPARATIONS)
    assert bool(seen) == (status not in ("arrived", "checked", "closed"))


def test_one_member_may_stand_in_several_rows() -> None:
    found = rows(
        Viewer(CONTROLLER, "recruitment_agency", "NP"), CONTROLLER, "NP", [Placement(CONTROLLER, "agreed")], []
    )
    assert found == {("controller", "always"), ("recruitment_agency", "agreed")}
    assert relations(found) == {"controller"}
