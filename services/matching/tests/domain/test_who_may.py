from __future__ import annotations

from datetime import date

import pytest

from imdi_matching.domain.who_may import WHO_MAY, Recruiter, may_recruit, parties

TODAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("kind", "licensed_until", "expected"),
    [
        ("employer", None, True),
        ("recruitment_agency", date(2026, 11, 23), True),
        ("recruitment_agency", date(2026, 11, 22), False),
        ("recruitment_agency", None, False),
        ("government", date(2027, 1, 1), False),
        ("medical_provider", None, False),
    ],
)
def test_who_may_recruit(kind: str, licensed_until: date | None, expected: bool) -> None:
    assert may_recruit(Recruiter(kind, licensed_until), TODAY) is expected


@pytest.mark.parametrize(
    ("member", "controller", "expected"),
    [
        ("a", "b", {"owner"}),
        ("b", "b", {"controller"}),
        ("a", "a", {"owner", "controller"}),
        ("c", "b", set()),
        (None, None, set()),
    ],
)
def test_what_a_member_is_to_a_placement(member: str | None, controller: str | None, expected: set[str]) -> None:
    assert parties(member, owner_id="a", controller_id=controller) == expected


def test_the_workers_own_decisions_are_its_controllers() -> None:
    assert WHO_MAY["accept"] == WHO_MAY["agree"] == {"controller"}
    assert WHO_MAY["select"] == WHO_MAY["offer"] == {"owner"}
