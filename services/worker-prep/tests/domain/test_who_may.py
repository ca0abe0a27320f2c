from __future__ import annotations

from uuid import UUID

import pytest

from imdi_worker_prep.domain.who_may import WHO_MAY, Deed, Relation, may, relations

OWNER, CONTROLLER, CLINIC, STRANGER = (UUID(int=number) for number in range(4))


@pytest.mark.parametrize(
    ("relation", "deeds"),
    [
        ("controller", {"read_whole", "answer_facts", "change_departure_date", "book", "depart", "arrive"}),
        ("owner", {"read_whole", "arrive"}),
        ("assigned", {"record_result"}),
    ],
)
def test_the_table_of_the_design(relation: Relation, deeds: set[Deed]) -> None:
    assert {deed for deed in WHO_MAY if may(deed, {relation})} == deeds


@pytest.mark.parametrize(
    ("member", "consented", "found"),
    [
        (OWNER, False, {"owner"}),
        (CONTROLLER, False, {"controller", "assigned"}),
        (CLINIC, True, {"assigned"}),
        (CLINIC, False, set()),
        (STRANGER, True, set()),
    ],
)
def test_what_a_member_is_to_a_preparation(member: UUID, consented: bool, found: set[Relation]) -> None:
    assigned = frozenset({CLINIC, CONTROLLER})
    assert relations(member, owner_id=OWNER, controller_id=CONTROLLER, assigned=assigned, consented=consented) == found
