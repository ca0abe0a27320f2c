"""What may be decided of a qualification, and which facts follow from it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from imdi_legislation.domain.decisions import completed, read_decision, recognition_facts
from imdi_legislation.domain.fields import Invalid

ON = date(2027, 3, 1)
ADAPTATION = [{"kind": "adaptation_period", "duration": "P6M"}]
DECISION: dict[str, Any] = {
    "worker_id": "01936000-0000-7000-8000-000000000005",
    "profession": "nurse",
    "destination": "DE",
    "outcome": "partial",
    "differences": [{"topic": "geriatric_care", "hours": 120}],
    "compensation": ADAPTATION,
    "authority": "Bavarian State Office for Nursing",
    "decided_on": "2026-11-02",
    "reference": "AN-17",
}
WHOLE: dict[str, Any] = {"outcome": "full", "differences": [], "compensation": []}


def standing(outcome: str = "full", **changes: Any) -> dict[str, Any]:
    return {"profession": "nurse", "destination": "DE", "outcome": outcome, "valid_until": None} | changes


@pytest.mark.parametrize(
    "changes",
    [
        {},
        WHOLE,
        {"outcome": "none", "compensation": []},
        {"outcome": "conditional"},
        {"outcome": "conditional", "compensation": []},
        {"compensation": [{"kind": "course", "hours": 80}, {"kind": "aptitude_test"}]},
        {"valid_until": "2026-11-02"},
        {"qualification": {"title": "B.S.N.", "country": "PH"}},
    ],
)
def test_what_may_be_decided(changes: dict[str, Any]) -> None:
    read = read_decision(DECISION | changes)
    assert read.outcome == (DECISION | changes)["outcome"]
    assert read.destination == "DE"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"outcome": "full", "differences": []}, "outcome"),
        ({"outcome": "full", "compensation": []}, "outcome"),
        ({"compensation": []}, "compensation"),
        ({"outcome": "none"}, "compensation"),
        ({"outcome": "perhaps"}, "outcome"),
        ({"destination": "EU"}, "destination"),
        ({"profession": "Nurse of Manila"}, "profession"),
        ({"profession": "n" * 51}, "profession"),
        ({"valid_until": "2026-11-01"}, "valid_until"),
        ({"decided_on": "2026-02-30"}, "decided_on"),
        ({"differences": [{"topic": "She was often ill"}]}, "differences.0.topic"),
        ({"differences": [{"topic": "care", "hours": -1}]}, "differences.0.hours"),
        ({"differences": [{"topic": "care", "why": "x"}]}, "differences.0.why"),
        ({"compensation": [{"kind": "prayer"}]}, "compensation.0.kind"),
        ({"compensation": [{"kind": "course", "duration": "half a year"}]}, "compensation.0.duration"),
        ({"qualification": {"title": "B.S.N.", "country": "XX"}}, "qualification.country"),
        ({"qualification": "B.S.N."}, "qualification"),
        ({"reference": None}, "reference"),
        ({"evidence": "passport"}, "evidence"),
    ],
)
def test_what_may_not_be_decided_is_named(changes: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        read_decision(DECISION | changes)
    assert [error.field for error in refused.value.errors] == [field]


@pytest.mark.parametrize(
    ("decisions", "recognised", "outcome"),
    [
        ([], None, None),
        ([standing()], True, "full"),
        ([standing("partial")], False, "partial"),
        ([standing("conditional")], False, "conditional"),
        ([standing("none")], False, "none"),
        ([standing(destination="AT")], None, None),
        ([standing("none", destination="AT"), standing()], True, "full"),
        ([standing(profession="midwife")], None, None),
        ([standing(valid_until="2027-03-01")], True, "full"),
        ([standing(valid_until="2027-02-28")], False, "expired"),
        ([standing("none", valid_until="2027-02-28")], False, "expired"),
    ],
)
def test_a_decision_is_a_fact_at_its_destination_while_it_holds(
    decisions: list[dict[str, Any]], recognised: bool | None, outcome: str | None
) -> None:
    facts = recognition_facts(decisions, "DE", ON)
    assert facts.get("worker.facts.recognised_nurse") is recognised
    assert facts.get("worker.facts.recognition_nurse") == outcome


@pytest.mark.parametrize(
    ("said", "follows"),
    [
        ({"recognition_nurse": "full"}, {"recognised_nurse": True}),
        ({"recognition_nurse": "partial"}, {"recognised_nurse": False}),
        ({"recognition_nurse": "expired"}, {"recognised_nurse": False}),
        ({"recognition_nurse": "soon"}, {}),
        ({"recognition_nurse": 3}, {}),
        ({"recognised_nurse": True}, {"recognition_nurse": "full"}),
        ({"recognised_nurse": False}, {}),
        ({"recognised_nurse": True, "recognition_nurse": "partial"}, {}),
        ({"ecr_passport": True}, {}),
    ],
)
def test_one_of_the_two_facts_follows_from_the_other(said: dict[str, Any], follows: dict[str, Any]) -> None:
    facts = {f"worker.facts.{name}": value for name, value in said.items()}
    assert completed(facts) == facts | {f"worker.facts.{name}": value for name, value in follows.items()}
