"""``/v1/rules/{id}/difference``: what a version changes."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import Query, Response

from imdi_common.door import OWN, PUBLIC, Caller, door_router
from imdi_common.shapes import Shape
from imdi_legislation.api.answers import RuleReference
from imdi_legislation.queries.rules import show_difference
from imdi_legislation.storage.tables import RuleVersion

router = door_router(prefix="/v1/rules", tags=["rules"])


class Change(Shape):
    """One attribute by its dotted name (``effect.validity``); null where a version does not say it."""

    attribute: str
    before: Any
    after: Any


class DifferenceOfRules(Shape):
    """``compared_with`` is null where the version is the first: then all that it says is new."""

    rule: RuleReference
    compared_with: RuleReference | None
    changes: list[Change]


@router.get(
    "/{rule_id}/difference",
    response_model=DifferenceOfRules,
    summary="Compare a version with another, by default the one it replaces",
    openapi_extra=PUBLIC | OWN,
)
async def get_rule_difference(
    rule_id: UUID, door: Caller, other: Annotated[UUID | None, Query(alias="with")] = None
) -> Response:
    async with door.reading() as session:
        version, before, changes = await show_difference(session, rule_id, other)
    told = [Change(attribute=each.attribute, before=each.before, after=each.after) for each in changes]
    compared = _reference(before) if before else None
    return door.answer(DifferenceOfRules(rule=_reference(version), compared_with=compared, changes=told))


def _reference(version: RuleVersion) -> RuleReference:
    return RuleReference(id=str(version.id), code=version.code, version=version.number)
