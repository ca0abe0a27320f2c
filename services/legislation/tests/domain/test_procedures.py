from __future__ import annotations

from typing import Any

import pytest

from imdi_legislation.domain.fields import Invalid
from imdi_legislation.domain.plain import plain
from imdi_legislation.domain.procedures import read_procedure, read_steps

ACT = {"instrument": "NP-FEA-2064", "provision": "sec. 15"}
STEP: dict[str, Any] = {"code": "apply", "title": "Application", "actor": "recruitment_agency"}
PERMIT: dict[str, Any] = {
    "code": "permit",
    "title": "Permit",
    "actor": "government",
    "channel": "online",
    "documents_in": ["passport"],
    "documents_out": ["permit"],
    "fees": [{"payer": "worker", "amount": {"amount": "1500.00", "currency": "NPR"}, "title": "Fund"}],
    "time_limit": {"days": 4, "basis": ACT},
    "item": "exit_permit",
    "after": ["apply"],
    "basis": [ACT],
    "confidence": "secondary",
    "source": "https://example.org",
    "note": "n",
}
BODY: dict[str, Any] = {
    "code": "np-my",
    "title": "Labour permit",
    "corridor": {"origin": "NP", "destination": "MY"},
    "effective": {"from": "2026-01-01"},
    "steps": [STEP, PERMIT],
    "confidence": "secondary",
}


def wrong(**change: Any) -> list[tuple[str, str]]:
    with pytest.raises(Invalid) as refused:
        read_procedure(BODY | change)
    return [(error.field, error.rule) for error in refused.value.errors]


def step(**change: Any) -> list[tuple[str, str]]:
    return wrong(steps=[STEP, PERMIT | change])


def test_what_is_kept_is_read_again_as_it_was() -> None:
    draft = read_procedure(BODY)
    assert read_steps(plain(draft.steps)) == draft.steps
    assert draft.corridor.occupations == ("*",)
    assert draft.steps[0].confidence == "unsourced"
    assert draft.instruments() == ["NP-FEA-2064"]
    assert draft.corridor.scope.named() == {"NP", "MY"}


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"code": "-"}, [("code", "code")]),
        ({"title": " "}, [("title", "text")]),
        ({"corridor": {"origin": "XX", "destination": "MY"}}, [("corridor.origin", "country")]),
        ({"corridor": {"origin": "NP"}}, [("corridor.destination", "required")]),
        (
            {"corridor": {"origin": "NP", "destination": "MY", "occupations": ["5x"]}},
            [("corridor.occupations", "isco")],
        ),
        ({"corridor": {"origin": "NP", "destination": "MY", "x": 1}}, [("corridor.x", "unknown_field")]),
        ({"effective": {"from": "2026-02-01", "until": "2026-01-31"}}, [("effective.until", "order")]),
        ({"effective": {"from": "1700-01-01"}}, [("effective.from", "range")]),
        ({"steps": []}, [("steps", "required")]),
        ({"steps": [STEP] * 101}, [("steps", "length")]),
        ({"steps": [STEP, STEP]}, [("steps", "unique")]),
        ({"steps": [STEP | {"after": ["nothing"]}]}, [("steps", "order")]),
        ({"steps": [STEP | {"after": ["apply"]}]}, [("steps", "order")]),
        ({"confidence": "unsourced"}, [("confidence", "one_of")]),
        ({"unknown": 1}, [("unknown", "unknown_field")]),
    ],
)
def test_each_wrong_field_is_named(change: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    assert wrong(**change) == expected


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"code": "No"}, [("steps.1.code", "name")]),
        ({"actor": "king"}, [("steps.1.actor", "one_of")]),
        ({"documents_in": ["a", 3]}, [("steps.1.documents_in", "text")]),
        ({"fees": [{"payer": "worker"}]}, [("steps.1.fees.0.amount", "required")]),
        (
            {"fees": [{"payer": "worker", "amount": {"amount": "1", "currency": "XXX"}}]},
            [("steps.1.fees.0.amount.currency", "currency")],
        ),
        (
            {"fees": [{"payer": "nobody", "amount": {"amount": "1", "currency": "NPR"}}]},
            [("steps.1.fees.0.payer", "one_of")],
        ),
        ({"time_limit": {"basis": ACT}}, [("steps.1.time_limit.days", "one_of")]),
        ({"time_limit": {"days": 1, "duration": "P1D", "basis": ACT}}, [("steps.1.time_limit.days", "one_of")]),
        ({"time_limit": {"days": -1, "basis": ACT}}, [("steps.1.time_limit.days", "range")]),
        ({"time_limit": {"duration": "4 days", "basis": ACT}}, [("steps.1.time_limit.duration", "duration")]),
        (
            {"time_limit": {"days": 4}},
            [("steps.1.time_limit.basis", "required"), ("steps.1.time_limit.basis.instrument", "required")],
        ),
        ({"confidence": "sure"}, [("steps.1.confidence", "one_of")]),
        ({"x": 1}, [("steps.1.x", "unknown_field")]),
    ],
)
def test_each_wrong_field_of_a_step_is_named(change: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    assert sorted(step(**change)) == sorted(expected)


def test_a_circle_is_named() -> None:
    around = [STEP | {"code": code, "after": [before]} for code, before in (("a", "c"), ("b", "a"), ("c", "b"))]
    with pytest.raises(Invalid) as refused:
        read_procedure(BODY | {"steps": around})
    [error] = refused.value.errors
    assert error.rule == "order"
    assert "a → b → c → a" in error.detail or "b → c → a → b" in error.detail or "c → a → b → c" in error.detail
