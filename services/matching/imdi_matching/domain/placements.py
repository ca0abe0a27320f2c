"""A placement's states: which deed leads from where to where, and what a preparation makes of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Status = Literal["proposed", "accepted", "selected", "offered", "agreed", "ready", "deployed", "completed", "withdrawn"]
Deed = Literal["accept", "select", "offer", "agree", "withdraw"]
Reason = Literal[
    "withdrawn_by_owner",
    "withdrawn_by_controller",
    "agreed_elsewhere",
    "deployed_elsewhere",
    "vacancy_filled",
    "vacancy_closed",
    "vacancy_expired",
    "vacancy_returned",
    "consent_withdrawn",
    "erased",
]
"""Why a placement was withdrawn: codes, for they travel in events; a person's own words never do."""

OPEN: frozenset[Status] = frozenset({"proposed", "accepted", "selected", "offered"})
"""Before the agreement: what a closed, expired or returned vacancy takes with it."""
BINDING: frozenset[Status] = frozenset({"agreed", "ready", "deployed"})
"""At most one of these per worker."""
LIVE = OPEN | BINDING
HOLDS_A_POSITION = BINDING | {"completed"}
"""What a vacancy's ``agreed`` counts."""


@dataclass(frozen=True, slots=True)
class Step:
    """A deed's way: the states it starts from, and the one it ends in."""

    since: frozenset[Status]
    to: Status


STEPS: Mapping[Deed, Step] = {
    "accept": Step(frozenset({"proposed"}), "accepted"),
    "select": Step(frozenset({"accepted"}), "selected"),
    "offer": Step(frozenset({"selected", "offered"}), "offered"),
    "agree": Step(frozenset({"offered"}), "agreed"),
    "withdraw": Step(OPEN | {"agreed", "ready"}, "withdrawn"),
}

Conflict = Literal["worker-already-agreed", "no-position-left"]

LOST_TO: Mapping[str, Conflict] = {
    "agreed_elsewhere": "worker-already-agreed",
    "deployed_elsewhere": "worker-already-agreed",
    "vacancy_filled": "no-position-left",
}
"""What a loser hears whose placement the winner's transaction has withdrawn for this reason."""


def course(status: Status, preparation: str) -> tuple[Status, ...]:
    """The states a placement goes through, in order, when its preparation stands so; none where nothing changes.

    It is ready exactly while the preparation is cleared. A departure is a fact of the world and moves even a withdrawn
    placement; an arrival implies the departure before it.
    """
    if preparation in ("departed", "arrived", "checked"):
        deployed: tuple[Status, ...] = () if status in ("deployed", "completed") else ("deployed",)
        completed: tuple[Status, ...] = () if status == "completed" or preparation == "departed" else ("completed",)
        return deployed + completed
    if status == "agreed" and preparation == "cleared":
        return ("ready",)
    if status == "ready" and preparation != "cleared":
        return ("agreed",)
    return ()
