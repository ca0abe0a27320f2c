"""Who may do what in worker-prep, as data."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from typing import Literal
from uuid import UUID

Relation = Literal["controller", "owner", "assigned"]
"""The worker's controller; the vacancy's owner; a member to whom an item is assigned."""
Deed = Literal["read_whole", "answer_facts", "change_departure_date", "book", "record_result", "depart", "arrive"]

WHO_MAY: dict[Deed, frozenset[Relation]] = {
    "read_whole": frozenset({"controller", "owner"}),
    "answer_facts": frozenset({"controller"}),
    "change_departure_date": frozenset({"controller"}),
    "book": frozenset({"controller"}),
    "record_result": frozenset({"assigned"}),
    "depart": frozenset({"controller"}),
    "arrive": frozenset({"controller", "owner"}),
}


def may(deed: Deed, relations: AbstractSet[Relation]) -> bool:
    """Whether one of the actor's relations to the preparation allows the deed."""
    return bool(WHO_MAY[deed] & relations)


def relations(
    member_id: UUID | None, *, owner_id: UUID, controller_id: UUID | None, assigned: AbstractSet[UUID], consented: bool
) -> frozenset[Relation]:
    """What a member is to a preparation; nothing means that it must not see it. A client may act for no member.

    Those to whom an item is assigned see it only while the worker consents to being prepared.
    """
    if member_id is None:
        return frozenset()
    found: set[Relation] = set()
    if member_id == owner_id:
        found.add("owner")
    if member_id == controller_id:
        found.add("controller")
    if member_id in assigned and (consented or found):
        found.add("assigned")
    return frozenset(found)
