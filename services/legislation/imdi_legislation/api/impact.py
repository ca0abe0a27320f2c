"""``/v1/rules/{id}/impact``: what a draft would change, before it is law."""

from __future__ import annotations

from typing import Any, Literal
from uuid import UUID

from fastapi import Response
from pydantic import Field

from imdi_common.door import NO_KEY, OWN, Caller, door_router
from imdi_common.shapes import Shape
from imdi_common.telemetry import logger
from imdi_legislation.actions.permission import demand_may_weigh
from imdi_legislation.actions.refusals import refused
from imdi_legislation.api.answers import Breach
from imdi_legislation.api.days import Day
from imdi_legislation.api.turns import Turns
from imdi_legislation.domain.conditions import Refused
from imdi_legislation.domain.fields import Invalid
from imdi_legislation.queries.impact import measure_impact

router = door_router(prefix="/v1/rules", tags=["rules"])
MOST = 8
TURNS = Turns(at_once=1, most=MOST)
"""Each weighing judges all open cases, on a thread: one at a time leaves the process its other work."""


class ImpactRequest(Shape):
    """``on``: the first day on which it would bind, else the one drafted."""

    on: Day | None = None


class Days(Shape):
    """Over the changed preparations: by how many days later all that remains can be done, if begun today."""

    p50: int
    max: int


class Attribute(Shape):
    before: Any
    after: Any


class ItemChange(Shape):
    code: str
    change: Literal["added", "removed", "changed"]
    attributes: dict[str, Attribute]


class Feasible(Shape):
    before: bool
    after: bool


class PreparationChange(Shape):
    preparation_id: str
    items: list[ItemChange]
    bars_changed: bool
    criteria_changed: bool
    feasible: Feasible
    added_days: int


class BreachedVacancy(Shape):
    vacancy_id: str
    status: str
    breaches: list[Breach]


class VacanciesImpact(Shape):
    """``breached`` open vacancies that are lawful now would not be; the first 200 are ``newly_breached``."""

    posted: int
    breached: int
    newly_breached: list[BreachedVacancy]


class Impact(Shape):
    """``changed`` preparations have an item of which any attribute differs.

    ``answered_again`` are all that activation would announce: those, and where a bar or a criterion differs. The first
    200 of them are ``changes``: newly infeasible ones, then those with most days added.
    """

    open_preparations: int
    changed: int
    answered_again: int
    newly_infeasible: int
    added_days: Days
    changes: list[PreparationChange] = Field(max_length=200)
    vacancies: VacanciesImpact


@router.post(
    "/{rule_id}/impact",
    response_model=Impact,
    summary="Weigh a draft on the open cases before it is law",
    openapi_extra=NO_KEY | OWN,
)
async def weigh_rule(rule_id: UUID, door: Caller, asked: ImpactRequest | None = None) -> Response:
    async with door.reading() as session:
        await demand_may_weigh(session, door.actor, rule_id)  # who may not takes no turn
    async with TURNS.one("Other drafts are being weighed; try again."), door.reading() as session:
        await demand_may_weigh(session, door.actor, rule_id)  # the draft may be another one by now
        try:
            weighed = Impact(**await measure_impact(session, rule_id, asked.on if asked else None, door.now))
        except (Invalid, Refused) as error:
            raise refused(error) from error
    logger().info(
        "impact_weighed",
        rule=str(rule_id),
        client_id=door.actor.client_id,
        open_preparations=weighed.open_preparations,
        answered_again=weighed.answered_again,
        told=len(weighed.changes),
        breached=weighed.vacancies.breached,
    )
    return door.answer(weighed)
