"""What a criterion of recognition says once an authority has decided, and before."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from imdi_matching.domain.law import Finding, Version, apply
from imdi_matching.domain.recognition import Recognition, explain
from imdi_matching.domain.screening import read

ON = date(2027, 3, 1)
ADAPTATION = {"kind": "adaptation_period", "duration": "P6M", "hours": 200}
TEST = {"kind": "aptitude_test", "duration": None, "hours": None}
COURSE = {"kind": "course", "duration": None, "hours": 80}
RULE = Version(
    id="r1",
    code="de-nurse",
    version=1,
    kind="criterion",
    origins=("*",),
    destinations=("DE",),
    occupations=("2221",),
    screen=None,
    effect={"criterion": "recognition", "profession": "nurse"},
    basis=({"instrument": "i", "title": "Act", "provision": "40"},),
    effective_from=date(2020, 1, 1),
    effective_until=None,
    opened_after=False,
    replaces=None,
)
FULL = {"fact": "worker.facts.recognition_nurse", "op": "!=", "value": "partial"}
ADULT = {"fact": "worker.age", "op": ">=", "value": 18}


def decided(outcome: str = "full", *ways: dict[str, Any], **changes: Any) -> Recognition:
    said: dict[str, Any] = {"profession": "nurse", "destination": "DE", "valid_until": None} | changes
    return Recognition(outcome=outcome, compensation=ways, **said)


def explained(*decisions: Recognition, rule: Version = RULE) -> tuple[str, str]:
    finding = apply(rule, {})
    assert isinstance(finding, Finding)
    [one] = explain([finding], decisions, "DE", ON)
    assert (one.weight, one.basis, one.rule) == (None, RULE.basis, rule)
    return one.outcome, one.detail


@pytest.mark.parametrize(
    ("decisions", "outcome", "told"),
    [
        ([], "recognition_pending", "not decided yet"),
        ([decided()], "met", "full"),
        ([decided("partial", ADAPTATION, TEST)], "trainable", "adaptation_period (P6M, 200 hours) or aptitude_test"),
        ([decided("conditional", COURSE)], "recognition_pending", "conditional, completed by course (80 hours)"),
        ([decided("conditional")], "recognition_pending", "conditional"),
        ([decided("none")], "not_met", "none"),
        ([decided(destination="AT")], "recognition_pending", "not decided yet"),
        ([decided("none", destination="AT"), decided()], "met", "full"),
        ([decided(profession="midwife")], "recognition_pending", "not decided yet"),
        ([decided(valid_until=date(2027, 3, 1))], "met", "full"),
        ([decided(valid_until=date(2027, 2, 28))], "recognition_pending", "ended before 2027-03-01"),
    ],
)
def test_what_a_decision_makes_of_the_criterion(decisions: list[Recognition], outcome: str, told: str) -> None:
    found, detail = explained(*decisions)
    assert found == outcome
    assert detail.startswith("recognition as nurse in DE")
    assert detail.endswith(told)


def test_a_rule_that_hangs_on_the_decision_itself_is_decided_by_it() -> None:
    rule = replace(RULE, screen=read(FULL))
    assert explained(rule=rule)[0] == "recognition_pending"
    assert explained(decided("partial", TEST), rule=rule)[0] == "trainable"
    assert explained(decided("none"), rule=rule)[0] == "not_met"


def test_a_rule_that_hangs_on_another_fact_still_misses_it() -> None:
    rule = replace(RULE, screen=read({"all": [FULL, ADULT]}))
    assert explained(decided("none"), rule=rule) == ("missing_evidence", "depends on worker.facts.recognition_nurse")


def test_the_profession_of_a_rule_is_read_as_legislation_names_it() -> None:
    rule = replace(RULE, effect={"criterion": "recognition", "profession": "General Nurse"})
    assert explained(decided(profession="general_nurse"), rule=rule)[0] == "met"


def test_other_findings_stay_as_they_are() -> None:
    other = Finding("language", "trainable", None, "de B2 is required", (), RULE)
    own = Finding("recognition", "met", 0.1, "scored", ())
    assert explain([other, own], [decided("none")], "DE", ON) == [other, own]
