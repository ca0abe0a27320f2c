"""``/v1/rules``: law as data, from draft to retired."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from annotated_types import MaxLen
from fastapi import Query, Response
from pydantic import ConfigDict, Field, StringConstraints
from sqlalchemy.ext.asyncio import AsyncSession

from imdi_common.door import MAY_MATCH, OWN, PUBLIC, Caller, door_router
from imdi_common.paging import Page, Paging, decode_cursor, encode_cursor
from imdi_common.shapes import Code, CountryCode, LongText, Shape, Text, UtcTime, Versioned
from imdi_contracts.codes import Confidence
from imdi_contracts.legislation import RuleKind
from imdi_legislation.actions import activate_rule as activating
from imdi_legislation.actions import propose_rule as proposing
from imdi_legislation.actions import retire_rule as retiring
from imdi_legislation.actions.draft_rule import draft_rule
from imdi_legislation.actions.edit_draft import edit_draft, withdraw_proposal
from imdi_legislation.api.days import Day
from imdi_legislation.domain.drafts import Transition
from imdi_legislation.queries import rules
from imdi_legislation.storage.tables import RuleVersion

router = door_router(prefix="/v1/rules", tags=["rules"])

RuleStatus = Literal["draft", "proposed", "active", "retired"]
Named = ConfigDict(extra="forbid", validate_by_name=True, validate_by_alias=True, serialize_by_alias=True)


class RuleScope(Shape):
    """ISO 3166-1 codes, groups (``/v1/country-groups``), or ``*``; ISCO-08 prefixes, or ``*``."""

    origins: list[Text]
    destinations: list[Text]
    occupations: list[Text]


class BasisRequest(Shape):
    """Where a rule stands: the instrument's id, and the provision."""

    instrument: Text
    provision: Text | None = None


class Basis(BasisRequest):
    title: str


class DisputedRequest(Shape):
    """What another source says of one attribute of the effect: the strictest governs, all are shown."""

    attribute: Text
    value: Any
    basis: list[BasisRequest]
    source: LongText | None = None
    note: LongText | None = None


class Disputed(Shape):
    attribute: str
    value: Any
    basis: list[Basis]
    source: str | None
    note: str | None


class Effective(Shape):
    """The days on which it binds, the last one included."""

    model_config = Named

    begins: Day = Field(alias="from")
    until: Day | None = None


class RuleRequest(Shape):
    code: Code
    kind: RuleKind
    scope: RuleScope
    when: LongText | None = None
    effect: dict[str, Any]
    basis: list[BasisRequest]
    effective: Effective
    transition: Transition = "all_open"
    confidence: Confidence
    verified_on: Day | None = None
    verified_by: Text | None = None
    disputed: list[DisputedRequest] = Field(default=[])
    source: LongText | None = None
    note: LongText | None = None


class Rule(Versioned):
    """``activated_at``, ``retired_at``: when that was done; null also where it was before these were noted."""

    id: UUID
    code: str
    version: int
    status: RuleStatus
    kind: RuleKind
    scope: RuleScope
    when: str | None
    effect: dict[str, Any]
    basis: list[Basis]
    effective: Effective
    transition: Transition
    replaces: UUID | None
    activated_at: UtcTime | None
    retired_at: UtcTime | None
    confidence: Confidence
    verified_on: Day | None
    verified_by: str | None
    disputed: list[Disputed]
    source: str | None
    note: str | None


class Activation(Shape):
    """The first day on which it binds, in place of ``effective.from``; it may lie in the past."""

    model_config = Named

    begins: Day | None = Field(default=None, alias="from")


class Retirement(Shape):
    """The first day on which it binds no more."""

    on: Day


async def _show(session: AsyncSession, rule_id: Any) -> Rule:
    return Rule(**await rules.show_rule(session, UUID(str(rule_id))))


def _body(asked: RuleRequest) -> dict[str, Any]:
    body = asked.model_dump(mode="json", by_alias=True, exclude_none=True) | {"effect": asked.effect}
    return body | {"disputed": [dispute.model_dump(mode="json") for dispute in asked.disputed]}


