"""Who may do what in matching, as data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

Party = Literal["owner", "controller"]
"""The vacancy's owner; the worker's controller."""

WHO_MAY: Mapping[str, frozenset[Party]] = {
    "propose": frozenset({"owner", "controller"}),
    "accept": frozenset({"controller"}),
    "select": frozenset({"owner"}),
    "offer": frozenset({"owner"}),
    "agree": frozenset({"controller"}),
    "withdraw": frozenset({"owner", "controller"}),
}


@dataclass(frozen=True, slots=True)
class Recruiter:
    """What the right to recruit depends on: a member's kind, and the last day of its licence."""

    kind: str
    licensed_until: date | None


def may_recruit(member: Recruiter, today: date) -> bool:
    """Whether a member may post vacancies and fill them: an employer, or an agency whose licence covers today."""
    if member.kind == "employer":
        return True
    return member.kind == "recruitment_agency" and member.licensed_until is not None and member.licensed_until >= today


def parties(member_id: object, *, owner_id: object, controller_id: object) -> frozenset[Party]:
    """What a member is to a placement; nothing means that it must not see it."""
    roles: set[Party] = set()
    if member_id == owner_id:
        roles.add("owner")
    if controller_id is not None and member_id == controller_id:
        roles.add("controller")
    return frozenset(roles)
