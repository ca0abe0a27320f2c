"""``/v1/protections`` and ``/v1/model-contract``: a worker's rights on a corridor, for anybody."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import Depends, Response

from imdi_common.clock import today_in
from imdi_common.door import OWN, PUBLIC, Caller, door_router
from imdi_common.problems import invalid
from imdi_common.rate_limit import RateLimit
from imdi_common.shapes import CountryCode, Shape
from imdi_legislation.api.answers import BasisShown, RuleReference, Standing
from imdi_legislation.api.days import Day
from imdi_legislation.api.determinations import Isco
from imdi_legislation.domain.countries import COUNTRIES
from imdi_legislation.queries.preview import Question
from imdi_legislation.queries.protections import model_contract, protections

router = door_router(prefix="/v1", tags=["protection"])


class Corridor(Shape):
    origin: CountryCode
    destination: CountryCode
    occupation: str
    on: Day


class Protections(Corridor):
    """Each item: ``measure``, and ``contact``, ``remedy``, ``deadline`` where the law names them."""

    items: list[Standing]


class Clause(Shape):
    clause: str
    kind: Literal["contract_term", "fee", "protection"]
    text: str
    requires: dict[str, Any]
    status: Literal["required", "unknown"]
    needs_fact: str | None
    basis: list[BasisShown]
    governed_by: dict[str, RuleReference]


class ModelContract(Corridor):
    law_epoch: int
    bars: list[Standing]
    clauses: list[Clause]


async def asked(
    door: Caller, origin: CountryCode, destination: CountryCode, occupation: Isco, on: Day | None = None
) -> Question:
    """The corridor, on a day (today in the origin, unless said); counted as a preview is."""
    limit: RateLimit = door.runtime.resources
    limit.demand(door.request, door.now)
    for name, country in (("origin", origin), ("destination", destination)):
        if country not in COUNTRIES:
            raise invalid(name, "country", "An ISO 3166-1 alpha-2 code.")
    return Question(origin, destination, occupation, on or today_in(origin, door.now))


Asked = Annotated[Question, Depends(asked)]


@router.get(
    "/protections", response_model=Protections, summary="List the rights that apply", openapi_extra=PUBLIC | OWN
)
async def list_protections(question: Asked, door: Caller) -> Response:
    async with door.reading() as session:
        return door.answer(Protections(**await protections(session, question)))


@router.get(
    "/model-contract",
    response_model=ModelContract,
    summary="Compose the contract that the law in force asks for",
    openapi_extra=PUBLIC | OWN,
)
async def get_model_contract(question: Asked, door: Caller) -> Response:
    async with door.reading() as session:
        return door.answer(ModelContract(**await model_contract(session, question)))
