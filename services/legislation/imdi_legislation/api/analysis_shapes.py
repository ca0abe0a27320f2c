"""The analysis of a procedure over HTTP."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from pydantic import Field, PlainSerializer

from imdi_common.shapes import Shape
from imdi_contracts.codes import Performer
from imdi_legislation.api.procedure_shapes import ProcedureReference
from imdi_legislation.domain.findings import Kind
from imdi_legislation.domain.money import Money
from imdi_legislation.domain.observed_times import Observed
from imdi_legislation.domain.plain import plain
from imdi_legislation.domain.streamlining import Analysis, Time

Figure = Annotated[Decimal, PlainSerializer(lambda amount: f"{amount:f}", return_type=str)]


class Sum(Shape):
    """Money as a decimal text; a saving may be negative."""

    amount: Figure
    currency: str


class PaidBy(Shape):
    payer: Performer
    amount: Sum


class ActorSteps(Shape):
    actor: Performer
    steps: int


class PairShape(Shape):
    """A prerequisite, and the step that waits for it."""

    before: str
    then: str


class AskingShape(Shape):
    step: str
    actor: Performer


class AskedAgainShape(Shape):
    """``again``: how often it is asked for beyond the first time."""

    document: str
    produced_by: list[str]
    asked_by: list[AskingShape]
    again: int


class DocumentsShape(Shape):
    distinct: int
    asked: int
    asked_again: list[AskedAgainShape]


class TimeShape(Shape):
    """Calendar days; steps whose days are not known (``without_days``) count none, so the sums are a least."""

    sequential_days: int
    longest_path_days: int
    side_by_side_saves_days: int
    longest_path: list[str]
    without_days: list[str]


class ObservedShape(Shape):
    """Observed on preparations of the corridor; figures of fewer than ten cases are suppressed."""

    step: str
    item: str
    limit_days: int | None
    suppressed: bool
    cases: int | None
    p50_days: int | None
    p90_days: int | None
    median_over_limit: bool | None
    p90_over_limit: bool | None
    failed_share: Figure | None


class FindingShape(Shape):
    kind: Kind
    text: str
    basis: str
    steps: list[str]


class Figures(Shape):
    """What can be told from the steps alone; ``time`` is by the legal limits, at most."""

    steps: int
    actors: list[ActorSteps]
    hand_overs: list[PairShape]
    documents: DocumentsShape
    time: TimeShape
    stages: list[list[str]]
    side_by_side: list[list[str]]
    no_document_passes: list[PairShape]
    worker_cost: list[Sum]
    costs: list[PaidBy]


class ProcedureAnalysis(Figures):
    procedure: ProcedureReference
    observed: list[ObservedShape]
    observed_time: TimeShape | None
    """By the medians observed."""
    findings: list[FindingShape]


class SavingShape(Shape):
    """Before less after."""

    steps: int
    hand_overs: int
    documents_asked: int
    sequential_days: int
    longest_path_days: int
    worker_cost: list[Sum] = Field(description="By currency; none where it is equal.")


class WhatIf(Shape):
    """The procedure as it would be. ``no_longer_produced``: still asked for, and no step makes it any more."""

    procedure: ProcedureReference
    before: Figures
    after: Figures
    saving: SavingShape
    no_longer_produced: list[str]


def figures(analysis: Analysis) -> Figures:
    return Figures.model_validate(
        plain(analysis)
        | {
            "actors": [{"actor": actor, "steps": steps} for actor, steps in analysis.actors.items()],
            "documents": plain(analysis.documents)
            | {"asked_again": [plain(found) | {"again": found.again} for found in analysis.documents.asked_again]},
            "time": time_shape(analysis.time),
            "side_by_side": plain(analysis.side_by_side),
        }
    )


def sums(money: tuple[Money, ...]) -> list[Sum]:
    return [Sum(amount=one.amount, currency=one.currency) for one in money]


def observed(found: Observed) -> ObservedShape:
    over = {"median_over_limit": found.median_over_limit, "p90_over_limit": found.p90_over_limit}
    return ObservedShape.model_validate(plain(found) | over)


def time_shape(time: Time) -> TimeShape:
    return TimeShape.model_validate({**plain(time), "side_by_side_saves_days": time.side_by_side_saves_days})
