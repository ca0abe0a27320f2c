"""What a viewer is to a worker: the rows of the disclosure table, and the relations of the who-may table."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from imdi_registry.domain.disclosure import OPEN_PREPARATIONS, PLACEMENT_STAGES, Row


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who asks: a member, or a steward."""

    member_id: UUID | None
    kind: str | None
    country: str | None
    steward: bool = False


@dataclass(frozen=True, slots=True)
class Placement:
    owner_id: UUID
    status: str


@dataclass(frozen=True, slots=True)
class Preparation:
    status: str
    performers: frozenset[UUID]
    """The members to whom an item is assigned."""


def rows(
    viewer: Viewer,
    controller_id: UUID | None,
    origin: str | None,
    placements: Iterable[Placement],
    preparations: Iterable[Preparation],
) -> frozenset[Row]:
    """The viewer's rows of the disclosure table; empty for a stranger, to whom the worker does not exist."""
    found: set[Row] = {("steward", "always")} if viewer.steward else set()
    if viewer.member_id is None or viewer.kind is None:
        return frozenset(found)
    if viewer.member_id == controller_id:
        found.add(("controller", "always"))
    if viewer.kind == "government" and viewer.country == origin:
        found.add(("origin_government", "always"))
    for placement in placements:
        if placement.owner_id == viewer.member_id and placement.status in PLACEMENT_STAGES:
            found.add((viewer.kind, PLACEMENT_STAGES[placement.status]))
    for preparation in preparations:
        if viewer.member_id in preparation.performers and preparation.status in OPEN_PREPARATIONS:
            found.add((viewer.kind, "assigned"))
    return frozenset(found)


def relations(found: Iterable[Row]) -> frozenset[str]:
    """Rows as the who-may table names them."""
    return frozenset(role for role, stage in found if stage == "always")
