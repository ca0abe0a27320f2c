"""Shortlists of a vacancy, and what they are made of."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from fastapi import Query, Response

from imdi_common.door import COPY, Caller, door_router
from imdi_common.paging import Paging
from imdi_common.shapes import Shape
from imdi_contracts.codes import Basis, RuleReference
from imdi_matching.queries.shortlist import shortlist_of


class Criterion(Shape):
    """One reason. ``weight`` is null for the law's criteria, which are never scored."""

    criterion: str
    outcome: Literal["met", "missing_evidence", "trainable", "recognition_pending", "not_met"]
    weight: float | None
    detail: str
    basis: list[Basis]
    rule: RuleReference | None


class Match(Shape):
    score: float
    """Between 0 and 1."""
    criteria: list[Criterion]


class Candidate(Match):
    worker_id: UUID


class Fitting(Match):
    vacancy_id: UUID


class Barred(Shape):
    """How many the law bars, and how often for each reason."""

    count: int
    reasons: dict[str, int]


class Matches(Shape):
    index_version: int
    barred: Barred
    next: str | None


class Shortlist(Matches):
    items: list[Candidate]


class VacanciesForWorker(Matches):
    items: list[Fitting]


router = door_router(prefix="/v1/vacancies", tags=["shortlists"])


@router.get("/{vacancy_id}/shortlist", response_model=Shortlist, summary="Shortlist workers", openapi_extra=COPY)
async def read_shortlist(vacancy_id: UUID, door: Caller, page: Annotated[Paging, Query()]) -> Response:
    async with door.reading() as session:
        return door.answer(Shortlist(**await shortlist_of(session, vacancy_id, door.actor, page.limit, page.cursor)))
