"""What an authority decided of a worker's qualification, and what a criterion of recognition makes of it.

"Not yet recognised" is not "not qualified": a partial recognition is a plan, and no decision yet is no refusal.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from imdi_matching.domain.candidates import is_decided
from imdi_matching.domain.law import Finding, Outcome, Version
from imdi_matching.domain.screening import names

_OUTCOMES: Mapping[str, Outcome] = {
    "full": "met",
    "partial": "trainable",
    "conditional": "recognition_pending",
    "none": "not_met",
}


@dataclass(frozen=True, slots=True)
class Recognition:
    """The newest decision of a destination on a profession; ``compensation`` are ways to complete it, of which one."""

    profession: str
    destination: str
    outcome: str
    compensation: tuple[Mapping[str, Any], ...]
    valid_until: date | None


def explain(findings: Iterable[Finding], decisions: Iterable[Recognition], destination: str, on: date) -> list[Finding]:
    """The findings, those on a recognition as the destination's newest decision has it on a day.

    It tells the outcome and how to complete it; what the qualification lacks stays with the worker and the authority.
    """
    there = {one.profession: one for one in decisions if one.destination == destination}
    return [_explained(finding, there, destination, on) for finding in findings]


def _explained(finding: Finding, there: Mapping[str, Recognition], destination: str, on: date) -> Finding:
    rule = finding.rule
    if finding.criterion != "recognition" or rule is None or _hangs_on_another_fact(finding, rule):
        return finding
    profession = str(rule.effect["profession"])
    decision = there.get(_code(profession))
    asked = f"recognition as {profession} in {destination}"
    if decision is None:
        return replace(finding, outcome="recognition_pending", detail=f"{asked}: not decided yet")
    if decision.valid_until is not None and decision.valid_until < on:
        return replace(finding, outcome="recognition_pending", detail=f"{asked}: ended before {on}")
    ways = " or ".join(map(_way, decision.compensation))
    detail = f"{asked}: {decision.outcome}" + (f", completed by {ways}" if ways else "")
    return replace(finding, outcome=_OUTCOMES[decision.outcome], detail=detail)


def _hangs_on_another_fact(finding: Finding, rule: Version) -> bool:
    """Whether the rule may not even concern the worker, for a reason that no decision tells."""
    if finding.outcome != "missing_evidence" or rule.screen is None:
        return False
    return not all(is_decided(name.removeprefix("worker.facts.")) for name in names(rule.screen))


def _way(compensation: Mapping[str, Any]) -> str:
    """``adaptation_period (P6M, 200 hours)``."""
    hours = f"{compensation['hours']} hours" if compensation["hours"] is not None else None
    length = ", ".join(part for part in (compensation["duration"], hours) if part)
    return f"{compensation['kind']} ({length})" if length else str(compensation["kind"])


def _code(profession: str) -> str:
    """A profession as legislation names the fact of it."""
    return re.sub("[^a-z0-9]+", "_", profession.lower())[:50]
