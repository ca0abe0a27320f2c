"""The procedures that the project ships: each step says where it was read, or that it was not."""

from __future__ import annotations

from typing import Any

import pytest

from imdi_legislation.actions.load_packs import Pack
from imdi_legislation.actions.load_procedures import read_procedures
from imdi_legislation.domain.effects import Requirement
from imdi_legislation.domain.procedures import UNSOURCED, ProcedureDraft
from imdi_legislation.domain.streamlining import analyse, key_of
from imdi_legislation.settings import Settings

PROCEDURES = [
    pytest.param(draft, id=draft.code)
    for file in read_procedures(Settings.model_fields["packs"].default)
    for draft in file.procedures
]


@pytest.mark.parametrize("procedure", PROCEDURES)
def test_each_step_was_read_somewhere(procedure: ProcedureDraft) -> None:
    assert procedure.verified_on
    assert procedure.verified_by
    for step in procedure.steps:
        assert step.confidence == UNSOURCED or (step.source or "").startswith(("https://", "http://")), step.code


@pytest.mark.parametrize("procedure", PROCEDURES)
def test_each_instrument_is_one_of_the_packs(procedure: ProcedureDraft, packs: list[Pack]) -> None:
    known = {instrument.code for pack in packs for instrument in pack.instruments}
    assert set(procedure.instruments()) <= known


@pytest.mark.parametrize("procedure", PROCEDURES)
def test_each_item_that_observes_a_step_is_asked_on_the_corridor(procedure: ProcedureDraft, packs: list[Pack]) -> None:
    scope = procedure.corridor.scope
    asked = {
        rule.effect.code: rule.effect.performed_by
        for pack in packs
        for rule in pack.rules
        if isinstance(rule.effect, Requirement) and rule.scope.meets(scope)
    }
    for step in procedure.steps:
        if step.item:
            assert asked[step.item] == step.actor, step.code
    assert {step.item for step in procedure.steps if step.item} == set(asked)


@pytest.mark.parametrize("procedure", PROCEDURES)
def test_what_a_step_makes_comes_before_it_is_asked(procedure: ProcedureDraft) -> None:
    """But for what is asked before it is made, which the note of the step that makes it tells."""
    made: dict[str, Any] = {key_of(out): step for step in procedure.steps for out in step.documents_out}
    place = {code: number for number, stage in enumerate(analyse(procedure.steps).stages) for code in stage}
    for step in procedure.steps:
        for document in step.documents_in:
            maker = made.get(key_of(document))
            if maker is not None and place[maker.code] >= place[step.code]:
                assert "already" in (maker.note or ""), (step.code, document)


def test_two_days_of_the_act_of_nepal_are_its_limits() -> None:
    [nepal] = [param.values[0] for param in PROCEDURES if param.id == "np-my-labour-permit"]
    assert isinstance(nepal, ProcedureDraft)
    limits = {step.code: step.time_limit.days for step in nepal.steps if step.time_limit}
    assert limits == {"demand_certification": 15, "pre_approval": 4}
