"""What a departure asks, and what stands in its way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from imdi_planning.requirements import valid_until
from imdi_worker_prep.domain.items import Law, clearance, holds_at, holds_on, newest
from imdi_worker_prep.domain.states import ARRIVAL_ONLY, NOTHING, Work

Why = Literal["no_result", "not_cleared", "not_valid", "unknown"]


@dataclass(frozen=True, slots=True)
class Binding:
    """A bar or a criterion of the law, as judged for this worker."""

    what: str
    """The bar's reason, or the criterion."""
    status: str
    rule: Mapping[str, Any]
    """The rule's ``id``, ``code`` and ``version``."""
    needs_fact: str | None = None
    binds: bool = True
    """False for a bar on recruitment alone: the recruitment is over, only bars on departure bind it."""


@dataclass(frozen=True, slots=True)
class Lack:
    """An item that does not hold on the day."""

    code: str
    why: Why
    valid_until: date | None = None
    needs_fact: str | None = None


FREE: frozenset[str] = frozenset({"met", "not_applicable"})


def binding(bindings: Sequence[Binding]) -> list[Binding]:
    """The bars, unmet criteria and unknowns that are left."""
    return [one for one in bindings if one.binds and one.status not in FREE]


def is_clear(laws: Sequence[Law], statuses: Mapping[str, str], bindings: Sequence[Binding]) -> bool:
    """Whether all that departure asks is cleared, and no bar, unmet criterion or unknown is left."""
    holding = holds_at(laws)
    asked = [law for law in laws if law.counts and holding[law.code] != ARRIVAL_ONLY]
    return not binding(bindings) and all(statuses[law.code] == "cleared" and not _open_question(law) for law in asked)


def lacking(laws: Sequence[Law], work: Mapping[str, Work], day: date) -> list[Lack]:
    """Each item that does not hold on ``day``, or of which the law does not know yet what it asks."""
    holding = holds_at(laws)
    found = []
    for law in laws:
        if law.counts and holding[law.code] != ARRIVAL_ONLY:
            lack = _lack(law, holding[law.code], work.get(law.code, NOTHING), day)
            if lack:
                found.append(lack)
    return found


def _lack(law: Law, milestones: frozenset[str], work: Work, day: date) -> Lack | None:
    result = clearance(work.results, by=day)
    until = valid_until(law, result) if result else None
    if result and holds_on(law, milestones, result, day):
        return Lack(law.code, "unknown", until, law.needs_fact) if _open_question(law) else None
    if result:
        return Lack(law.code, "not_valid", until, law.needs_fact)
    return Lack(law.code, "not_cleared" if newest(work.results, by=day) else "no_result", None, law.needs_fact)


def _open_question(law: Law) -> bool:
    return law.applies == "unknown" or law.needs_fact is not None