@router.post("", response_model=Rule, status_code=201, summary="Draft a rule, or the next version of one")
async def post_rule(asked: RuleRequest, door: Caller) -> Response:
    body = _body(asked)
    return await door.once(lambda session: draft_rule(session, body, door.actor, door.now), _show, status=201)


@router.put("/{rule_id}", response_model=Rule, summary="Write a draft anew")
async def put_rule(rule_id: UUID, asked: RuleRequest, door: Caller) -> Response:
    body = _body(asked)

    def demand_match(version: RuleVersion) -> None:
        door.demand_match(rules.etag(version))

    return await door.change(
        lambda session: edit_draft(session, rule_id, body, demand_match, door.actor, door.now), _show
    )


@router.post("/{rule_id}/proposal", response_model=Rule, summary="Propose a draft")
async def propose_rule(rule_id: UUID, door: Caller) -> Response:
    return await door.once(lambda session: proposing.propose_rule(session, rule_id, door.actor), _show)


@router.post("/{rule_id}/withdrawal", response_model=Rule, summary="Make a proposal a draft again")
async def withdraw_rule(rule_id: UUID, door: Caller) -> Response:
    return await door.once(lambda session: withdraw_proposal(session, rule_id, door.actor), _show)


@router.post("/{rule_id}/activation", response_model=Rule, summary="Make a proposed rule law", openapi_extra=MAY_MATCH)
async def activate_rule(rule_id: UUID, door: Caller, asked: Activation | None = None) -> Response:
    begins = asked.begins if asked else None

    def allow_match(version: RuleVersion) -> None:
        door.allow_match(rules.etag(version))

    return await door.once(
        lambda session: activating.activate_rule(session, rule_id, begins, door.actor, door.now, allow_match), _show
    )


@router.post("/{rule_id}/retirement", response_model=Rule, summary="End a rule")
async def retire_rule(rule_id: UUID, asked: Retirement, door: Caller) -> Response:
    return await door.once(
        lambda session: retiring.retire_rule(session, rule_id, asked.on, door.actor, door.now), _show
    )


class Listing(Paging):
    """What rules are narrowed to; ``Paging`` says which page."""

    code: Annotated[str, MaxLen(100)] | None = None
    kind: RuleKind | None = None
    status: RuleStatus | None = None
    origin: CountryCode | None = None
    destination: CountryCode | None = None
    occupation: Annotated[str, StringConstraints(pattern="^[0-9]{1,4}$")] | None = None
    """ISCO-08: the rules that reach it."""
    on: Day | None = None
    """A day on which they bind; groups of countries are then those of that day."""
    ending_before: Day | None = None
    """Rules that end, and whose last day lies before this one: those about to lapse."""
    instrument: Text | None = None
    """The id or code of one on which they stand."""


@router.get("", response_model=Page[Rule], summary="List rules", openapi_extra=PUBLIC | OWN)
async def list_rules(door: Caller, asked: Annotated[Listing, Query()]) -> Response:
    given = {name: getattr(asked, name) for name in Listing.model_fields if name not in Paging.model_fields}
    wanted = {name: value for name, value in given.items() if value is not None}
    after = decode_cursor(asked.cursor, str, int) if asked.cursor else None
    async with door.reading() as session:
        rows = await rules.list_rules(session, wanted, asked.limit + 1, (after[0], after[1]) if after else None)
    last = rows[asked.limit - 1] if len(rows) > asked.limit else None
    more = encode_cursor(last["code"], last["version"]) if last else None
    return door.answer(Page[Rule](items=[Rule(**row) for row in rows[: asked.limit]], next=more))


@router.get("/{rule_id}", response_model=Rule, summary="Read a rule", openapi_extra=PUBLIC | OWN)
async def get_rule(rule_id: UUID, door: Caller) -> Response:
    async with door.reading() as session:
        return door.answer(await _show(session, rule_id))
