"""``/v1/procedures``: what a corridor asks, step by step; what that costs, and what would be saved."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import Query, Response
from sqlalchemy.ext.asyncio import AsyncSession

from imdi_common.door import MAY_MATCH, NO_KEY, OWN, PUBLIC, Caller, Door, door_router
from imdi_common.paging import DEFAULT_LIMIT, Cursor, Limit, Page, decode_cursor, encode_cursor
from imdi_common.rate_limit import RateLimit
from imdi_common.shapes import CountryCode
from imdi_legislation.actions import activate_procedure as activating
from imdi_legislation.actions.draft_procedure import draft_procedure
from imdi_legislation.actions.refusals import refused
from imdi_legislation.api.analysis_shapes import (
    FindingShape,
    ProcedureAnalysis,
    SavingShape,
    WhatIf,
    figures,
    observed,
    sums,
    time_shape,
)
from imdi_legislation.api.procedure_shapes import (
    Procedure,
    ProcedureActivation,
    ProcedureDifference,
    ProcedureReference,
    ProcedureRequest,
    ProcedureRetirement,
    ProcedureStatus,
    WhatIfRequest,
)
from imdi_legislation.domain.fields import Invalid
from imdi_legislation.domain.findings import find
from imdi_legislation.domain.plain import plain
from imdi_legislation.domain.procedure_differences import difference
from imdi_legislation.domain.streamlining import analyse
from imdi_legislation.domain.what_if import apply_changes, no_longer_produced, saving
from imdi_legislation.queries import procedures
from imdi_legislation.queries.procedures import Found
from imdi_legislation.storage.procedures import ProcedureVersion

router = door_router(prefix="/v1/procedures", tags=["procedures"])


async def _show(session: AsyncSession, procedure_id: Any) -> Procedure:
    found = await procedures.show_procedure(session, UUID(str(procedure_id)))
    return Procedure(**found.shown, etag=procedures.etag(found.version))


@router.post("", response_model=Procedure, status_code=201, summary="Draft a procedure, or the next version of one")
async def post_procedure(asked: ProcedureRequest, door: Caller) -> Response:
    body = asked.model_dump(mode="json", by_alias=True, exclude_none=True)
    return await door.once(lambda session: draft_procedure(session, body, door.actor, door.now), _show, status=201)


@router.post(
    "/{procedure_id}/activation",
    response_model=Procedure,
    summary="Bring a drafted procedure into force",
    openapi_extra=MAY_MATCH,
)
async def activate_procedure(procedure_id: UUID, door: Caller, asked: ProcedureActivation | None = None) -> Response:
    begins = asked.begins if asked else None

    def allow_match(version: ProcedureVersion) -> None:
        door.allow_match(procedures.etag(version))

    return await door.once(
        lambda session: activating.activate_procedure(session, procedure_id, begins, door.actor, door.now, allow_match),
        _show,
    )


@router.post("/{procedure_id}/retirement", response_model=Procedure, summary="End a procedure")
async def retire_procedure(procedure_id: UUID, asked: ProcedureRetirement, door: Caller) -> Response:
    return await door.once(
        lambda session: activating.retire_procedure(session, procedure_id, asked.on, door.actor, door.now), _show
    )


@router.get("", response_model=Page[Procedure], summary="List procedures", openapi_extra=PUBLIC | OWN)
async def list_procedures(
    door: Caller,
    code: Annotated[str | None, Query(max_length=100)] = None,
    status: ProcedureStatus | None = None,
    origin: CountryCode | None = None,
    destination: CountryCode | None = None,
    limit: Limit = DEFAULT_LIMIT,
    cursor: Cursor = None,
) -> Response:
    asked = {"code": code, "status": status, "origin": origin, "destination": destination}
    wanted = {name: value for name, value in asked.items() if value is not None}
    after = decode_cursor(cursor, str, int) if cursor else None
    async with door.reading() as session:
        rows = await procedures.list_procedures(session, wanted, limit + 1, (after[0], after[1]) if after else None)
    last = rows[limit - 1] if len(rows) > limit else None
    more = encode_cursor(last["code"], last["version"]) if last else None
    return door.answer(Page[Procedure](items=[Procedure(**row) for row in rows[:limit]], next=more))


@router.get("/{procedure_id}", response_model=Procedure, summary="Read a procedure", openapi_extra=PUBLIC | OWN)
async def get_procedure(procedure_id: UUID, door: Caller) -> Response:
    async with door.reading() as session:
        return door.answer(await _show(session, procedure_id))


@router.get(
    "/{procedure_id}/analysis",
    response_model=ProcedureAnalysis,
    summary="Read what a procedure costs in steps, papers, days and money, by the law and as observed",
    openapi_extra=PUBLIC | OWN,
)
async def analyse_procedure(procedure_id: UUID, door: Caller) -> Response:
    _demand_rate(door)
    async with door.reading() as session:
        found = await procedures.analyse_procedure(session, procedure_id)
    findings = find(found.found.steps, found.analysis, found.observed)
    return door.answer(
        ProcedureAnalysis(
            **dict(figures(found.analysis)),
            procedure=_reference(found.found),
            observed=[observed(one) for one in found.observed],
            observed_time=time_shape(found.time_observed) if found.time_observed else None,
            findings=[FindingShape.model_validate(plain(one)) for one in findings],
        )
    )


@router.post(
    "/{procedure_id}/what-if",
    response_model=WhatIf,
    summary="Ask what removing, merging or reordering steps would save",
    description="Nothing is stored, so no Idempotency-Key is asked.",
    openapi_extra=PUBLIC | NO_KEY | OWN,
)
async def ask_what_if(procedure_id: UUID, asked: WhatIfRequest, door: Caller) -> Response:
    _demand_rate(door)
    async with door.reading() as session:
        found = await procedures.show_procedure(session, procedure_id)
    try:
        steps = apply_changes(found.steps, asked.model_dump(mode="json", exclude_none=True)["changes"])
    except Invalid as error:
        raise refused(error) from error
    before, after = analyse(found.steps), analyse(steps)
    saved = saving(before, after)
    return door.answer(
        WhatIf(
            procedure=_reference(found),
            before=figures(before),
            after=figures(after),
            saving=SavingShape.model_validate(plain(saved) | {"worker_cost": sums(saved.worker_cost)}),
            no_longer_produced=no_longer_produced(found.steps, steps),
        )
    )


@router.get(
    "/{procedure_id}/difference",
    response_model=ProcedureDifference,
    summary="Compare a procedure with another, step by step and attribute by attribute",
    openapi_extra=PUBLIC | OWN,
)
async def compare_procedures(procedure_id: UUID, door: Caller, other: Annotated[UUID, Query(alias="with")]) -> Response:
    async with door.reading() as session:
        before = await procedures.show_procedure(session, procedure_id)
        then = await procedures.show_procedure(session, other)
    found = difference(before.steps, then.steps)
    shown = [{step["code"]: step for step in one.shown["steps"]} for one in (before, then)]
    return door.answer(
        ProcedureDifference(
            before=_reference(before),
            then=_reference(then),
            added=[shown[1][step.code] for step in found.added],
            removed=[shown[0][step.code] for step in found.removed],
            changed=plain(found.changed),
            order_changed=found.order_changed,
        )
    )


def _reference(found: Found) -> ProcedureReference:
    return ProcedureReference(**{name: found.shown[name] for name in ProcedureReference.model_fields})


def _demand_rate(door: Door) -> None:
    limit: RateLimit = door.runtime.resources
    limit.demand(door.request, door.now)
