"""Which events a change gives rise to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from imdi_worker_prep.domain.items import Law, Outcome

HELD: frozenset[str] = frozenset({"cleared", "expiring"})
WAITING: frozenset[str] = frozenset({"required", "scheduled"})


CLEARED = {
    "documents": "worker.cleared-documents",
    "security": "worker.cleared-security",
    "qualification": "worker.cleared-qualification",
    "language": "worker.cleared-language",
    "orientation": "worker.completed-orientation",
    "medical": "worker.cleared-medical",
    "finance": "worker.cleared-finance",
    "contract": "worker.cleared-contract",
    "permit": "worker.cleared-permit",
}
"""What is announced when an item of a category becomes cleared."""


@dataclass(frozen=True, slots=True)
class Happened:
    """``<thing>.<happened>``, and the item it is about where it is about one."""

    what: str
    item: str | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a preparation and its items stood."""

    status: str
    items: Mapping[str, str]


def of_items(laws: Sequence[Law], before: Standing, after: Standing, expired: frozenset[str]) -> list[Happened]:
    """What happened to items. ``expired`` are those whose clearance has ended by the calendar."""
    found = []
    for law in laws:
        was, now = before.items.get(law.code), after.items[law.code]
        if now == was:
            continue
        if now == "cleared":
            found.append(Happened(CLEARED[law.category], law.code))
        elif now == "expiring":
            found.append(Happened("clearance.expiring", law.code))
        elif was in HELD and now in WAITING and law.code in expired:
            found.append(Happened("clearance.expired", law.code))
    return found


def of_preparation(before: Standing, after: Standing) -> list[Happened]:
    """What happened to the whole: cleared to depart, or no more."""
    if after.status == before.status:
        return []
    if after.status == "cleared":
        return [Happened("worker.cleared-to-depart")]
    return [Happened("clearance.revoked")] if after.status == "revoked" else []


def of_result(law: Law, outcome: Outcome | None, now: str, told: Sequence[Happened]) -> list[Happened]:
    """What a result announces, beside what changed with it; ``outcome`` is none where a newer result outweighs it.

    A renewed clearance is told again, with its new dates, as far as it holds ``now`` (the item's status); what has no
    event of its own is a change of the plan.
    """
    if any(one.item == law.code for one in told):
        return []
    if outcome == "cleared" and now == "cleared":
        return [Happened(CLEARED[law.category], law.code)]
    if outcome == "cleared" and now == "expiring":
        return [Happened("clearance.expiring", law.code)]
    if outcome == "failed":
        return [Happened("worker.failed-item", law.code)]
    if outcome == "deferred" and law.category == "medical":
        return [Happened("worker.deferred-medical", law.code)]
    return [Happened("preparation.planned", law.code)]
