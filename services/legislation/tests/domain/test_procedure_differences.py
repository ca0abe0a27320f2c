from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from services.legislation.tests.domain.procedure_steps import SIX, a_step, paid, procedures

from imdi_legislation.domain.money import Money
from imdi_legislation.domain.procedure_differences import difference
from imdi_legislation.domain.procedures import Step


@given(procedures())
def test_a_procedure_does_not_differ_from_itself(steps: tuple[Step, ...]) -> None:
    assert difference(steps, steps).empty


@given(procedures(), procedures())
def test_backwards_what_was_added_is_removed(one: tuple[Step, ...], other: tuple[Step, ...]) -> None:
    there, back = difference(one, other), difference(other, one)
    assert (there.added, there.removed) == (back.removed, back.added)
    assert {step.step for step in there.changed} == {step.step for step in back.changed}
    assert {step.code for step in one} | {step.code for step in there.added} >= {step.code for step in other}


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"title": "Medical"}, []),
        ({"actor": "insurer"}, [("actor", "medical_provider", "insurer")]),
        ({"item": None}, [("item", "medical_examination", None)]),
        ({"documents_in": ("visa", "Passport")}, [("documents_in", ["Passport"], ["visa", "Passport"])]),
        ({"confidence": "primary", "note": "n"}, [("confidence", "unsourced", "primary"), ("note", None, "n")]),
        (
            {"fees": (paid("worker", "2000.01", "NPR"),)},
            [
                (
                    "fees",
                    [{"payer": "worker", "amount": {"amount": "2000.00", "currency": "NPR"}, "title": None}],
                    [{"payer": "worker", "amount": {"amount": "2000.01", "currency": "NPR"}, "title": None}],
                )
            ],
        ),
    ],
)
def test_each_attribute_that_changed_is_told(change: dict[str, Any], told: list[Any]) -> None:
    then = tuple(replace(step, **change) if step.code == "medical" else step for step in SIX)
    found = [(one.attribute, one.before, one.then) for step in difference(SIX, then).changed for one in step.attributes]
    assert found == told


def test_the_order_of_documents_and_prerequisites_says_nothing() -> None:
    one = (a_step("a"), a_step("b"), a_step("c", documents_in=["x", "y"], after=["a", "b"]))
    other = (a_step("a"), a_step("b"), a_step("c", documents_in=["y", "x"], after=["b", "a"]))
    assert difference(one, other).empty
    assert difference(one, (one[1], one[0], one[2])).order_changed


def test_equal_amounts_do_not_differ_however_they_are_written() -> None:
    step = a_step("a", fees=[paid("worker", "5", "NPR")])
    same = a_step("a", fees=[replace(paid("worker", "5", "NPR"), amount=Money(Decimal("5.00"), "NPR"))])
    assert difference((step,), (same,)).empty
